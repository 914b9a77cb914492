"""Whisper's engine with a model that hears always the same, and what is refused before it runs."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.transcriptions.language import Language

from agent.services.stt.recogniser import Recogniser
from agent.services.stt.whisper import (
    LocalWhisperSTTService,
    WhisperConfig,
    whisper_recogniser,
)
from agent.services.stt.whisper_worker import WhisperEars
from avatar.errors import PartUnavailable, WorkerError

pytestmark = pytest.mark.xdist_group("whisper")
HEARD = "When are you open?"


def said(seconds: float, rate: int = 16_000) -> bytes:
    noise = np.random.default_rng(0).normal(0, 2000, round(seconds * rate))
    return noise.astype("<i2").tobytes()


def test_missing_files_are_named(tiny_whisper: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(tiny_whisper, folder)
    (folder / "tokenizer.json").unlink()
    (folder / "vocabulary.json").unlink()
    with pytest.raises(PartUnavailable, match=r"lacks tokenizer\.json, vocabulary\.json"):
        LocalWhisperSTTService(WhisperConfig(folder))


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "vocabulary.json"])
def test_a_damaged_model_is_named(tiny_whisper: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_whisper, folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    service = LocalWhisperSTTService(WhisperConfig(folder))
    with pytest.raises(PartUnavailable, match="damaged: this model cannot be used"):
        service.prepare()


def test_a_language_that_the_model_lacks_is_refused(tiny_whisper: Path) -> None:
    service = LocalWhisperSTTService(WhisperConfig(tiny_whisper, (Language.DE,)))
    with pytest.raises(PartUnavailable, match="does not know de"):
        service.prepare()


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_it_hears_in_a_process_of_its_own(tiny_whisper: Path, rate: int) -> None:
    recogniser = Recogniser(whisper_recogniser(WhisperConfig(tiny_whisper, threads=1)))
    try:
        recogniser.start(rate)
        for _ in range(4):
            recogniser.hear(said(0.5, rate))
        assert recogniser.hear(said(0.1, rate), interim=True) == HEARD
        understood = recogniser.end()
        assert (understood.text, understood.language) == (HEARD, "en")
        recogniser.start(rate)
        assert recogniser.end().text == ""
    finally:
        recogniser.close()


def test_what_is_longer_than_the_network_hears_is_decoded_in_parts(tiny_whisper: Path) -> None:
    recogniser = Recogniser(whisper_recogniser(WhisperConfig(tiny_whisper, threads=1)))
    try:
        recogniser.start(16_000)
        for _ in range(30):
            recogniser.hear(said(1.0))
        assert recogniser.end().text == f"{HEARD} {HEARD}"
    finally:
        recogniser.close()


async def test_a_voice_becomes_a_final_transcript(tiny_whisper: Path) -> None:
    frames: list[Frame] = [
        UserStartedSpeakingFrame(),
        VADUserStartedSpeakingFrame(start_secs=0.2),
        *[InputAudioRawFrame(said(0.02), 16_000, 1) for _ in range(30)],
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
        SleepFrame(2.0),
    ]
    service = LocalWhisperSTTService(WhisperConfig(tiny_whisper, threads=1))
    down, up = await run_test(service, frames_to_send=frames)
    (transcript,) = [frame for frame in down if isinstance(frame, TranscriptionFrame)]
    assert (transcript.text, transcript.language) == (HEARD, Language.EN)
    assert transcript.finalized
    assert not [frame for frame in up if isinstance(frame, ErrorFrame)]


@dataclass
class Segment:
    text: str
    no_speech_prob: float = 0.0


class Network:
    """Stands for a network that knows languages, which no tiny one does."""

    def __init__(self, odds: dict[str, float], segments: tuple[Segment, ...]) -> None:
        self.odds, self.segments = odds, segments
        self.asked: list[str] = []

    def detect_language(self, sound: np.ndarray) -> tuple[str, float, list[tuple[str, float]]]:
        return max(self.odds, key=lambda name: self.odds[name]), 1.0, list(self.odds.items())

    def transcribe(self, sound: np.ndarray, **wishes: Any) -> tuple[tuple[Segment, ...], None]:
        if not self.segments:
            raise RuntimeError("out of memory")
        self.asked.append(wishes["language"])
        return self.segments, None


def ears(network: Network, *languages: str) -> WhisperEars:
    made = WhisperEars()
    made._model, made._options = network, {"languages": languages}
    made.start()
    made.hear(said(0.5))
    return made


def test_the_likeliest_of_the_languages_that_are_spoken_is_heard() -> None:
    network = Network({"fr": 0.6, "de": 0.3, "en": 0.1}, (Segment(" Wo ist der Lift?"),))
    assert ears(network, "en", "de").end() == {"text": "Wo ist der Lift?", "language": "de"}
    assert network.asked == ["de"]
    assert ears(network, "en").end()["language"] == "en"


def test_noise_has_no_words() -> None:
    network = Network({}, (Segment("Thanks for watching!", 0.9), Segment(" Hello.", 0.1)))
    assert ears(network, "en").end()["text"] == "Hello."


def test_a_network_that_fails_loses_one_utterance() -> None:
    with pytest.raises(WorkerError, match="out of memory"):
        ears(Network({}, ()), "en").end()
