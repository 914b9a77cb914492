"""LiveKit's own runner draws with our face: its real queues and sources, in no real room."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

pytest.importorskip("livekit.agents")

from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, AvatarRunner, QueueAudioOutput

from agent.livekit.face import FaceGenerator
from pipelines.build import build_avatar
from pipelines.build.face import Look

RATE = 24_000


class Published:
    async def wait_for_subscription(self) -> None:
        """Somebody looks at once."""


class Participant:
    async def publish_track(self, *_: object) -> Published:
        return Published()


class Room(rtc.EventEmitter[str]):
    """What a runner asks of a room."""

    def __init__(self) -> None:
        super().__init__()
        self.local_participant = Participant()

    def isconnected(self) -> bool:
        return True


@pytest.fixture
def face() -> FaceGenerator:
    return FaceGenerator(
        build_avatar("ana", generator="rules", look=Look(size=256)),
        executor=ThreadPoolExecutor(1),
    )


def spoken(seconds: float) -> list[rtc.AudioFrame]:
    times = np.arange(round(RATE * seconds)) / RATE
    pcm = (9000 * np.sin(2 * np.pi * 150 * times)).astype(np.int16)
    pieces = [pcm[at : at + 480] for at in range(0, len(pcm), 480)]
    return [rtc.AudioFrame(piece.tobytes(), RATE, 1, len(piece)) for piece in pieces]


async def taken(face: FaceGenerator, ticks: int) -> list[Any]:
    """What comes of some pictures and, of the last, what belongs to it."""
    came: list[Any] = []
    async for each in face:
        if isinstance(each, rtc.VideoFrame):
            ticks -= 1
            if ticks < 0:
                break
        came.append(each)
    return came


@asynccontextmanager
async def running(face: FaceGenerator) -> AsyncGenerator[QueueAudioOutput]:
    speech = QueueAudioOutput(sample_rate=RATE, wait_playback_start=True)
    room: Any = Room()
    runner = AvatarRunner(room, audio_recv=speech, video_gen=face, options=face.options)
    await runner.start()
    try:
        yield speech
    finally:
        await runner.aclose()


async def test_only_speech_is_sound_and_its_end_is_told_once(face: FaceGenerator) -> None:
    idle = await taken(face, 5)
    assert {type(each) for each in idle} == {rtc.VideoFrame}
    await face.push_audio(AudioSegmentEnd())
    for frame in spoken(0.5):
        await face.push_audio(frame)
    await face.push_audio(AudioSegmentEnd())
    came = await taken(face, 20)
    sound = [each for each in came if isinstance(each, rtc.AudioFrame)]
    assert sum(each.samples_per_channel for each in sound) == pytest.approx(0.5 * RATE, abs=960)
    ends = [n for n, each in enumerate(came) if isinstance(each, AudioSegmentEnd)]
    assert len(ends) == 1
    assert not any(isinstance(each, rtc.AudioFrame) for each in came[ends[0] :])


async def test_what_is_cleared_is_not_said_and_the_next_segment_is(face: FaceGenerator) -> None:
    for frame in spoken(2.0):
        await face.push_audio(frame)
    await face.push_audio(AudioSegmentEnd())
    await taken(face, 5)
    face.clear_buffer()
    await face.push_audio(AudioSegmentEnd())
    assert {type(each) for each in await taken(face, 5)} == {rtc.VideoFrame}
    for frame in spoken(0.2):
        await face.push_audio(frame)
    await face.push_audio(AudioSegmentEnd())
    kinds = [type(each) for each in await taken(face, 10)]
    assert kinds.count(rtc.AudioFrame) == 5
    assert kinds.count(AudioSegmentEnd) == 1


async def test_the_user_is_heard_by_the_face(face: FaceGenerator) -> None:
    rng = np.random.default_rng(0)
    loud = rng.normal(0, 9000, 16_000).astype(np.int16)
    face.push_user_audio(rtc.AudioFrame(loud.tobytes(), 16_000, 1, len(loud)))
    tick = face._session.timeline.next_tick()
    assert tick.user_audio is not None
    assert float(np.abs(tick.user_audio).max()) > 0.1


@pytest.mark.realtime
async def test_the_runner_plays_a_segment_and_an_interruption(face: FaceGenerator) -> None:
    async with running(face) as speech, asyncio.timeout(20):
        for frame in spoken(1.0):
            await speech.capture_frame(frame)
        speech.flush()
        played = await speech.wait_for_playout()
        assert (played.playback_position, played.interrupted) == (
            pytest.approx(1.0, abs=0.05),
            False,
        )
        for frame in spoken(3.0):
            await speech.capture_frame(frame)
        speech.flush()
        await asyncio.sleep(1.0)
        speech.clear_buffer()
        cut = await speech.wait_for_playout()
        assert cut.interrupted
        assert 0.4 < cut.playback_position < 1.5
