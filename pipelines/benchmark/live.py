"""The live conversation, measured from outside: a visitor, a real server, real time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import soxr

from agent.protocol.media import MediaKind
from avatar.clock import FPS, SAMPLE_RATE
from avatar.tick import VoiceSamples
from avatar.voices.base import speak
from pipelines.benchmark.server_process import ServerProcess
from pipelines.build import build_voice
from pipelines.simulation.visitor import Received, Visitor, visiting

QUESTIONS = (
    "Where can I park my car?",
    "What is the wifi password?",
    "Where are the toilets?",
    "Is there a place to eat?",
    "How do I get to the station?",
    "When are you open?",
)
INTERRUPTION = "Excuse me, one more question please."
LATE_S = 0.12
"""A picture that comes this much later than the quickest did would miss a client's buffer."""
STEP_US = 1_000_000 // FPS
SECONDS_A_LOAD = 8.0
SETTLES_S = 3.0
"""Until the workers of all sessions have loaded their models."""
AUDIBLE = 500
"""Level of PCM16 at which speech begins and ends."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """How the pictures of a session came."""

    fps: float
    late_rate: float
    longest_gap_ms: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one visitor's conversation showed; times in milliseconds."""

    pictures: Pictures
    response_ms: tuple[float, ...]
    held_ms: tuple[float, ...]
    barge_in_ms: tuple[float, ...]
    silence_ms: tuple[float, ...]
    skew_ms: tuple[float, ...]
    cpu_share: float
    memory_mb: float


def spoken(text: str, voice: str = "auto") -> VoiceSamples:
    """A sentence at 16 kHz without silence at its ends."""
    speaker = build_voice(voice)
    try:
        said = speak(speaker, text)
    finally:
        speaker.close()
    pcm = said.pcm if said.rate == SAMPLE_RATE else soxr.resample(said.pcm, said.rate, SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > AUDIBLE)
    return pcm[loud[0] : loud[-1] + 1]


async def first_picture_ms(port: int, times: int = 5) -> float:
    """From the wish to connect to the first picture; the median."""
    taken: list[float] = []
    for _ in range(times):
        begin = asyncio.get_running_loop().time()
        async with visiting(port) as visitor:
            picture = await visitor.first_media(MediaKind.AVATAR_PICTURE, after=0.0)
            taken.append(1000 * (picture.at - begin))
    return float(np.median(taken))


async def converse(server: ServerProcess, rounds: int) -> Conversation:
    """Ask, listen, and cut every answer off."""
    questions = [spoken(question) for question in QUESTIONS]
    interruption = spoken(INTERRUPTION)
    response_ms: list[float] = []
    held_ms: list[float] = []
    barge_in_ms: list[float] = []
    silence_ms: list[float] = []
    async with visiting(server.port) as visitor:
        await visitor.be_silent(1.0)
        begin, cpu_s = asyncio.get_running_loop().time(), server.cpu_s
        for number in range(rounds):
            asked = await visitor.speak(questions[number % len(questions)])
            answer = asyncio.create_task(visitor.first_media(MediaKind.AVATAR_AUDIO, after=asked))
            await visitor.be_silent(3.0)
            response_ms.append(1000 * ((await answer).at - asked))
            cut = await _cut_off(visitor, interruption)
            if cut is not None:
                held_ms.append(cut[0])
                barge_in_ms.append(cut[1])
                silence_ms.append(cut[2])
            await visitor.be_silent(3.5)
        passed = asyncio.get_running_loop().time() - begin
        return Conversation(
            pictures=pictures_of(visitor.media),
            response_ms=tuple(response_ms),
            held_ms=tuple(held_ms),
            barge_in_ms=tuple(barge_in_ms),
            silence_ms=tuple(silence_ms),
            skew_ms=_skew_ms(visitor.media),
            cpu_share=(server.cpu_s - cpu_s) / passed,
            memory_mb=server.memory_mb,
        )


async def _cut_off(
    visitor: Visitor, interruption: VoiceSamples
) -> tuple[float, float, float] | None:
    """From the first sound to the hold and to the flush, and from the hold to the last piece; None
    in silence.
    """
    onset = asyncio.get_running_loop().time()
    recent = [frame for frame in visitor.media[-5:] if frame.kind == MediaKind.AVATAR_AUDIO]
    if not recent:
        return None
    await visitor.speak(interruption)
    flushed, event = await visitor.first("avatar.flush", after=onset)
    told = [at for at, event in visitor.events if event["type"] == "avatar.paused" and at >= onset]
    held = min([*told, flushed])
    pieces = [
        frame.at
        for frame in visitor.media
        if frame.kind == MediaKind.AVATAR_AUDIO and 0 < frame.turn <= event["turn"]
    ]
    return (
        1000 * (held - onset),
        1000 * (flushed - onset),
        1000 * max(0.0, max(pieces) - held),
    )


async def pictures_with(port: int, sessions: int) -> list[Pictures]:
    """The pictures of several sessions at a time, of which one speaks."""
    question = spoken(QUESTIONS[0])

    async def visit(*, speaks: bool) -> Pictures:
        async with visiting(port) as visitor:
            await visitor.be_silent(SETTLES_S)
            begin = len(visitor.media)
            if speaks:
                await visitor.speak(question)
            await visitor.be_silent(SECONDS_A_LOAD)
            return pictures_of(visitor.media[begin:])

    return await asyncio.gather(*(visit(speaks=number == 0) for number in range(sessions)))


def pictures_of(media: Sequence[Received]) -> Pictures:
    """Rate, lateness and gaps on the media clock."""
    pictures = [frame for frame in media if frame.kind == MediaKind.AVATAR_PICTURE]
    times = [frame.media_time_us for frame in pictures]
    due = (times[-1] - times[0]) // STEP_US + 1
    delays = [frame.at - frame.media_time_us / 1e6 for frame in pictures]
    quickest = min(delays)
    in_time = sum(delay - quickest <= LATE_S for delay in delays)
    passed = pictures[-1].at - pictures[0].at
    return Pictures(
        fps=(len(pictures) - 1) / passed,
        late_rate=1 - in_time / due,
        longest_gap_ms=max(b - a for a, b in pairwise(times)) / 1000,
    )


def _skew_ms(media: Sequence[Received]) -> tuple[float, ...]:
    """How much later the picture of a moment comes than its sound."""
    sound = {
        frame.media_time_us: frame.at for frame in media if frame.kind == MediaKind.AVATAR_AUDIO
    }
    return tuple(
        1000 * (frame.at - sound[frame.media_time_us])
        for frame in media
        if frame.kind == MediaKind.AVATAR_PICTURE and frame.media_time_us in sound
    )
