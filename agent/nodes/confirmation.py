"""The visitor is asked before anything is done that has consequences."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EagerTranscriptionFrame,
    Frame,
    LLMRunFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import AnswerComesFrame, ForgetFrame, LanguageFrame, UserCaptionFrame
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.protocol.events.kiosk import (
    KioskAnswer,
    KioskConfirm,
    KioskConfirmed,
    KioskTold,
)
from agent.turns.consent import consents, says_more

EXPIRES_S = 20.0
"""Seconds that a visitor has to answer."""

Outcome: TypeAlias = Literal["done", "declined", "expired", "failed"]

DECLINED = {"status": "the visitor did not agree; nothing was done"}
EXPIRED = {"status": "the visitor did not answer; nothing was done"}
REPLACED = {"status": "it was asked once more instead; say nothing about this one"}
BUSY = {"error": "the visitor is being asked about something else; ask again when that is settled"}


@dataclass(frozen=True, slots=True)
class Settled:
    """What a model is told of a question.

    It is to say nothing about it where that is `quiet`, and to hear nothing where the visitor is
    `forgotten`.
    """

    told: Mapping[str, Any]
    quiet: bool = False
    forgotten: bool = False


@dataclass(slots=True)
class _Question:
    """Something that waits for a yes: None takes it back."""

    text: str
    answer: asyncio.Future[bool | None]
    id: str = field(default_factory=lambda: uuid4().hex)
    overtaken: bool = False
    """Something else was said: a yes in words may be meant for that."""
    said: bool | None = None
    """An answer that is given, until what it interrupts has ended."""
    typed: bool | None = None
    """An answer that is written, until it is sent."""
    quiet: bool = False
    forgotten: bool = False
    replaced: bool = False

    def settle(self, *, answer: bool | None) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    @property
    def open(self) -> bool:
        return not self.answer.done()


class Confirmations(FrameProcessor):
    """Stands behind `UserCaptions` and before `ClientFunctions`.

    One question at a time is asked, on the screen and aloud. A plain yes or no to it, pressed, said
    or typed, goes no further: the model is told what became of its call instead. Anything else that
    is said passes, and from then on only the screen's yes counts. Nothing is done twice.
    """

    def __init__(self, language: str = "en", expires_s: float = EXPIRES_S, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language = language
        self._expires_s = expires_s
        self._question: _Question | None = None
        self._speaks = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the answers to a question; everything else passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LanguageFrame):
            self.language = frame.language
        elif isinstance(frame, ForgetFrame):
            self._forget()
        elif isinstance(frame, BotStartedSpeakingFrame | BotStoppedSpeakingFrame):
            self._speaks = isinstance(frame, BotStartedSpeakingFrame)
        question = self._question
        if question is None or not question.open or not await self._answers(question, frame):
            await self.push_frame(frame, direction)

    def _forget(self) -> None:
        """What was not agreed to is declined, and no model hears of it."""
        if self._question is not None:
            self._question.forgotten = True
            self._question.settle(answer=None)

    async def ask(self, text: str, act: Callable[[], Awaitable[Mapping[str, Any]]]) -> Settled:
        """Ask, and act on a yes. `act` gives what the model is told, with `error` if it failed."""
        if not self._take_back():
            return Settled(BUSY)
        answer: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        question = self._question = _Question(text, answer)
        await self._tell(KioskConfirm(id=question.id, text=text, expires_s=self._expires_s))
        # The question is the answer that the visitor waits for.
        await self.push_frame(AnswerComesFrame(), FrameDirection.UPSTREAM)
        await self.push_frame(TTSSpeakFrame(text, append_to_context=False))
        try:
            outcome, told = await self._settle(question, act)
        finally:
            if self._question is question:
                self._question = None
        await self._tell(KioskConfirmed(id=question.id, outcome=outcome))
        return Settled(told, question.quiet, question.forgotten)

    async def _settle(
        self, question: _Question, act: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> tuple[Outcome, Mapping[str, Any]]:
        try:
            async with asyncio.timeout(self._expires_s):
                agreed = await question.answer
        except TimeoutError:
            agreed = question.said
            if agreed is None:
                question.quiet = question.overtaken
                return "expired", EXPIRED
        if not agreed:
            return "declined", REPLACED if question.replaced else DECLINED
        told = await act()
        return ("failed" if "error" in told else "done"), told

    def _take_back(self) -> bool:
        """Make room for a question: one that was talked over gives way. Returns whether it did."""
        question = self._question
        if question is not None and question.open and question.overtaken:
            question.quiet = question.replaced = True
            question.settle(answer=None)
            self._question = None
        return self._question is None

    async def _answers(self, question: _Question, frame: Frame) -> bool:
        """Whether a frame is an answer, which goes no further."""
        match frame:
            case VisitorFrame(event=KioskAnswer(id=question.id, yes=yes)):
                await self._pressed(question, answer=yes)
                return True
            case TranscriptionFrame(text=text):
                return self._hears(question, text)
            case EagerTranscriptionFrame(text=text):
                return not says_more(text, _read(question, text))
            case UserCaptionFrame(typed=True, final=True, text=text):
                question.typed = _read(question, text)
                question.overtaken |= question.typed is None
            case LLMRunFrame() if question.typed is not None:
                question.settle(answer=question.typed)
                return True
            case UserStoppedSpeakingFrame() | BotStoppedSpeakingFrame():
                # Nothing is told while the user has the floor, and an interruption takes it along.
                if question.said is not None:
                    question.settle(answer=question.said)
            case _:
                pass
        return False

    async def _pressed(self, question: _Question, *, answer: bool) -> None:
        if self._speaks:
            question.said = answer
            await self.broadcast_interruption()
        else:
            question.settle(answer=answer)

    def _hears(self, question: _Question, text: str) -> bool:
        answer = _read(question, text)
        if answer is None:
            question.overtaken = True
            return False
        question.said = answer
        question.quiet = says_more(text, answer)
        return not question.quiet

    async def _tell(self, event: KioskTold) -> None:
        await self.push_frame(KioskFrame(event))


def _read(question: _Question, text: str) -> bool | None:
    return None if question.overtaken else consents(text, question.text)
