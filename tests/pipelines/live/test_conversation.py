"""A spoken question to a real server, and everything that a client sees of the answer."""

import asyncio
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.pipelines.live.conftest import Server
from tests.pipelines.live.visitor import Media, Visitor, spoken, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

QUESTION = "Hello, I came by car today. Where can I park my car?"
JAW, PITCH, YAW = 17, 53, 52
RATE = 24_000


def motions(media: list[Media]) -> np.ndarray:
    return np.array([np.frombuffer(frame.payload[:232], "<f4") for frame in media])


def loudness(sound: list[Media], first_us: int, ticks: int) -> np.ndarray:
    levels = np.zeros(ticks)
    for piece in sound:
        at = round((piece.us - first_us) / 40_000)
        if 0 <= at < ticks:
            pcm = np.frombuffer(piece.payload, "<i2").astype(float)
            levels[at] = np.sqrt(np.mean(pcm**2))
    return levels


def best_correlation(jaw: np.ndarray, levels: np.ndarray) -> tuple[float, int]:
    """The highest correlation within 80 ms, and the lag in ticks by which the jaw is later."""
    found = []
    for lag in (-2, -1, 0, 1, 2):
        moved = np.roll(jaw, -lag)[2:-2]
        found.append((float(np.corrcoef(moved, levels[2:-2])[0, 1]), lag))
    return max(found)


async def asked(visitor: Visitor, folder: Path, question: str = QUESTION) -> tuple[int, int]:
    """Ask, and wait for the answer's end; media times of the question's begin and end."""
    speech = spoken(question, folder)
    await visitor.silence(1.2)
    async with asyncio.timeout(10):
        while not visitor.of_kind(5):
            await visitor.silence(0.2)
    begin = visitor.of_kind(5)[-1].us
    await visitor.say(speech)
    end = visitor.of_kind(5)[-1].us
    quiet = asyncio.create_task(visitor.silence(30))
    await visitor.until("response.done", seconds=25)
    await asyncio.sleep(0.2)
    quiet.cancel()
    return begin, end


async def test_a_question_is_heard_answered_and_reacted_to(server: Server, tmp_path: Path) -> None:
    async with visit(server.port) as visitor:
        begin, end = await asked(visitor, tmp_path)

        pictures = visitor.of_kind(3)
        steps = [b.us - a.us for a, b in pairwise(pictures)]
        assert min(steps) > 0
        assert max(steps) <= 120_000
        assert len(pictures) >= 0.98 * (pictures[-1].us - pictures[0].us) / 40_000
        assert all(frame.payload[:2] == b"\xff\xd8" for frame in pictures)

        listening = motions([m for m in visitor.of_kind(5) if begin <= m.us <= end])
        assert np.ptp(listening[:, [YAW, PITCH]], axis=0).max() > 0.01
        heard = visitor.of("conversation.item.input_audio_transcription.completed")
        assert {"park", "car"} & set(heard[0]["transcript"].split())
        said = visitor.of("response.output_audio_transcript.done")[0]["transcript"]
        assert "garage" in said.lower() or "parking" in said.lower()

        answer = [m for m in visitor.of_kind(5) if m.turn == 1]
        spoken_with, shut = motions(answer)[:, JAW], listening[:, JAW]
        assert shut.max() < 0.15
        assert shut.mean() < 0.2 * spoken_with.mean()
        assert np.abs(np.diff(shut)).mean() < 0.2 * np.abs(np.diff(spoken_with)).mean()
        levels = loudness(visitor.of_kind(2), answer[0].us, len(answer))
        correlation, lag = best_correlation(spoken_with, levels)
        assert correlation > 0.5, lag

        sound = [piece for piece in visitor.of_kind(2) if piece.turn]
        assert {len(piece.payload) for piece in sound} == {2 * RATE // 25}
        assert {piece.flags & 2 for piece in sound} == {2}
        states = [event["state"] for event in visitor.of("avatar.state")]
        assert states[:1] == ["listening"]
        assert states[-2:] == ["speaking", "listening"]
        # An answer that was prepared in the pause leaves nothing to think about.
        assert set(states[1:-2]) <= {"thinking", "listening"}


async def test_whoever_speaks_is_reacted_to(server: Server, tmp_path: Path) -> None:
    """Which pause is nodded at is chance; that none of many is has none."""
    speech = spoken("I came by car. It was a long way. I am tired, and I am hungry.", tmp_path)
    async with visit(server.port, video=None) as visitor:
        causes: set[str] = set()
        for _ in range(4):
            await visitor.say(speech)
            await visitor.silence(0.8)
            causes |= {event["cause"] for event in visitor.of("avatar.reaction")}
            if causes & {"user_speech", "user_pause"}:
                break
        assert causes & {"user_speech", "user_pause"}


async def test_it_can_be_cut_off(server: Server, tmp_path: Path) -> None:
    async with visit(server.port) as visitor:
        speech = spoken("Excuse me, please stop talking now.", tmp_path)
        await visitor.tell(type="avatar.say", text="This is a very long story. " * 12)
        await visitor.until("response.created")
        await visitor.silence(2.0)
        speaking = asyncio.create_task(visitor.say(speech))
        flush = await visitor.until("avatar.flush", seconds=4)
        await speaking
        await asyncio.sleep(0.5)

        assert flush["turn"] == 1
        after = visitor.log[visitor.log.index(flush) :]
        late = [m for m in after if isinstance(m, Media) and m.kind == 2 and m.turn <= 1]
        assert late == []
        assert visitor.of("response.done")[0]["response"]["status"] == "cancelled"
        shut = [
            m
            for m in after
            if isinstance(m, Media) and m.kind == 5 and m.us >= flush["media_time_us"] + 200_000
        ]
        assert motions(shut)[:5, JAW].max() < 0.06
        pictures = visitor.of_kind(3)
        assert max(b.us - a.us for a, b in pairwise(pictures)) <= 120_000


async def test_what_was_typed_is_answered(server: Server) -> None:
    async with visit(server.port, video=None) as visitor:
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "What is the wifi password?"}],
        }
        await visitor.tell(type="conversation.item.create", item=item)
        await visitor.tell(type="response.create")
        await visitor.until("response.created")
        caption = await visitor.until("caption.done", role="assistant", seconds=20)
        assert "wifi" in caption["text"].lower() or "network" in caption["text"].lower()
        assert visitor.of("caption.done")[0]["role"] == "user"
        assert visitor.of_kind(3) == []


async def test_a_client_of_openai_gets_sound_in_events(server: Server) -> None:
    async with visit(server.port, binary=False) as visitor:
        await visitor.tell(type="avatar.say", text="Hello.")
        await visitor.until("response.done")
        deltas = visitor.of("response.output_audio.delta")
        assert len(deltas) > 5
        assert visitor.media == []
