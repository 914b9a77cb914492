"""What all tests share: one thread, the shipped avatar, and voices to speak and to be heard."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest

from avatar.assets import bundle_folder
from avatar.avatar import Avatar
from avatar.generator.rules import RuleBasedGenerator
from avatar.media import Recording, read_wav
from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle, load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.voices.base import Speech, speak
from avatar.voices.espeak import EspeakConfig, EspeakVoice

ANSWER = "Welcome! The meeting room is on the second floor. Please take the elevator on your left."
QUESTION = (
    "Hello. I have a meeting with Doctor Miller at three. Could you tell me where I have to go?"
)


@pytest.fixture(scope="session", autouse=True)
def one_core() -> None:
    cv2.setNumThreads(1)


@pytest.fixture(scope="session")
def ana() -> Bundle:
    return load_bundle(bundle_folder("ana"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def renderer(ana: Bundle, cache: Path) -> WarpRenderer:
    return WarpRenderer.of(ana, cache)


@pytest.fixture(scope="session")
def avatar(renderer: WarpRenderer) -> Avatar:
    return Avatar("ana", "Apache-2.0", RuleBasedGenerator(), renderer, ARKIT58.rest)


@pytest.fixture
def ana_copy(tmp_path: Path) -> Path:
    """A bundle folder that a test may damage."""
    folder = tmp_path / "copy.avatar"
    shutil.copytree(bundle_folder("ana"), folder)
    return folder


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakVoice]:
    voice = EspeakVoice(EspeakConfig())
    yield voice
    voice.close()


@pytest.fixture(scope="session")
def answer(espeak: EspeakVoice) -> Speech:
    """What the avatar says, with phones."""
    return speak(espeak, ANSWER)


@pytest.fixture(scope="session")
def question(espeak: EspeakVoice) -> Recording:
    """What the user says, in another voice."""
    voice = EspeakVoice(EspeakConfig(voice="en-gb-x-rp+f2", pitch=60))
    speech = speak(voice, QUESTION)
    voice.close()
    return Recording(speech.pcm, speech.rate)


@pytest.fixture(scope="session")
def flite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Recording]:
    """A synthesiser that nothing here was tuned on: (voice, text) to a recording."""
    if shutil.which("flite") is None:
        pytest.skip("flite is missing: install Debian's flite")
    folder = tmp_path_factory.mktemp("flite")

    def say(voice: str, text: str) -> Recording:
        path = folder / f"{voice}-{len(text)}.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        return read_wav(path)

    return say


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Whisper that always hears "When are you open?"."""
    return _made("whisper", tmp_path_factory)


@pytest.fixture(scope="session")
def tiny_piper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice of Piper that says noise."""
    return _made("piper", tmp_path_factory)


def _made(kind: str, folders: pytest.TempPathFactory) -> Path:
    """A model, made in a process of its own: what makes it is large and warns of its age."""
    command = [sys.executable, "-m", "tests.tiny_models", kind, str(folders.mktemp(kind))]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return Path(done.stdout.splitlines()[-1])
