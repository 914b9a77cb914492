"""Doing what the floor decides: each action as pipecat's frames."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import assert_never

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    ProposedUserStartedSpeakingFrame,
    TranscriptionFrame,
    UserBackchannelFrame,
)
from pipecat.utils.time import time_now_iso8601

from agent.frames import AvatarDirectionFrame, AvatarHoldFrame, SayFrame, TurnEndsFrame
from agent.turns.events import (
    Action,
    DropTurn,
    GiveUp,
    Hold,
    Interrupt,
    LetGo,
    NoteBackchannel,
    OpenTurn,
    Reprompt,
    Resume,
    SayBackchannel,
    SayHoldPhrase,
    Speculate,
    TakeTurn,
    Withdraw,
)
from agent.turns.phrases import Phrases
from avatar.behaviour.chance import Chance

SMILES_S = 1.2
"""How long the avatar is pleased that somebody listens."""


def draws(seed: int) -> Callable[[], float]:
    """Numbers in (0, 1), one after the other."""
    numbers = count()
    return lambda: Chance(seed).uniform("turns", next(numbers))


class Performer:
    """`push` hands frames on, `interrupt` drops what was not said, `chance` chooses words."""

    def __init__(
        self,
        push: Callable[[Frame], Awaitable[None]],
        interrupt: Callable[[], Awaitable[None]],
        phrases: Phrases,
        chance: Callable[[], float],
    ) -> None:
        self._push, self._interrupt = push, interrupt
        self.phrases, self._chance = phrases, chance

    async def perform(self, action: Action, user_id: str) -> None:
        """Push the frames of an action, in their order."""
        match action:
            case OpenTurn():
                await self._push(ProposedUserStartedSpeakingFrame())
            case Interrupt():
                await self._interrupt()
                await self._push(ProposedUserStartedSpeakingFrame())
            case Hold() | Resume():
                await self._push(AvatarHoldFrame(isinstance(action, Hold)))
            case Speculate():
                now = time_now_iso8601()
                await self._push(EagerTranscriptionFrame(action.text, user_id, now))
            case Withdraw():
                await self._push(EagerEndOfTurnCancelFrame())
            case TakeTurn():
                await self._end_turn(action.text, user_id)
            case DropTurn():
                await self._end_turn("", user_id)
            case _:
                await self._speak(action, user_id)

    async def _end_turn(self, text: str, user_id: str) -> None:
        ends = TurnEndsFrame(text)
        ends.interruptible = False
        if text:
            words = TranscriptionFrame(text, user_id, time_now_iso8601(), finalized=True)
            words.interruptible = False
            await self._push(words)
        await self._push(ends)

    async def _speak(
        self,
        action: NoteBackchannel | SayBackchannel | SayHoldPhrase | GiveUp | Reprompt | LetGo,
        user_id: str,
    ) -> None:
        phrases = self.phrases
        match action:
            case NoteBackchannel():
                now = time_now_iso8601()
                await self._push(UserBackchannelFrame(action.text, user_id, now))
                await self._push(AvatarDirectionFrame(emotion="happy", for_s=SMILES_S))
            case SayBackchannel():
                await self._push(SayFrame(self._one(phrases.backchannels), backchannel=True))
            case SayHoldPhrase():
                await self._push(SayFrame(self._one(phrases.hold)))
            case GiveUp():
                await self._interrupt()
                await self._push(SayFrame(self._one(phrases.apology)))
            case Reprompt():
                said = SayFrame(self._one(phrases.reprompt), append_to_context=True)
                await self._push(said)
            case LetGo():
                pass
            case _:
                assert_never(action)

    def _one(self, phrases: tuple[str, ...]) -> str:
        return phrases[int(self._chance() * len(phrases)) % len(phrases)]
