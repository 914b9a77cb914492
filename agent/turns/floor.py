"""Who holds the floor: a machine of events and times in, actions and the next deadline out.

It has no clock and no task. Whoever drives it tells the time with every event, and sends `Passed`
when the deadline has come. Each state has an exit in time, and a hold ends after `LONGEST_HOLD_S`
whatever happens.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import assert_never

from agent.turns.events import (
    Action,
    AvatarVoice,
    Event,
    GiveUp,
    Hold,
    Interrupt,
    LetGo,
    NoteBackchannel,
    Passed,
    Reprompt,
    Resume,
    SayBackchannel,
    SayHoldPhrase,
    TakeTurn,
    UserFinished,
    UserSeen,
    UserVoice,
    UserWords,
)
from agent.turns.manners import Known, Manners
from agent.turns.meaning import is_backchannel, takes_floor
from avatar.tick import AvatarState


class Floor(Enum):
    """Who speaks: in `TENTATIVE` the avatar holds because the user may want to, in `OVERLAP` it
    goes on beside a user who does not.
    """

    IDLE = "idle"
    USER = "user"
    USER_PAUSE = "user pause"
    THINKING = "thinking"
    AVATAR = "avatar"
    TENTATIVE = "tentative"
    OVERLAP = "overlap"


SHOWN = {
    Floor.IDLE: AvatarState.LISTENING,
    Floor.USER: AvatarState.LISTENING,
    Floor.USER_PAUSE: AvatarState.LISTENING,
    Floor.THINKING: AvatarState.THINKING,
    Floor.AVATAR: AvatarState.SPEAKING,
    Floor.TENTATIVE: AvatarState.LISTENING,
    Floor.OVERLAP: AvatarState.SPEAKING,
}
"""What the avatar is seen to do."""


class FloorMachine:
    """Decides; `chance` gives numbers in [0, 1) for what happens only now and then."""

    def __init__(
        self, *, chance: Callable[[], float], manners: Manners | None = None, now: float = 0.0
    ) -> None:
        self.floor = Floor.IDLE
        self._manners = manners or Manners()
        self._chance = chance
        self._opened_s = now
        self._known = Known(since_s=now, quiet_since_s=now)

    @property
    def deadline(self) -> float | None:
        """When `Passed` is due, on the driver's clock; None while nothing is awaited."""
        known, manners = self._known, self._manners
        match self.floor:
            case Floor.IDLE:
                waits = manners.let_go_s if known.asked else manners.reprompt_s
                return known.since_s + waits if known.since_s > self._opened_s else None
            case Floor.USER_PAUSE:
                return self._pause_ends_s()
            case Floor.THINKING:
                slow = known.since_s + manners.slow_answer_s
                return known.since_s + manners.no_answer_s if known.asked else slow
            case Floor.TENTATIVE:
                return self._hold_ends_s()
            case Floor.OVERLAP:
                seen = known.voice and known.mouth_moves is True
                return self._wordless_s() if seen else None
            case Floor.USER | Floor.AVATAR:
                return None
            case _:
                assert_never(self.floor)

    def on(self, event: Event, now: float) -> tuple[Action, ...]:
        """What is to be done about an event at a time that never goes back."""
        match event:
            case UserVoice(active=True):
                return self._voice_begins(now)
            case UserVoice():
                return self._voice_ends(now)
            case UserWords():
                return self._words(event, now)
            case UserFinished():
                return self._finished(now)
            case UserSeen():
                self._known = replace(self._known, mouth_moves=event.mouth_moves)
                return ()
            case AvatarVoice(active=True):
                return self._avatar_begins(now)
            case AvatarVoice():
                return self._avatar_ends(now)
            case Passed():
                return self._passed(now)
            case _:
                assert_never(event)

    def _voice_begins(self, now: float) -> tuple[Action, ...]:
        self._know(voice=True, voice_since_s=now, words="")
        match self.floor:
            case Floor.IDLE | Floor.USER:
                self._go(Floor.USER, now, spoken_s=now)
            case Floor.USER_PAUSE:
                pause = now - self._known.quiet_since_s
                longest = 0.7 * self._known.longest_pause_s + 0.3 * max(
                    pause, self._known.longest_pause_s
                )
                self._go(Floor.USER, now, longest_pause_s=longest)
            case Floor.AVATAR:
                return self._talked_over(now)
            case Floor.THINKING | Floor.TENTATIVE | Floor.OVERLAP:
                pass
            case _:
                assert_never(self.floor)
        return ()

    def _talked_over(self, now: float) -> tuple[Action, ...]:
        """A sound over the avatar's voice: it waits when that may be a wish to speak."""
        settled = now - self._opened_s >= self._manners.settling_s
        if not settled or self._known.mouth_moves is False:
            self._go(Floor.OVERLAP, now)
            return ()
        self._go(Floor.TENTATIVE, now, held=True)
        return (Hold(),)

    def _voice_ends(self, now: float) -> tuple[Action, ...]:
        self._know(voice=False, quiet_since_s=now)
        if self.floor is Floor.USER:
            self._go(Floor.USER_PAUSE, now)
        elif self.floor is Floor.OVERLAP and not self._known.words:
            self._go(Floor.AVATAR, now)
        return ()

    def _words(self, event: UserWords, now: float) -> tuple[Action, ...]:
        self._know(words=event.text)
        match self.floor:
            case Floor.TENTATIVE | Floor.OVERLAP | Floor.AVATAR:
                return self._words_over(event, now)
            case Floor.THINKING if takes_floor(event.text):
                return self._taken(now)
            case Floor.IDLE if event.final and event.text:
                # Words whose voice was never heard: typed, or spoken under the threshold.
                self._go(Floor.USER_PAUSE, now, quiet_since_s=now, spoken_s=now)
            case _:
                pass
        return ()

    def _words_over(self, event: UserWords, now: float) -> tuple[Action, ...]:
        """Words over the avatar's: those of somebody whose mouth is seen shut are another's."""
        if self._known.mouth_moves is False:
            return ()
        if takes_floor(event.text):
            return self._taken(now)
        if not (event.final and is_backchannel(event.text)):
            return ()
        return (NoteBackchannel(event.text), *self._goes_on(now))

    def _finished(self, now: float) -> tuple[Action, ...]:
        if self.floor is not Floor.USER_PAUSE:
            return ()
        self._go(Floor.THINKING, now, asked=False)
        return (TakeTurn(),)

    def _avatar_begins(self, now: float) -> tuple[Action, ...]:
        self._know(avatar=True)
        if self.floor in (Floor.TENTATIVE, Floor.OVERLAP, Floor.AVATAR):
            return ()
        self._go(Floor.AVATAR, now, asked=False)
        if not self._known.voice:
            return ()
        return self._taken(now) if takes_floor(self._known.words) else self._talked_over(now)

    def _avatar_ends(self, now: float) -> tuple[Action, ...]:
        held = self._known.held
        self._know(avatar=False, held=False)
        if self.floor is Floor.AVATAR:
            self._go(Floor.IDLE, now, asked=False)
        elif self.floor in (Floor.TENTATIVE, Floor.OVERLAP):
            self._go(Floor.USER if self._known.voice else Floor.USER_PAUSE, now, spoken_s=now)
            return (Resume(),) if held else ()
        return ()

    def _passed(self, now: float) -> tuple[Action, ...]:
        deadline = self.deadline
        if deadline is None or now < deadline:
            return ()
        match self.floor:
            case Floor.USER_PAUSE:
                if now < self._known.quiet_since_s + self._patience_s():
                    return self._listened(now)
                return self._finished(now)
            case Floor.THINKING:
                return self._waited(now)
            case Floor.TENTATIVE:
                lasting = self._known.voice and now >= self._wordless_s()
                return self._taken(now) if lasting else self._goes_on(now)
            case Floor.OVERLAP:
                return self._taken(now)
            case Floor.IDLE:
                return self._idled(now)
            case Floor.USER | Floor.AVATAR:
                return ()
            case _:
                assert_never(self.floor)

    def _waited(self, now: float) -> tuple[Action, ...]:
        """No answer yet."""
        if not self._known.asked:
            self._know(asked=True)
            return (SayHoldPhrase(),)
        self._go(Floor.IDLE, now, asked=False)
        return (GiveUp(),)

    def _idled(self, now: float) -> tuple[Action, ...]:
        """Nobody has said anything for long."""
        if not self._known.asked:
            self._go(Floor.IDLE, now, asked=True)
            return (Reprompt(),)
        self._go(Floor.IDLE, self._opened_s, asked=False)
        return (LetGo(),)

    def _taken(self, now: float) -> tuple[Action, ...]:
        """The user has the floor."""
        self._go(
            Floor.USER if self._known.voice else Floor.USER_PAUSE,
            now, spoken_s=now, held=False,
        )  # fmt: skip
        return (Interrupt(),)

    def _goes_on(self, now: float) -> tuple[Action, ...]:
        """The avatar keeps it."""
        held = self._known.held
        floor = Floor.OVERLAP if self._known.voice else Floor.AVATAR
        # What was said so far was judged; only what comes after it may take the floor.
        self._go(floor, now, held=False, words="", voice_since_s=now)
        return (Resume(),) if held else ()

    def _listened(self, now: float) -> tuple[Action, ...]:
        """A pause in which one might say that one listens."""
        known, manners = self._known, self._manners
        self._know(backchannel_s=now)
        spoken = now - known.spoken_s
        if spoken < manners.backchannel_after_s or manners.backchannels_a_minute <= 0:
            return ()
        likely = manners.backchannels_a_minute / 60 * max(manners.backchannel_gap_s, spoken)
        return (SayBackchannel(),) if self._chance() < likely else ()

    def _wordless_s(self) -> float:
        return self._known.voice_since_s + self._manners.wordless_s

    def _hold_ends_s(self) -> float:
        known, manners = self._known, self._manners
        longest = known.since_s + manners.longest_hold_s
        if known.voice:
            return min(longest, self._wordless_s())
        return min(longest, known.quiet_since_s + manners.silent_hold_s)

    def _patience_s(self) -> float:
        least, most = self._manners.patience_s
        return min(most, max(least, 1.5 * self._known.longest_pause_s))

    def _pause_ends_s(self) -> float:
        """The end of the turn, or before it a moment to say that one listens."""
        known, manners = self._known, self._manners
        ends = known.quiet_since_s + self._patience_s()
        listens = known.quiet_since_s + manners.backchannel_pause_s
        due = listens - known.backchannel_s >= manners.backchannel_gap_s
        return min(ends, listens) if due and known.backchannel_s < known.quiet_since_s else ends

    def _go(self, floor: Floor, now: float, **known: object) -> None:
        self.floor = floor
        self._know(since_s=now, **known)

    def _know(self, **known: object) -> None:
        self._known = replace(self._known, **known)  # pyright: ignore[reportArgumentType]
