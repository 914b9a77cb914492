"""Languages side by side: who asks for one, which services work, and what the model is told."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    LLMUpdateSettingsFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.service_switcher import ServiceSwitcher
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.transcriptions.language import Language

from agent.frames import LanguageFrame, LanguageRequestFrame, UserCaptionFrame
from agent.nodes.languages import LanguageChoice, Spoken
from agent.turns.phrases import PHRASES, asked_language


class Ears(STTService):
    """Hears its own name in every piece of sound."""

    def __init__(self, name: str) -> None:
        super().__init__(settings=STTSettings(model=None, language=None))
        self._heard = name

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        yield TranscriptionFrame(self._heard, "user", "")


class Voice(TTSService):
    """Says so many samples."""

    def __init__(self, samples: int) -> None:
        settings = TTSSettings(model=None, voice=None, language=None)
        super().__init__(
            push_start_frame=True, push_stop_frames=True, sample_rate=16_000, settings=settings
        )
        self._samples = samples

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        yield TTSAudioRawFrame(bytes(2 * self._samples), 16_000, 1, context_id=context_id)


def conversation(*, detects: bool = False) -> Pipeline:
    ears = {"en": Ears("english ears"), "de": Ears("deutsche Ohren")}
    voices = {"en": Voice(100), "de": Voice(200)}
    spoken = {code: Spoken(voices[code], None if detects else ears[code]) for code in ("en", "de")}
    choice = LanguageChoice(spoken, "en", instructions="Be kind.", detects=detects)
    return Pipeline(
        [ServiceSwitcher([*ears.values()]), choice, ServiceSwitcher([*voices.values()])]
    )


SOUND = InputAudioRawFrame(bytes(640), 16_000, 1)


async def played(pipeline: Pipeline, *frames: Frame) -> Sequence[Frame]:
    """What came out, downstream and then upstream."""
    spaced: list[Frame] = []
    for frame in frames:
        spaced += [frame, SleepFrame(0.15)]
    down, up = await run_test(pipeline, frames_to_send=spaced)
    return [*down, *(frame for frame in up if isinstance(frame, ErrorFrame))]


def heard(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TranscriptionFrame)]


def sizes(frames: Sequence[Frame]) -> list[int]:
    return [len(frame.audio) // 2 for frame in frames if isinstance(frame, TTSAudioRawFrame)]


def told(frames: Sequence[Frame]) -> list[Any]:
    settings = [f.delta for f in frames if isinstance(f, LLMUpdateSettingsFrame)]
    return [s.system_instruction for s in settings if isinstance(s, LLMSettings)]


async def test_a_request_changes_ears_voice_and_what_the_model_is_told() -> None:
    down = await played(
        conversation(),
        SOUND,
        TTSSpeakFrame("Hello."),
        LanguageRequestFrame("de"),
        SOUND,
        TTSSpeakFrame("Hallo."),
    )
    assert heard(down) == ["english ears", "deutsche Ohren"]
    assert sizes(down) == [100, 200]
    assert [f.language for f in down if isinstance(f, LanguageFrame)] == ["de"]
    assert told(down) == ["Be kind. Speak German, unless you are asked for another."]


async def test_each_language_may_have_a_model_of_its_own() -> None:
    voices = {"en": Voice(100), "de": Voice(200)}
    spoken = {code: Spoken(voice, model=f"mine-{code}") for code, voice in voices.items()}
    choice = LanguageChoice(spoken, "en", instructions="Be kind.")
    pipeline = Pipeline([choice, ServiceSwitcher([*voices.values()])])
    down = await played(pipeline, LanguageRequestFrame("de"), LanguageRequestFrame("en"))
    deltas = [f.delta for f in down if isinstance(f, LLMUpdateSettingsFrame)]
    assert [delta.model for delta in deltas if delta is not None] == ["mine-de", "mine-en"]
    without = [LanguageRequestFrame("de")]
    (frame,) = [
        f for f in await played(conversation(), *without) if isinstance(f, LLMUpdateSettingsFrame)
    ]
    assert frame.delta is not None
    assert "model" not in frame.delta.given_fields()


async def test_a_language_that_is_not_spoken_changes_nothing() -> None:
    down = await played(
        conversation(), LanguageRequestFrame("fr"), LanguageRequestFrame("en"), SOUND
    )
    assert heard(down) == ["english ears"]
    (error,) = [f.error for f in down if isinstance(f, ErrorFrame)]
    assert error == "en, de are spoken here, 'fr' was asked for"
    assert not [f for f in down if isinstance(f, LanguageFrame)]


async def test_typed_words_ask_too_and_new_instructions_keep_the_language() -> None:
    down = await played(
        conversation(),
        UserCaptionFrame("Deutsch, bitte.", final=True, typed=True),
        LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Be brief.")),
        LanguageRequestFrame("en"),
    )
    assert [f.language for f in down if isinstance(f, LanguageFrame)] == ["de", "en"]
    assert told(down)[1:] == [
        "Be brief. Speak German, unless you are asked for another.",
        "Be brief. Speak English, unless you are asked for another.",
    ]


@pytest.mark.parametrize("detects", [True, False])
async def test_a_recogniser_that_knows_languages_changes_them(detects: bool) -> None:
    said = TranscriptionFrame("Wo ist der Lift?", "user", "", Language.DE, finalized=True)
    down = await played(conversation(detects=detects), said, TTSSpeakFrame("Links."))
    changes = [f.language for f in down if isinstance(f, LanguageFrame)]
    assert changes == (["de"] if detects else [])
    assert sizes(down) == [200 if detects else 100]
    if detects:
        kinds = [type(f) for f in down if isinstance(f, LanguageFrame | TranscriptionFrame)]
        assert kinds == [LanguageFrame, TranscriptionFrame]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Deutsch, bitte.", "de"),
        ("Can we speak German?", "de"),
        ("Sprechen Sie Englisch?", "en"),
        ("¿Podemos hablar español?", "es"),
        ("En français.", "fr"),
        ("Parlez-vous français ?", "fr"),
        ("Español", "es"),
        ("Is the tour available with a German guide?", None),
        ("Do you have French fries?", None),
        ("Speak English or German to me please", None),
        ("Where are the toilets?", None),
        ("", None),
    ],
)
def test_how_a_language_is_asked_for(text: str, language: str | None) -> None:
    assert asked_language(text, PHRASES) == language
