"""What a change of the floor entails: the state of a conversation, and the ways it changes."""

from dataclasses import replace
from math import log
from typing import TypeAlias

from agent.turns.events import (
    Action,
    AnswerComes,
    DropTurn,
    GiveUp,
    LetGo,
    OpenTurn,
    Reprompt,
    Resume,
    SayHoldPhrase,
    TurnJudged,
    UserCommitted,
    Withdraw,
)
from agent.turns.manners import Known
from agent.turns.states import Floor

Actions: TypeAlias = tuple[Action, ...]


class Changes:
    """The floor and what is known; `FloorMachine` decides when it changes."""

    def __init__(self, now: float) -> None:
        self.floor = Floor.IDLE
        self._opened_s = now
        self._known = Known(since_s=now, quiet_since_s=now)

    @property
    def user_turn(self) -> bool:
        """Whether the user's turn is open."""
        return self._known.open

    def _learned(self, event: TurnJudged | UserCommitted | AnswerComes) -> None:
        """Whether the turn is over, as the voice or the user tells it; that an answer is there."""
        match event:
            case UserCommitted():
                self._know(committed=self._known.open)
            case TurnJudged():
                self._know(melody=log(event.probability / (1 - event.probability)))
            case AnswerComes():
                self._know(coming=True)

    def _opens(self, now: float) -> Actions:
        """The user's turn begins."""
        voice, opened = self._known.voice, self._known.open
        self._go(
            Floor.USER if voice else Floor.USER_PAUSE, now, spoken_s=now, open=True,
            unheard=int(not voice), prompted=False, asked_s=None, announced=False,
        )  # fmt: skip
        return () if opened else (OpenTurn(),)

    def _goes_on(self, now: float) -> Actions:
        """The avatar keeps the floor."""
        known = self._known
        dropped = self._dropped()
        over = Floor.OVERLAP if known.talks else Floor.AVATAR
        deceived = now if known.held else known.deceived_s
        # What was said so far was judged; only what comes after it may take the floor.
        self._go(
            over if known.avatar else Floor.THINKING, now, held=False, words="",
            sound_since_s=now, deceived_s=deceived, heard_s=now,
        )  # fmt: skip
        return (*((Resume(),) if known.held else ()), *dropped)

    def _dropped(self) -> Actions:
        """Close the user's turn, if one is open."""
        known = self._known
        self._know(open=False, said="", unheard=0)
        return (*self._withdrawn(), *((DropTurn(),) if known.open else ()))

    def _withdrawn(self) -> Actions:
        speculated = self._known.speculated
        self._know(speculated=False)
        return (Withdraw(),) if speculated else ()

    def _closes(self, floor: Floor, now: float, **known: object) -> None:
        self._go(
            floor, now, said="", words="", open=False, unheard=0, melody=0.0,
            speculated=False, hopeless=False, announced=False, failed=False, prompted=False,
            committed=False, coming=False, **known,
        )  # fmt: skip

    def _go(self, floor: Floor, now: float, **known: object) -> None:
        self.floor = floor
        self._know(since_s=now, **known)

    def _know(self, **known: object) -> None:
        self._known = replace(self._known, **known)  # pyright: ignore[reportArgumentType]

    def _waited(self, now: float) -> Actions:
        """No answer yet."""
        if not (self._known.announced or self._known.coming):
            self._know(announced=True)
            return (SayHoldPhrase(),)
        self._closes(Floor.IDLE, now, asked_s=None)
        return (GiveUp(),)

    def _idled(self, now: float) -> Actions:
        """Nobody has said anything for long."""
        if not self._known.prompted:
            self._go(Floor.IDLE, now, prompted=True)
            return (Reprompt(),)
        self._go(Floor.IDLE, self._opened_s, prompted=False)
        return (LetGo(),)
