"""The example of a part from outside of the tree: what a voice owes, and where it then fits."""

import importlib.util
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
from pipecat.frames.frames import ClientConnectedFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import AvatarAudioFrame, AvatarImageFrame
from agent.nodes import AvatarService
from agent.services.tts.embedded import EmbeddedTTSService
from avatar.errors import VoiceError
from avatar.motion import ARKIT58
from avatar.voices.base import Voice, speak
from tests.agent.nodes.test_avatar_service import AVATAR

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "04_own_voice.py"
JAW = ARKIT58.index("jawOpen")


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("own_voice", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def voice(example: ModuleType) -> Voice:
    return example.MorseVoice()


def test_it_does_what_a_voice_owes(voice: Voice) -> None:
    assert isinstance(voice, Voice)
    chunks = list(voice.say("SOS, help!"))
    assert len(chunks) == 2
    speech = speak(voice, "SOS, help!")
    assert speech.pcm.dtype == np.int16
    assert len(speech.pcm) == sum(len(chunk.pcm) for chunk in chunks)
    assert speech.phones[0].start_s == 0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=1e-3)
    for before, after in pairwise(speech.phones):
        assert before.end_s == pytest.approx(after.start_s)
    for text in ("", "  ", "42!"):
        with pytest.raises(VoiceError, match="letters from A to Z"):
            voice.say(text)


def test_it_speaks_morse_code(voice: Voice) -> None:
    phones = speak(voice, "sos").phones
    dots = [round((phone.end_s - phone.start_s) / 0.08) for phone in phones if phone.symbol]
    assert dots == [1, 1, 1, 3, 3, 3, 1, 1, 1]
    beeps = speak(voice, "e").pcm
    assert np.abs(beeps[:1280]).max() > 8000
    assert np.abs(beeps[1280:]).max() == 0
    assert len(beeps) == 8 * 1280


async def test_it_fits_into_a_conversation(example: ModuleType) -> None:
    tts = EmbeddedTTSService(example.MorseVoice, stop_frame_timeout_s=0.3)
    frames = [ClientConnectedFrame(), TTSSpeakFrame("TT"), SleepFrame(1.6)]
    down, _ = await run_test(Pipeline([tts, AvatarService(AVATAR)]), frames_to_send=frames)
    said = [frame for frame in down if isinstance(frame, AvatarAudioFrame)]
    assert len(said) == pytest.approx((3 + 3 + 3 + 7) * 0.08 * 25, abs=1)
    loud = {frame.tick: np.abs(np.frombuffer(frame.audio, np.int16)).max() > 1000 for frame in said}
    jaws = {
        frame.tick: float(frame.motion[JAW])
        for frame in down
        if isinstance(frame, AvatarImageFrame) and frame.motion is not None and frame.tick in loud
    }
    assert max(jaw for tick, jaw in jaws.items() if loud[tick]) > 0.2
    assert np.mean([jaw for tick, jaw in jaws.items() if not loud[tick]]) < 0.1


@pytest.mark.slow
def test_it_fits_into_a_render(tmp_path: Path) -> None:
    out = tmp_path / "morse.mp4"
    subprocess.run([sys.executable, str(EXAMPLE), "SOS", str(out)], cwd=ROOT, check=True)
    with av.open(str(out)) as video:
        assert video.streams.video[0].width == 512
        sound = np.concatenate([f.to_ndarray().ravel() for f in video.decode(audio=0)])
    assert np.abs(sound).max() > 0.1


def test_without_arguments_it_tells_how_to_use_it() -> None:
    shown = subprocess.run(
        [sys.executable, str(EXAMPLE)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 1
    assert "python examples/04_own_voice.py" in shown.stderr
