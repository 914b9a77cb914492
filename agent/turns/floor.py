"""Who holds the floor: a machine of events and times in, actions and the next deadline out.

It has no clock and no task. Whoever drives it tells the time with every event, and sends `Passed`
when the deadline has come. Each state has an exit in time, and a hold ends after `longest_hold_s`
whatever happens.
"""

from collections.abc import Callable
from typing import assert_never

from agent.turns import moments
from agent.turns.changes import Actions, Changes
from agent.turns.events import (
    AnswerComes,
    AnswerFailed,
    AvatarVoice,
    DropTurn,
    Event,
    GiveUp,
    Hold,
    Interrupt,
    NoteBackchannel,
    OpenTurn,
    Passed,
    Resume,
    SayBackchannel,
    Speculate,
    TakeTurn,
    TurnJudged,
    UserAsked,
    UserCommitted,
    UserSeen,
    UserSound,
    UserVoice,
    UserWords,
)
from agent.turns.manners import Manners
from agent.turns.meaning import is_backchannel, takes_floor, wholeness
from agent.turns.states import Floor

_OVER = (Floor.AVATAR, Floor.OVERLAP, Floor.TENTATIVE, Floor.THINKING)
"""The avatar's own floor, or the way to it."""


class FloorMachine(Changes):
    """Decides; `chance` gives numbers in [0, 1) for what happens only now and then."""

    def __init__(
        self, *, chance: Callable[[], float], manners: Manners | None = None, now: float = 0.0
    ) -> None:
        super().__init__(now)
        self.manners = manners or Manners()
        self._chance = chance

    @property
    def deadline(self) -> float | None:
        """When `Passed` is due, on the driver's clock; None while nothing is awaited."""
        return moments.deadline_s(self.floor, self._known, self.manners, self._opened_s)

    def on(self, event: Event, now: float) -> Actions:
        """What is to be done about an event at a time that never goes back."""
        match event:
            case UserSound():
                at = now - event.ago_s
                return self._sound_begins(now) if event.active else self._sound_ends(now, at)
            case UserVoice():
                at = now - event.ago_s
                return self._voice_begins(now) if event.active else self._voice_ends(now, at)
            case UserWords():
                return self._words(event, now)
            case TurnJudged() | UserCommitted() | AnswerComes():
                self._learned(event)
                return self._judge(now)
            case UserAsked():
                return self._asked(now)
            case UserSeen():
                return self._seen(event, now)
            case AvatarVoice():
                return self._avatar_begins(now) if event.active else self._avatar_ends(now)
            case AnswerFailed():
                return self._failed(now)
            case Passed():
                return self._passed(now)
            case _:
                assert_never(event)

    def _sound_begins(self, now: float) -> Actions:
        known = self._known
        if known.sound:
            return ()
        since = known.sound_since_s if known.voice else now
        self._know(sound=True, sound_since_s=since, voiced=known.voice)
        if self.floor is Floor.TENTATIVE and moments.lasts(self._known, self.manners, now):
            return self._taken(now, said="")
        wary = now - known.deceived_s < self.manners.wary_s
        return () if wary else self._talked_over(now)

    def _sound_ends(self, now: float, at: float) -> Actions:
        known = self._known
        if known.sound:
            paused = self.floor is Floor.USER_PAUSE
            quiet = known.quiet_since_s if paused else max(at, known.sound_since_s)
            self._know(sound=False, quiet_since_s=quiet)
        return self._quiet_over(now)

    def _voice_begins(self, now: float) -> Actions:
        known = self._known
        if known.voice:
            return ()
        since = known.sound_since_s if known.sound else now
        self._know(voice=True, voiced=True, sound_since_s=since, words="", melody=0.0)
        match self.floor:
            case Floor.IDLE:
                return self._opens(now)
            case Floor.USER_PAUSE:
                pause = moments.longest_pause_s(known, now)
                self._go(Floor.USER, now, longest_pause_s=pause, hopeless=False)
                return self._withdrawn()
            case _:
                return self._talked_over(now)

    def _voice_ends(self, now: float, at: float) -> Actions:
        if self._known.voice:
            self._know(voice=False, quiet_since_s=max(at, self._known.sound_since_s))
            if self.floor is Floor.USER:
                self._go(Floor.USER_PAUSE, now, unheard=self._known.unheard + 1)
        return self._quiet_over(now)

    def _talked_over(self, now: float) -> Actions:
        """Somebody is heard over the avatar's floor: it waits when they may wish to speak."""
        if self.floor not in (Floor.AVATAR, Floor.THINKING):
            return ()
        settled = now - self._opened_s >= self.manners.settling_s
        if self.floor is Floor.AVATAR and (not settled or self._known.mouth_moves is False):
            self._go(Floor.OVERLAP, now)
            return ()
        self._go(Floor.TENTATIVE, now, held=True)
        return (Hold(),)

    def _quiet_over(self, now: float) -> Actions:
        if self.floor is Floor.OVERLAP and not self._known.talks:
            self._go(Floor.AVATAR, now)
        return ()

    def _words(self, event: UserWords, now: float) -> Actions:
        text = event.text.strip()
        self._know(words=text)
        if self.floor in _OVER:
            self._know(whole=wholeness(text, event.ends_log10))
            return self._words_over(text, now, final=event.final)
        if not event.final:
            return self._opens(now) if self.floor is Floor.IDLE and text else ()
        known = self._known
        if text:
            self._know(whole=wholeness(text, event.ends_log10))
        self._know(said=f"{known.said} {text}".strip(), unheard=max(0, known.unheard - 1), words="")
        if self.floor is Floor.IDLE and text:
            self._go(Floor.USER_PAUSE, now, spoken_s=now, open=True)
            return (OpenTurn(), *self._judge(now))
        return self._judge(now)

    def _words_over(self, text: str, now: float, *, final: bool) -> Actions:
        """Words over the avatar's: those of somebody whose mouth is seen shut are another's."""
        if self._known.mouth_moves is False and self.floor is not Floor.THINKING:
            return ()
        if takes_floor(text, self._known.spoken_for_s(now)):
            return self._taken(now, said=text if final else "")
        if not final:
            return ()
        noted: Actions = (NoteBackchannel(text),) if is_backchannel(text) else ()
        return (*noted, *self._goes_on(now))

    def _judge(self, now: float) -> Actions:
        """Whether a pause is the end of the turn."""
        if self.floor is not Floor.USER_PAUSE or self._known.unheard:
            return ()
        if not self._known.said:
            self._closes(Floor.IDLE, now)
            return (DropTurn(),)
        if not moments.is_over(self._known, self.manners, now):
            return ()
        taken = TakeTurn(self._known.said)
        self._closes(Floor.THINKING, now, asked_s=now)
        return (taken,)

    def _asked(self, now: float) -> Actions:
        """A question without a voice: whoever asks it has interrupted what was said."""
        resumed: Actions = (Resume(),) if self._known.held else ()
        dropped = self._dropped()
        self._closes(Floor.THINKING, now, asked_s=now, avatar=False, held=False)
        return (*resumed, *dropped)

    def _seen(self, event: UserSeen, now: float) -> Actions:
        self._know(mouth_moves=event.mouth_moves)
        if self.floor is Floor.OVERLAP and event.mouth_moves and self._known.talks:
            self._go(Floor.AVATAR, now)
            return self._talked_over(now)
        return ()

    def _avatar_begins(self, now: float) -> Actions:
        known = self._known
        self._know(avatar=True, heard_s=now)
        if known.avatar or self.floor in (Floor.TENTATIVE, Floor.OVERLAP, Floor.AVATAR):
            return ()
        if known.talks and takes_floor(known.words, known.spoken_for_s(now)):
            return self._taken(now, said="")
        dropped = () if known.talks else self._dropped()
        self._go(Floor.AVATAR, now)
        return (*dropped, *(self._talked_over(now) if known.talks else ()))

    def _avatar_ends(self, now: float) -> Actions:
        known = self._known
        if not known.avatar:
            return ()
        self._know(avatar=False, held=False)
        if self.floor not in (Floor.AVATAR, Floor.OVERLAP, Floor.TENTATIVE):
            return ()
        resumed: Actions = (Resume(),) if known.held else ()
        if known.failed:
            self._closes(Floor.IDLE, now, asked_s=None)
            return (*resumed, GiveUp())
        if known.voice:
            return (*resumed, *self._opens(now))
        waits = known.announced and known.asked_s is not None and not known.coming
        self._know(asked_s=known.asked_s if waits else None, coming=False)
        self._go(Floor.THINKING if waits else Floor.IDLE, now)
        return resumed

    def _failed(self, now: float) -> Actions:
        if self.floor is Floor.THINKING:
            self._closes(Floor.IDLE, now, asked_s=None)
            return (GiveUp(),)
        if self._known.speculated:
            self._know(hopeless=True)
            return self._withdrawn()
        self._know(failed=self.floor in _OVER)
        return ()

    def _passed(self, now: float) -> Actions:
        deadline, known = self.deadline, self._known
        if deadline is None or now < deadline:
            return ()
        match self.floor:
            case Floor.USER:
                return self._voice_ends(now, now)
            case Floor.USER_PAUSE:
                return self._paused(now)
            case Floor.THINKING:
                return self._waited(now)
            case Floor.TENTATIVE if moments.lasts(self._known, self.manners, now):
                return self._taken(now, said="")
            case Floor.TENTATIVE:
                return self._goes_on(now)
            case Floor.AVATAR | Floor.OVERLAP:
                lost = now >= known.heard_s + self.manners.silent_voice_s
                return self._avatar_ends(now) if lost else self._taken(now, said="")
            case Floor.IDLE:
                return self._idled(now)
            case _:
                assert_never(self.floor)

    def _paused(self, now: float) -> Actions:
        """A moment of a pause has come."""
        known, manners = self._known, self.manners
        if known.unheard and now >= known.quiet_since_s + manners.unheard_s:
            self._know(unheard=0)
        if ended := self._judge(now):
            return ended
        done: Actions = ()
        if (
            moments.listens(known, manners)
            and now >= known.quiet_since_s + manners.backchannel_pause_s
        ):
            done += self._listened(now)
        if moments.speculates(known) and now >= known.quiet_since_s + manners.speculate_s:
            self._know(speculated=True)
            done += (Speculate(known.said),)
        return done

    def _listened(self, now: float) -> Actions:
        """A pause in which one might say that one listens."""
        known, manners = self._known, self.manners
        self._know(considered_s=now)
        since = now - max(known.spoken_s, known.backchannel_s)
        if since < manners.backchannel_after_s or moments.over(known) > manners.backchannel_doubt:
            return ()
        if self._chance() >= manners.backchannels_a_minute / 60 * since:
            return ()
        self._know(backchannel_s=now)
        return (SayBackchannel(),)

    def _taken(self, now: float, *, said: str) -> Actions:
        """The user has the floor, and what was said of an answer is all of it."""
        voice = self._known.voice
        self._go(
            Floor.USER if voice else Floor.USER_PAUSE, now, spoken_s=now, open=True, held=False,
            said=said, unheard=int(not voice and not said), asked_s=None, announced=False,
            failed=False, avatar=False,
        )  # fmt: skip
        return (Interrupt(), *self._judge(now))
