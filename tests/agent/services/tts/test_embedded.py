"""The embedded voice in a real pipeline, alone and in front of a face."""

from collections.abc import Callable

import numpy as np
import pytest
from pipecat.frames.frames import (
    ClientConnectedFrame,
    ErrorFrame,
    Frame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import AvatarAudioFrame, AvatarImageFrame, TTSPhonesFrame
from agent.nodes import AvatarService
from agent.services.tts.embedded import EmbeddedTTSService
from avatar.errors import VoiceError
from avatar.voices.base import SpeechChunks, Voice
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from tests.agent.nodes.test_avatar_service import AVATAR


def espeak() -> Voice:
    return EspeakVoice(EspeakConfig())


class Mute:
    """A voice that cannot say anything."""

    rate = 16_000

    def say(self, text: str) -> SpeechChunks:
        raise VoiceError(f"cannot say {text!r}")
        yield

    def close(self) -> None:
        pass


def service(open_voice: Callable[[], Voice] = espeak) -> EmbeddedTTSService:
    return EmbeddedTTSService(open_voice, stop_frame_timeout_s=0.3)


async def test_text_becomes_phones_and_then_sound() -> None:
    down, _ = await run_test(
        service(), frames_to_send=[TTSSpeakFrame("Good morning."), SleepFrame(1.0)]
    )
    kinds = [type(frame) for frame in down]
    assert kinds.index(TTSStartedFrame) < kinds.index(TTSPhonesFrame)
    assert kinds.index(TTSPhonesFrame) < kinds.index(TTSAudioRawFrame)
    assert TTSStoppedFrame in kinds
    (phones,) = [frame for frame in down if isinstance(frame, TTSPhonesFrame)]
    audio = [frame for frame in down if isinstance(frame, TTSAudioRawFrame)]
    seconds = sum(len(frame.audio) for frame in audio) / 2 / audio[0].sample_rate
    assert {frame.context_id for frame in audio} == {phones.context_id}
    assert "m" in {phone.symbol for phone in phones.phones}
    assert phones.phones[-1].end_s == pytest.approx(seconds, abs=0.05)


async def test_what_a_voice_cannot_say_is_an_error_and_no_end() -> None:
    down, up = await run_test(
        service(Mute), frames_to_send=[TTSSpeakFrame("Hello."), SleepFrame(0.5)]
    )
    errors = [frame for frame in (*down, *up) if isinstance(frame, ErrorFrame)]
    assert any("cannot say 'Hello.'" in frame.error for frame in errors)
    assert not [frame for frame in down if isinstance(frame, TTSAudioRawFrame)]


async def test_a_face_says_it_with_its_lips() -> None:
    face = AvatarService(AVATAR)
    frames: list[Frame] = [ClientConnectedFrame(), TTSSpeakFrame("Papa, mama."), SleepFrame(2.0)]
    down, _ = await run_test(Pipeline([service(), face]), frames_to_send=frames)
    spoken = [frame for frame in down if isinstance(frame, AvatarAudioFrame)]
    images = [frame for frame in down if isinstance(frame, AvatarImageFrame) and frame.speaking]
    jaws = np.array([frame.image[0] for frame in images])
    assert len(spoken) > 15
    assert jaws.max() > 60
    assert jaws.min() < 20
