"""Spoken questions through the embedded ears, in a real pipeline."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soxr
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    MetricsFrame,
    STTMetadataFrame,
    STTMuteFrame,
    SystemFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from agent.services.stt.pocketsphinx import (
    PocketSphinxConfig,
    PocketSphinxSTTService,
    pocketsphinx_recogniser,
)
from agent.services.stt.recogniser import Recogniser
from avatar.media import Recording
from avatar.tick import VoiceSamples

QUESTION = "When are you open on Sunday?"
KEY_WORDS = {"when", "are", "you", "on", "sunday"}
FRAME_S = 0.02
SILENCE_S = 0.4

Flite = Callable[[str, str], Recording]


def frames_of(
    recording: Recording, *, start_s: float = SILENCE_S, rate: int = 16_000
) -> list[Frame]:
    """Silence, speech, silence; voice activity is reported from `start_s` to the end."""
    quiet = np.zeros(round(SILENCE_S * recording.rate), np.int16)
    pcm = np.concatenate([quiet, recording.pcm, quiet])
    pcm = soxr.resample(pcm, recording.rate, rate).astype(np.int16)
    step = round(FRAME_S * rate)
    sound: list[Frame] = [
        InputAudioRawFrame(pcm[at : at + step].tobytes(), rate, 1)
        for at in range(0, len(pcm), step)
    ]
    begin = round(start_s / FRAME_S)
    return [
        *sound[:begin],
        VADUserStartedSpeakingFrame(start_secs=0.2, timestamp=0.0),
        *sound[begin:],
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
    ]


async def hear(
    service: FrameProcessor, frames: Sequence[Frame], rate: int = 16_000
) -> tuple[Sequence[Frame], Sequence[Frame]]:
    params = PipelineParams(audio_in_sample_rate=rate, enable_metrics=True)
    return await run_test(service, frames_to_send=[*frames], pipeline_params=params)


def finals(frames: Sequence[Frame]) -> list[str]:
    transcripts = [frame for frame in frames if isinstance(frame, TranscriptionFrame)]
    assert all(frame.finalized for frame in transcripts)
    return [frame.text for frame in transcripts]


def errors(frames: Sequence[Frame]) -> list[str]:
    return [frame.error for frame in frames if isinstance(frame, ErrorFrame)]


def onset_s(pcm: VoiceSamples, rate: int) -> float:
    """Where a recording becomes loud."""
    loud = np.abs(pcm.astype(np.int32)) > 600
    return int(np.argmax(loud)) / rate


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("voice", ["rms", "slt"])
async def test_a_question_is_understood(flite: Flite, voice: str, passes: int) -> None:
    service = PocketSphinxSTTService(PocketSphinxConfig(passes=passes))
    down, up = await hear(service, frames_of(flite(voice, QUESTION)))
    (text,) = finals(down)
    assert len(KEY_WORDS & set(text.split())) >= len(KEY_WORDS) - (passes == 1)
    assert errors([*down, *up]) == []


@pytest.mark.parametrize("rate", [24_000, 48_000])
async def test_other_rates_are_resampled(flite: Flite, rate: int) -> None:
    frames = frames_of(flite("slt", QUESTION), rate=rate)
    down, _ = await hear(PocketSphinxSTTService(), frames, rate)
    assert "sunday" in finals(down)[0]


async def test_words_before_a_late_start_are_not_lost(flite: Flite) -> None:
    recording = flite("slt", QUESTION)
    late_s = SILENCE_S + onset_s(recording.pcm, recording.rate) + 0.3
    frames = frames_of(recording, start_s=late_s)
    down, _ = await hear(PocketSphinxSTTService(), frames)
    assert finals(down)[0].startswith("when are you")
    down, _ = await hear(PocketSphinxSTTService(PocketSphinxConfig(pre_roll_s=0.0)), frames)
    assert not finals(down)[0].startswith("when are you")


async def test_two_questions_are_two_transcripts_in_order(flite: Flite) -> None:
    second = frames_of(flite("slt", "Where is the ticket office?"))
    frames = [*frames_of(flite("slt", QUESTION)), *second]
    down, _ = await hear(PocketSphinxSTTService(), frames)
    first, last = finals(down)
    assert "sunday" in first
    assert "ticket office" in last
    assert "sunday" not in last


async def test_interim_transcripts_grow_while_speech_comes(flite: Flite) -> None:
    frames: list[Frame] = []
    for frame in frames_of(flite("slt", QUESTION)):
        pause = isinstance(frame, InputAudioRawFrame) and len(frames) % 10 == 0
        frames += [frame, SleepFrame(0.15)] if pause else [frame]
    down, _ = await hear(PocketSphinxSTTService(), frames)
    kinds = [type(frame) for frame in down]
    interims = [frame.text for frame in down if isinstance(frame, InterimTranscriptionFrame)]
    assert len(interims) >= 2
    assert interims[0].split()[0] == "when"
    assert len(interims[-1]) > len(interims[0])
    assert kinds.index(InterimTranscriptionFrame) < kinds.index(TranscriptionFrame)
    assert InterimTranscriptionFrame not in kinds[kinds.index(TranscriptionFrame) :]


async def test_interim_transcripts_can_be_left_out(flite: Flite) -> None:
    service = PocketSphinxSTTService(PocketSphinxConfig(interim_s=None))
    down, _ = await hear(service, frames_of(flite("slt", QUESTION)))
    assert not [frame for frame in down if isinstance(frame, InterimTranscriptionFrame)]


async def test_latency_is_announced_and_measured(flite: Flite) -> None:
    down, _ = await hear(PocketSphinxSTTService(), frames_of(flite("slt", QUESTION)))
    (metadata,) = [frame for frame in down if isinstance(frame, STTMetadataFrame)]
    assert metadata.ttfs_p99_latency == 1.5
    measured = [
        data.value
        for frame in down
        if isinstance(frame, MetricsFrame)
        for data in frame.data
        if isinstance(data, TTFBMetricsData) and data.value > 0
    ]
    assert len(measured) == 1


async def test_odd_bytes_and_noise_do_no_harm(flite: Flite) -> None:
    noise = np.random.default_rng(0).integers(0, 256, 6_001, np.uint8).tobytes()
    odd: list[Frame] = [
        InputAudioRawFrame(noise[:size], 16_000, 1) for size in (1, 3, 641, 6_001, 1)
    ]
    rubbish = [
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
        VADUserStartedSpeakingFrame(start_secs=0.2),
        *odd,
        VADUserStartedSpeakingFrame(start_secs=0.2),
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
        *odd,
    ]
    down, up = await hear(PocketSphinxSTTService(), [*rubbish, *frames_of(flite("slt", QUESTION))])
    assert "sunday" in finals(down)[-1]
    assert errors([*down, *up]) == []


def kill(recogniser: Recogniser) -> None:
    if recogniser.pid is not None:
        os.kill(recogniser.pid, signal.SIGKILL)


@dataclass
class KillFrame(SystemFrame):
    """Asks `Killer` to act."""


class Killer(FrameProcessor):
    """Kills a service's recogniser when it is told to."""

    def __init__(self, service: PocketSphinxSTTService) -> None:
        super().__init__()
        self._service = service

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, KillFrame):
            kill(self._service._recogniser)
        await self.push_frame(frame, direction)


