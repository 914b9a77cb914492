"""Stand-ins for ears, answers and voice: what a kiosk's visit needs of them, in virtual time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, BaseTurnParams, EndOfTurnState
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    STTMuteFrame,
    TTSSpeakFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import MetricsData
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings
from pipecat.utils.text.base_text_aggregator import TextType

SECONDS_A_WORD = 0.3

_SETTINGS = LLMSettings(
    model="scripted", system_instruction=None, temperature=None, max_tokens=None, top_p=None,
    top_k=None, frequency_penalty=None, presence_penalty=None, seed=None,
    filter_incomplete_user_turns=False, user_turn_completion_config=None,
)  # fmt: skip


class ScriptedEars(FrameProcessor):
    """Knows whether anybody could be understood; words come from the script."""

    def __init__(self) -> None:
        super().__init__()
        self.muted = True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Everything passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, STTMuteFrame):
            self.muted = frame.mute
        await self.push_frame(frame, direction)


class ScriptedAnswers(LLMService[Any]):
    """Answers after `delay_s`, word by word; None is an answer that never comes."""

    def __init__(self, answer: Callable[[list[Any]], str | None], delay_s: float = 0.3) -> None:
        super().__init__(settings=_SETTINGS)
        self._answer, self._delay_s = answer, delay_s
        self._answering: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the contexts."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            await self._hush()
        if isinstance(frame, LLMContextFrame):
            await self._hush()
            said: list[Any] = list(frame.context.messages)
            self._answering = self.create_task(self._say(said))
        else:
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Answer no more."""
        await super().cleanup()
        await self._hush()

    async def _hush(self) -> None:
        task, self._answering = self._answering, None
        if task is not None:
            await self.cancel_task(task)

    async def _say(self, said: list[Any]) -> None:
        await asyncio.sleep(self._delay_s)
        words = self._answer(said)
        if words is None:
            return
        if words == "ERROR":
            await self.push_error("the language model is out of order")
            return
        await self.push_frame(LLMFullResponseStartFrame())
        for word in words.split(" "):
            await self.push_frame(LLMTextFrame(f"{word} "))
        await self.push_frame(LLMFullResponseEndFrame())


class ScriptedVoice(FrameProcessor):
    """Voice and loudspeaker in one: a text takes its time, and an interruption ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.says = False
        self.said: list[tuple[float, str]] = []
        """What was begun to be said, and when."""
        self._answer: list[str] = []
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self._speaking: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Say what comes, in its order."""
        await super().process_frame(frame, direction)
        match frame:
            case TTSSpeakFrame():
                self._say(frame.text)
                return
            case LLMTextFrame():
                self._answer.append(frame.text)
                return
            case LLMFullResponseEndFrame():
                text, self._answer = "".join(self._answer).strip(), []
                if text:
                    self._say(text)
            case InterruptionFrame():
                await self._hush()
            case _:
                pass
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Fall silent."""
        await super().cleanup()
        await self._hush()

    def _say(self, text: str) -> None:
        self._texts.put_nowait(text)
        if self._speaking is None:
            self._speaking = self.create_task(self._speak())

    async def _hush(self) -> None:
        self._answer = []
        while not self._texts.empty():
            self._texts.get_nowait()
        task, self._speaking = self._speaking, None
        if task is not None:
            await self.cancel_task(task)
        await self._ends()

    async def _ends(self) -> None:
        if self.says:
            self.says = False
            await self.broadcast_frame(BotStoppedSpeakingFrame)

    async def _speak(self) -> None:
        while not self._texts.empty():
            text = self._texts.get_nowait()
            if not self.says:
                self.says = True
                await self.broadcast_frame(BotStartedSpeakingFrame)
            self.said.append((asyncio.get_running_loop().time(), text))
            for word in text.split():
                await self.push_frame(TTSTextFrame(word, TextType.WORD))
                await asyncio.sleep(SECONDS_A_WORD)
        self._speaking = None
        await self._ends()


class Mouth(FrameProcessor):
    """Stands before the user aggregator and says who speaks, as its detector would."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Everything passes."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)

    async def voice(self, frame: VADUserStartedSpeakingFrame | VADUserStoppedSpeakingFrame) -> None:
        """A voice begins or ends."""
        await self.push_frame(replace(frame), FrameDirection.UPSTREAM)
        await self.push_frame(frame)


class QuietTurns(BaseTurnAnalyzer):
    """Takes every pause for the end of a turn."""

    @property
    def speech_triggered(self) -> bool:
        """It keeps no sound."""
        return False

    @property
    def params(self) -> BaseTurnParams:
        """It has none."""
        return BaseTurnParams()

    def append_audio(self, buffer: bytes, is_speech: bool) -> EndOfTurnState:  # noqa: ARG002, FBT001
        """It hears nothing."""
        return EndOfTurnState.INCOMPLETE

    async def analyze_end_of_turn(self) -> tuple[EndOfTurnState, MetricsData | None]:
        """The turn is over."""
        return EndOfTurnState.COMPLETE, None

    def update_vad_start_secs(self, vad_start_secs: float) -> None:
        """It keeps no sound."""

    def clear(self) -> None:
        """It keeps nothing."""
