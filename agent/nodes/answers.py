"""What comes out of a language model, made fit to be said; and what is said without one."""

import re
import unicodedata
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    BotBackchannelFrame,
    BotStoppedSpeakingFrame,
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import (
    AnswerComesFrame,
    AnswerFailedFrame,
    AnswerWrittenFrame,
    AvatarDirectionFrame,
    IntroductionFrame,
    SayFrame,
)
from agent.turns.sentiment import felt, may_be_tag, tagged

LONGEST_ANSWER = 2000
"""Characters of an answer that are said: more than two minutes of speech."""

_MARKUP = re.compile(r"[*_`#~|<>{}\\]+|\]\([^)]*\)|\[(?=[^\]]*\]\()")
_UNSPOKEN = {"So", "Sk", "Cs", "Co", "Cn", "Mn"}
"""Unicode's categories of emoji and their modifiers, and of what is no character at all."""


def spoken(text: str) -> str:
    """Text without markup and emoji, which a voice would spell out."""
    plain = _MARKUP.sub("", unicodedata.normalize("NFC", text))
    return "".join(c for c in plain if unicodedata.category(c) not in _UNSPOKEN and c != "\u200d")


class Answers(FrameProcessor):
    """Stands between the language model and the TTS service.

    Markup and emoji are left out, a beginning like `[happy]` or the first words set the avatar's
    emotion, and an answer without a word is reported upstream. `SayFrame`s are said at once, but
    not between an answer's words and its voice, which they would follow, nor where answers are only
    written, which is told upstream instead of their voice. An `IntroductionFrame` waits for an
    answer and goes before it.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._calls = self._due = False
        self._introduction = ""
        self._reset()

    def _reset(self) -> None:
        self._begun, self._sentence, self._said = "", "", 0
        self._tag_read = self._felt = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Clean what is said; everything else passes."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            if isinstance(frame, BotStoppedSpeakingFrame | ErrorFrame):
                self._due = False
            await self.push_frame(frame, direction)
        elif isinstance(frame, SayFrame):
            await self._say(frame)
        elif isinstance(frame, IntroductionFrame):
            self._introduction = frame.text
        elif isinstance(frame, LLMTextFrame):
            await self._text(frame)
        else:
            if isinstance(frame, LLMFullResponseStartFrame | InterruptionFrame):
                self._reset()
                self._due = False
            elif isinstance(frame, FunctionCallsStartedFrame):
                self._calls = True
            elif isinstance(frame, LLMFullResponseEndFrame):
                await self._end(written=frame.skip_tts is True)
            await self.push_frame(frame, direction)

    async def _say(self, frame: SayFrame) -> None:
        if self._due:
            return
        if frame.backchannel:
            await self.push_frame(BotBackchannelFrame(frame.text))
        else:
            said = TTSSpeakFrame(frame.text, append_to_context=frame.append_to_context)
            await self.push_frame(said)

    async def _text(self, frame: LLMTextFrame) -> None:
        text = frame.text
        if not self._tag_read:
            self._begun += text
            if may_be_tag(self._begun):
                return
            text = await self._read_tag()
        text = spoken(text)
        await self._feel(text)
        room = LONGEST_ANSWER - self._said
        if len(text) > room:
            if room > 0:
                logger.warning(f"{self}: an answer of more than {LONGEST_ANSWER} characters is cut")
            text = text[: max(0, room)]
        if text:
            self._said += len(text.strip())
            if text.strip() and not self._due:
                self._due = True
                await self.push_frame(AnswerComesFrame(), FrameDirection.UPSTREAM)
                await self._introduce()
            frame.text = text
            await self.push_frame(frame)

    async def _introduce(self) -> None:
        text, self._introduction = self._introduction, ""
        if text:
            await self.push_frame(TTSSpeakFrame(text, append_to_context=False))

    async def _read_tag(self) -> str:
        """Take the tag at the beginning, if there is one; returns the text behind it."""
        emotion, text = tagged(self._begun)
        self._tag_read, self._begun = True, ""
        if emotion is not None:
            self._felt = True
            await self.push_frame(AvatarDirectionFrame(emotion=emotion))
        return text

    async def _feel(self, text: str) -> None:
        """Without a tag the first sentence tells the emotion."""
        if self._felt:
            return
        self._sentence += text
        emotion = felt(self._sentence)
        if emotion != "neutral":
            await self.push_frame(AvatarDirectionFrame(emotion=emotion))
        self._felt = emotion != "neutral" or any(mark in self._sentence for mark in ".!?")

    async def _end(self, *, written: bool) -> None:
        if self._begun:
            self._tag_read, begun, self._begun = True, self._begun, ""
            await self._text(LLMTextFrame(begun))
        if not self._said and not self._calls:
            await self.push_frame(AnswerFailedFrame(), FrameDirection.UPSTREAM)
        elif written:
            self._due = False
            await self.push_frame(AnswerWrittenFrame(), FrameDirection.UPSTREAM)
        # A call is told by a system frame, which may overtake the beginning of its answer.
        self._calls = False