async def test_a_killed_recogniser_is_reported_and_the_next_question_is_understood(
    flite: Flite,
) -> None:
    service = PocketSphinxSTTService()
    question = frames_of(flite("slt", QUESTION))
    half = len(question) // 2
    frames: list[Frame] = [
        *question[:half],
        SleepFrame(1.5),
        KillFrame(),
        SleepFrame(0.1),
        *question[half:],
        SleepFrame(0.5),
        *question,
    ]
    down, up = await hear(Pipeline([Killer(service), service]), frames)
    (error,) = errors(up)
    assert "speech recogniser" in error
    (text,) = finals(down)
    assert set(text.split()) >= KEY_WORDS


@pytest.mark.realtime
def test_a_killed_recogniser_is_ready_within_two_seconds() -> None:
    recogniser = Recogniser(pocketsphinx_recogniser(2))
    recogniser.load()
    kill(recogniser)
    begin = time.monotonic()
    while recogniser.pid is not None:
        time.sleep(0.001)
    recogniser.load()
    assert time.monotonic() - begin < 2.0
    recogniser.close()


async def test_silence_is_no_transcript() -> None:
    silence = Recording(np.zeros(8_000, np.int16), 16_000)
    down, up = await hear(PocketSphinxSTTService(), frames_of(silence))
    assert finals(down) == []
    assert errors([*down, *up]) == []


async def test_nobody_is_heard_while_muted(flite: Flite) -> None:
    frames = [STTMuteFrame(mute=True), *frames_of(flite("slt", QUESTION))]
    down, _ = await hear(PocketSphinxSTTService(), frames)
    assert finals(down) == []


async def test_silence_ends_the_turn_without_the_five_seconds_of_waiting() -> None:
    stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.1)
    strategies = UserTurnStrategies(start=[VADUserTurnStartStrategy()], stop=[stop])
    context = LLMContext()
    aggregator = LLMUserAggregator(
        context,
        params=LLMUserAggregatorParams(user_turn_strategies=strategies, empty_user_turn=None),
    )
    silence = Recording(np.zeros(8_000, np.int16), 16_000)
    frames = [*frames_of(silence), SleepFrame(2.5)]
    down, _ = await hear(Pipeline([PocketSphinxSTTService(), aggregator]), frames)
    stopped = [frame for frame in down if isinstance(frame, UserStoppedSpeakingFrame)]
    assert len(stopped) == 1
    assert context.messages == []


def threads_of_recognisers() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("recogniser")]


def zombies() -> list[str]:
    """States of this process's children that nobody waited for."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    states = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2] for child in children]
    return [state for state in states if state.split()[0] == "Z"]


async def test_nothing_is_left_behind(flite: Flite) -> None:
    service = PocketSphinxSTTService()
    await hear(service, frames_of(flite("slt", QUESTION)))
    assert service._recogniser.pid is None
    assert threads_of_recognisers() == []
    assert zombies() == []
    await service.cleanup()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"passes": 3}, "1 or 2 passes"), ({"interim_s": 0.0}, "interim_s must be above 0")],
)
def test_numbers_that_mean_nothing_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PocketSphinxConfig(**wrong)  # pyright: ignore[reportArgumentType]
