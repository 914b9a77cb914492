"""Whisper without its weights: what is checked and handed on before the network is asked."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.transcriptions.language import Language

from agent.services.stt import whisper
from agent.services.stt.whisper import LocalWhisperSTTService, WhisperConfig
from avatar.errors import PartUnavailable


@dataclass
class Segment:
    text: str
    no_speech_prob: float


@dataclass
class Network:
    """Stands for faster_whisper.WhisperModel and writes down what it is asked."""

    segments: list[Segment] = field(default_factory=list)
    supported_languages: tuple[str, ...] = ("en", "de")
    arguments: dict[str, Any] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)

    def __call__(self, path: str, **arguments: Any) -> "Network":
        self.arguments = {"path": path, **arguments}
        return self

    def transcribe(self, audio: np.ndarray, **wishes: Any) -> tuple[list[Segment], None]:
        self.languages.append(wishes["language"])
        return self.segments, None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("content")
    return tmp_path


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr(whisper, "WhisperModel", network)
    return network


def test_missing_files_are_named(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "vocabulary.txt").unlink()
    with pytest.raises(PartUnavailable, match=r"lacks tokenizer\.json, vocabulary\.json"):
        LocalWhisperSTTService(WhisperConfig(folder))


def test_a_broken_model_is_named(folder: Path) -> None:
    with pytest.raises(PartUnavailable, match="cannot be used"):
        LocalWhisperSTTService(WhisperConfig(folder))


def test_the_network_is_small_and_stays_on_this_machine(folder: Path, network: Network) -> None:
    LocalWhisperSTTService(WhisperConfig(folder, threads=1))
    assert network.arguments == {
        "path": str(folder),
        "device": "cpu",
        "compute_type": "int8",
        "cpu_threads": 1,
        "local_files_only": True,
    }


def test_a_language_that_the_model_lacks_is_refused(folder: Path, network: Network) -> None:
    with pytest.raises(PartUnavailable, match="'fr'"):
        LocalWhisperSTTService(WhisperConfig(folder, Language.FR))


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ([Segment("When are you open?", 0.1)], "When are you open? "),
        ([Segment("Thanks for watching!", 0.9)], " "),
        ([], " "),
    ],
)
async def test_an_open_turn_gets_a_final_transcript(
    folder: Path, network: Network, segments: list[Segment], text: str
) -> None:
    network.segments = segments
    frames: list[Frame] = [
        UserStartedSpeakingFrame(),
        VADUserStartedSpeakingFrame(start_secs=0.2),
        *[InputAudioRawFrame(bytes(640), 16_000, 1) for _ in range(20)],
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
        SleepFrame(0.2),
    ]
    service = LocalWhisperSTTService(WhisperConfig(folder, Language.DE))
    down, _ = await run_test(service, frames_to_send=frames)
    (transcript,) = [frame for frame in down if isinstance(frame, TranscriptionFrame)]
    assert transcript.text == text
    assert transcript.finalized
    assert network.languages == ["de"]
