"""Doing what a visit asks for: each action as pipecat's frames."""

from collections.abc import Awaitable
from typing import Protocol, assert_never

from pipecat.frames.frames import Frame, LLMConfigureOutputFrame, STTMuteFrame
from pipecat.processors.frame_processor import FrameDirection

from agent.frames import (
    AvatarDirectionFrame,
    AvatarEffortFrame,
    IntroductionFrame,
    LanguageRequestFrame,
    SayFrame,
)
from avatar.tick import Style
from pipelines.kiosk.desk import Desk
from pipelines.kiosk.ladder import Rung
from pipelines.kiosk.visit_events import Greet, Introduce, Open, SayFarewell
from pipelines.kiosk.wording import Wording


class Push(Protocol):
    """A processor's way to hand a frame on."""

    def __call__(
        self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM
    ) -> Awaitable[None]:
        """Hand it on."""
        ...


class Performer:
    """Speaks and listens for a receptionist in the `language` that is spoken.

    `hears` is whether what is said is understood just now.
    """

    def __init__(self, push: Push, desk: Desk) -> None:
        self._push, self._desk = push, desk
        self.language = desk.language
        self._open = False
        self._rung = Rung.WHOLE

    @property
    def hears(self) -> bool:
        """Somebody is served, in a language that can be heard."""
        return self._open and self.language in self._desk.eared

    @property
    def words(self) -> Wording:
        """What is said in the language that is spoken."""
        return self._desk.words[self.language]

    async def perform(self, action: Open | Greet | Introduce | SayFarewell) -> None:
        """Push the frames of an action, in their order."""
        match action:
            case Open():
                self._open = True
                await self._set_ears()
                await self._push(AvatarDirectionFrame(listens=True))
            case Introduce():
                await self._push(IntroductionFrame(self.words.introduced(self._desk.name)))
            case Greet():
                await self._push(IntroductionFrame(""))
                greeting = self.words.greeting(self._desk.wall(), self._desk.name)
                await self._push(SayFrame(greeting, append_to_context=True))
            case SayFarewell():
                await self._push(SayFrame(self.words.farewell, append_to_context=True))
            case _:
                assert_never(action)

    async def goes_on_in(self, language: str) -> None:
        """Another language is spoken from now on."""
        self.language = language
        await self._set_ears()

    async def shut_ears(self) -> None:
        """Understand nothing: nobody is served."""
        self._open = False
        await self._set_ears()
        await self._push(AvatarDirectionFrame(style=Style(), listens=False, emotion="neutral"))

    async def forget(self) -> None:
        """Be again as before the visit."""
        await self.shut_ears()
        if self.language != self._desk.language:
            home = LanguageRequestFrame(self._desk.language)
            await self._push(home, FrameDirection.UPSTREAM)

    async def exert(self, rung: Rung) -> None:
        """Do as much as there is time for."""
        if rung is self._rung:
            return
        self._rung = rung
        effort = AvatarEffortFrame(
            every=2 if rung >= Rung.FEWER_PICTURES else 1,
            smaller=2 if rung >= Rung.SMALLER_PICTURES else 1,
            rules=rung >= Rung.MOTION_BY_RULES,
            pictures=rung < Rung.STILL,
            voice=rung < Rung.TEXT_ONLY,
        )
        await self._push(effort)
        await self._push(LLMConfigureOutputFrame(skip_tts=not effort.voice))

    async def _set_ears(self) -> None:
        await self._push(STTMuteFrame(mute=not self.hears), FrameDirection.UPSTREAM)
