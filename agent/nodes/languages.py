"""Changing the language in a conversation: by request, or because the user does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipecat.frames.frames import (
    Frame,
    LLMUpdateSettingsFrame,
    ManuallySwitchServiceFrame,
    TranscriptionFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import LLMSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from agent.frames import LanguageFrame, LanguageRequestFrame, UserCaptionFrame
from agent.turns.phrases import PHRASES, asked_language


@dataclass(frozen=True, slots=True)
class Spoken:
    """The services of one language, members of pipecat's `ServiceSwitcher`s.

    Ears that know all languages belong to none. `model` is the language model's name where each
    language has its own.
    """

    tts: TTSService
    stt: STTService | None = None
    model: str | None = None


class LanguageChoice(FrameProcessor):
    """Stands between the STT service and the `TurnCoordinator`, and knows what is spoken.

    Another language begins with a `LanguageRequestFrame`, with a sentence that asks for it, or with
    a transcript in it, where the recogniser `detects` languages. Services are switched, the
    language model is told, and everybody further down hears a `LanguageFrame`.
    """

    def __init__(
        self,
        languages: Mapping[str, Spoken],
        first: str,
        *,
        instructions: str,
        detects: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._languages, self._current = languages, first
        self._instructions, self._detects = instructions, detects

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Let everything pass but requests; a change goes ahead of the words that brought it."""
        await super().process_frame(frame, direction)
        match frame:
            case LanguageRequestFrame():
                await self._request(frame.language)
                return
            case TranscriptionFrame():
                await self._speak(self._asked(frame.text) or self._detected(frame))
            case UserCaptionFrame(final=True, typed=True):
                await self._speak(self._asked(frame.text))
            case LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction=str(told))):
                self._instructions = told
                frame.delta = LLMSettings(system_instruction=instructed(told, self._current))
            case _:
                pass
        await self.push_frame(frame, direction)

    async def _request(self, language: str) -> None:
        if language in self._languages:
            await self._speak(language)
        else:
            known = ", ".join(self._languages)
            await self.push_error(f"{known} are spoken here, {language!r} was asked for")

    def _asked(self, text: str) -> str | None:
        return asked_language(text, self._languages)

    def _detected(self, frame: TranscriptionFrame) -> str | None:
        return frame.language.value.partition("-")[0] if self._detects and frame.language else None

    async def _speak(self, language: str | None) -> None:
        if language is None or language == self._current or language not in self._languages:
            return
        self._current = language
        services = self._languages[language]
        if services.stt is not None:
            switch = ManuallySwitchServiceFrame(service=services.stt)
            await self.push_frame(switch, FrameDirection.UPSTREAM)
        await self.push_frame(LanguageFrame(language))
        told = LLMSettings(system_instruction=instructed(self._instructions, language))
        if services.model is not None:
            told.model = services.model
        await self.push_frame(LLMUpdateSettingsFrame(delta=told))
        await self.push_frame(ManuallySwitchServiceFrame(service=services.tts))


def instructed(instructions: str, language: str) -> str:
    """Instructions for a language model that is to speak a language."""
    return f"{instructions} Speak {PHRASES[language].name}, unless you are asked for another."
