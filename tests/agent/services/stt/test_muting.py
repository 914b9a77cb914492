"""Ears that are shut understand nothing, and open in time for whoever spoke up."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    STTMuteFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.transcriptions.language import Language

from agent.services.stt import streamed
from agent.services.stt.recogniser import RecogniserConfig, Understood
from agent.services.stt.streamed import MUTED_ROLL_S, PRE_ROLL_S, StreamedSTTService

RATE = 16_000
PIECE_S = 0.02
MUTE, OPEN = STTMuteFrame(mute=True), STTMuteFrame(mute=False)
TURN = SleepFrame(0.05)


class Counting:
    """Understands which samples it was given: each is the number of its piece of 20 ms."""

    given: list[list[int]]

    def __init__(self, _: RecogniserConfig) -> None:
        self.pid: int | None = 1

    def load(self) -> None:
        type(self).given = []

    def start(self, rate: int) -> None:
        assert rate == RATE
        self.given.append([])

    def hear(self, pcm: bytes, *, interim: bool = False) -> str:
        pieces = np.frombuffer(pcm, np.int16)[:: round(PIECE_S * RATE)]
        self.given[-1] += [int(piece) for piece in pieces]
        return f"up to {self.given[-1][-1]}" if interim and self.given[-1] else ""

    def end(self) -> Understood:
        heard = self.given[-1]
        return Understood(f"{heard[0]} to {heard[-1]}" if heard else "")

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> type[Counting]:
    monkeypatch.setattr(streamed, "Recogniser", Counting)
    return Counting


def sound(begin: int, end: int) -> list[Frame]:
    """These pieces of 20 ms, numbered."""
    samples = round(PIECE_S * RATE)
    return [
        InputAudioRawFrame(np.full(samples, n, np.int16).tobytes(), RATE, 1)
        for n in range(begin, end)
    ]


def voice() -> VADUserStartedSpeakingFrame:
    return VADUserStartedSpeakingFrame(start_secs=0.2, timestamp=0.0)


def silence() -> VADUserStoppedSpeakingFrame:
    return VADUserStoppedSpeakingFrame(stop_secs=0.2)


async def understood(*frames: Frame, **options: Any) -> list[str]:
    """The final and interim words of what was heard."""
    service = StreamedSTTService(
        RecogniserConfig("none", {}), language=Language.EN, ttfs_p99_latency=0.3, **options
    )
    down, _ = await run_test(
        service,
        frames_to_send=[*frames, SleepFrame(0.1)],
        pipeline_params=PipelineParams(audio_in_sample_rate=RATE),
    )
    words = (TranscriptionFrame, InterimTranscriptionFrame)
    return [frame.text for frame in down if isinstance(frame, words)]


async def test_while_muted_nothing_is_given_to_the_recogniser(counting: type[Counting]) -> None:
    frames = [MUTE, *sound(1, 50), voice(), *sound(50, 100), silence(), *sound(100, 120)]
    assert await understood(*frames) == []
    assert counting.given == []


async def test_who_speaks_up_is_understood_from_the_first_word() -> None:
    roll = round(MUTED_ROLL_S / PIECE_S)
    told = await understood(
        MUTE, *sound(1, 200), voice(), *sound(200, 240), TURN, OPEN, *sound(240, 300), TURN,
        silence(),
    )  # fmt: skip
    assert told == [f"{240 - roll} to 299"], "1.5 s from before, and all since"


async def test_who_speaks_after_the_ears_have_opened_has_the_ordinary_pre_roll() -> None:
    roll = round(PRE_ROLL_S / PIECE_S)
    told = await understood(
        MUTE, *sound(1, 200), TURN, OPEN, *sound(200, 230), TURN, voice(), *sound(230, 260), TURN,
        silence(),
    )  # fmt: skip
    assert told == [f"{230 - roll} to 259"]


async def test_muting_in_mid_sentence_gives_no_words() -> None:
    told = await understood(
        voice(), *sound(1, 50), TURN, MUTE, *sound(50, 90), silence(), TURN, *sound(90, 120)
    )
    assert told == []


async def test_what_waits_to_be_understood_is_forgotten_too(
    monkeypatch: pytest.MonkeyPatch, counting: type[Counting]
) -> None:
    """An utterance is being heard, a second waits behind it: neither gives a word."""
    slow: Callable[..., str] = counting.hear

    def hear(self: Counting, pcm: bytes, *, interim: bool = False) -> str:
        time.sleep(0.1)
        return slow(self, pcm, interim=interim)

    monkeypatch.setattr(counting, "hear", hear)
    told = await understood(
        voice(), *sound(1, 50), silence(), voice(), *sound(50, 90), silence(), MUTE, TURN
    )
    assert told == []


async def test_muting_forgets_what_was_heard_before() -> None:
    told = await understood(
        *sound(1, 50), TURN, MUTE, OPEN, TURN, voice(), *sound(50, 80), TURN, silence()
    )
    assert told == ["50 to 79"]


async def test_interim_words_end_with_muting() -> None:
    told = await understood(voice(), *sound(1, 30), TURN, MUTE, TURN, *sound(30, 90), interim_s=0.1)
    assert all(text.startswith("up to") for text in told)
    assert all(int(text.split()[-1]) < 30 for text in told)


async def test_the_next_visitor_is_understood_alone() -> None:
    told = await understood(
        voice(), *sound(1, 50), TURN, MUTE, silence(), *sound(50, 60), TURN, OPEN, TURN,
        *sound(200, 240), voice(), *sound(240, 280), TURN, silence(),
    )  # fmt: skip
    (words,) = told
    assert words.endswith("to 279")
    assert int(words.split()[0]) >= 50
