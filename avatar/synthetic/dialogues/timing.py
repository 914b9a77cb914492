"""Timing: a whole conversation of two from a seed, as lines on the common clock.

Turns follow each other as people's do: gaps of about 200 ms, many below zero (Levinson and Torreira
2015), pauses of about half a second inside turns, and a listener who murmurs and laughs meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from avatar.clock import FPS
from avatar.data.clip import Role
from avatar.synthetic.dialogues.laughter import laugh
from avatar.synthetic.dialogues.scene import Act, Dialogue, Line, Person
from avatar.synthetic.dialogues.speech import Speaker, Spoken
from avatar.synthetic.dialogues.voice_cast import Split, cast
from avatar.synthetic.dialogues.writing import Remark, greet, sentence, tell, write
from avatar.tick import Phone
from avatar.voices.phonesets import PAUSE

CAST, SCRIPT = 1, 2
"""Streams of chance, so that a change in one leaves the other as it is."""

GAP_S, GAP_SPREAD_S, GAP_SHARE = 0.2, 0.28, 0.8
SLOW_GAP_S, SLOW_GAP_SPREAD_S = 0.6, 0.5
GAP_LIMITS_S = (-0.8, 2.0)
ANSWER_LATER_S = 0.15
"""Gaps between turns, fast ones and slow ones; answers take a little longer."""

PAUSE_S, PAUSE_SPREAD = 0.47, 0.55
PAUSE_LIMITS_S = (0.12, 2.5)
"""Median pause inside a turn, and the deviation of its logarithm."""

LEAST_HEARD = 0.6
"""Part of a line that is over before the other one may begin a turn."""

OWN_BREATH = 3
"""Ticks between two lines of one party at least."""

MURMUR_RATES = (0.1, 0.6)
"""How often a person murmurs after the other's utterances, by person."""

MURMUR_LATENCY_S = (0.05, 0.45)

PHRASE_PAUSE_S, PHRASE_LINE_S = 0.06, 1.5
PHRASE_SHARE = 0.5
"""Murmurs also come, less often, after a pause inside a line that began this long ago."""

BETWEEN_MURMURS = FPS
"""Ticks that a listener has said nothing before it murmurs."""

LAUGHS_AT = {
    Act.JOKE: (0.8, 0.5),
    Act.GOOD_NEWS: (0.15, 0.12),
    Act.SURPRISE: (0.06, 0.06),
    Act.STATEMENT: (0.02, 0.03),
}
"""Probability that the listener and the speaker laugh after a line, if they smile as most do."""
ALMOST_SURE = 0.95

LAUGH_LATENCIES_S = ((0.04, 0.5), (0.12, 0.7))
"""After the end of the line, likewise."""

MONOLOGUE_SHARE, MONOLOGUE_S = 0.05, (20.0, 40.0)
"""Of the turns, and how long they take."""

SILENCE_SHARE, SILENCE_S = 0.06, (3.0, 15.0)
SAME_SPEAKER_SHARE, LAPSE_S = 0.07, (1.0, 3.0)
"""After a turn: nobody speaks for long, or nobody but the one who spoke before."""

BOTH_SPEAK, ONE_SPEAKS = 0.82, 0.12
"""Of the conversations; in the rest nobody says a word."""

GREETING_SHARE = 0.4
"""Of the conversations begin with a greeting, the others in the middle."""

FIRST_LINE_S = (0.0, 2.5)

LONE_GAP_S = (2.0, 9.0)
"""Before each turn of somebody whom nobody answers."""

ROLES: tuple[Role, Role] = (0, 1)


def dialogue(
    seed: int, length_s: float, split: Split = "train", speaker: Speaker | None = None
) -> Dialogue:
    """A conversation of `length_s` seconds; the same seed gives the same one.

    A `speaker` that stays open saves starting its processes each time. Raises PartUnavailable when
    the voices of the split are not installed.
    """
    if speaker is None:
        with Speaker() as own:
            return dialogue(seed, length_s, split, own)
    persons = cast(np.random.default_rng([seed, CAST]), split)
    length = round(length_s * FPS)
    stage = _Stage(np.random.default_rng([seed, SCRIPT]), persons, speaker, length)
    stage.play()
    lines = tuple(sorted(stage.lines, key=lambda line: (line.start, line.party)))
    return Dialogue(seed=seed, persons=persons, lines=lines, length=length)


@dataclass(slots=True)
class _Stage:
    """A conversation while it is being made; all times are ticks.

    `free` is when a party is done with all that was placed; `ended` is the end of the last turn,
    whose last line began at `last_start`.
    """

    rng: np.random.Generator
    persons: tuple[Person, Person]
    speaker: Speaker
    length: int
    lines: list[Line] = field(default_factory=list[Line])
    free: list[int] = field(default_factory=lambda: [-FPS, -FPS])
    murmurs: tuple[float, float] = (0.0, 0.0)
    ended: int = 0
    last_start: int = 0

    def play(self) -> None:
        """Fill the whole length."""
        murmurs = self.rng.uniform(*MURMUR_RATES, 2).tolist()
        kind, party = self.rng.random(), ROLES[int(self.rng.integers(2))]
        self.ended = self._ticks(FIRST_LINE_S)
        if kind < BOTH_SPEAK:
            self.murmurs = (murmurs[0], murmurs[1])
            self._converse(party)
        elif kind < BOTH_SPEAK + ONE_SPEAKS:
            self._talk_alone(party)

    def _converse(self, party: Role) -> None:
        heard: Act | None = None
        start = self.ended
        if self.rng.random() < GREETING_SHARE:
            remarks = greet(self.rng, self._language(party))
            heard = self._turn(party, start, remarks)
            party, start = _other(party), self._reply_start(heard)
        while start < self.length:
            if self.rng.random() < MONOLOGUE_SHARE:
                seconds = self.rng.uniform(*MONOLOGUE_S)
                remarks = tell(self.rng, self._language(party), seconds)
            else:
                remarks = write(self.rng, self._language(party), heard)
            heard = self._turn(party, start, remarks)
            party, start, heard = self._next_turn(party, heard)

    def _talk_alone(self, party: Role) -> None:
        """One party speaks and the other's voice is never heard."""
        while self.ended < self.length:
            self._turn(party, self.ended, write(self.rng, self._language(party)), answered=False)
            self.ended += self._ticks(LONE_GAP_S)

    def _next_turn(self, party: Role, heard: Act) -> tuple[Role, int, Act | None]:
        """Who goes on, when, and what there is to answer."""
        chance = self.rng.random()
        if chance < SILENCE_SHARE:
            return ROLES[int(self.rng.integers(2))], self.ended + self._ticks(SILENCE_S), None
        if chance < SILENCE_SHARE + SAME_SPEAKER_SHARE:
            return party, self.ended + self._ticks(LAPSE_S), None
        return _other(party), self._reply_start(heard), heard

    def _reply_start(self, heard: Act) -> int:
        if self.rng.random() < GAP_SHARE:
            gap_s = self.rng.normal(GAP_S, GAP_SPREAD_S)
        else:
            gap_s = self.rng.normal(SLOW_GAP_S, SLOW_GAP_SPREAD_S)
        gap_s += ANSWER_LATER_S if heard is Act.QUESTION else 0.0
        gap = round(float(np.clip(gap_s, *GAP_LIMITS_S)) * FPS)
        mostly_heard = self.last_start + round(LEAST_HEARD * (self.ended - self.last_start))
        return max(self.ended + gap, mostly_heard)

    def _turn(
        self, party: Role, start: int, remarks: Sequence[Remark], *, answered: bool = True
    ) -> Act:
        """Place the lines of a turn and what the listener does meanwhile; returns the last act."""
        for remark in remarks:
            final = remark is remarks[-1]
            start = max(start, self.free[party] + OWN_BREATH)
            spoken = self.speaker.say(self.persons[party], remark.text)
            line = self._place(party, remark.act, start, spoken, ends_turn=final)
            if line is None:
                self.ended = self.length
                return remark.act
            if answered:
                self._murmur(line)
                self._laugh(line)
            self.ended, self.last_start = line.end, line.start
            pause_s = PAUSE_S * np.exp(PAUSE_SPREAD * self.rng.standard_normal())
            pause = round(float(np.clip(pause_s, *PAUSE_LIMITS_S)) * FPS)
            start = line.end + pause
        return remarks[-1].act

    def _murmur(self, line: Line) -> None:
        """Backchannels of the listener: after phrases, and after the line when the turn goes on."""
        listener = _other(line.party)
        for at in _phrase_ends(line.phones):
            self._murmur_after(listener, line.start + at, PHRASE_SHARE)
        if not line.ends_turn and line.act is not Act.GREETING:
            self._murmur_after(listener, line.end, 1.0)

    def _murmur_after(self, listener: Role, end: int, share: float) -> None:
        if self.rng.random() >= share * self.murmurs[listener]:
            return
        start = end + self._ticks(MURMUR_LATENCY_S)
        if start > self.free[listener] + BETWEEN_MURMURS:
            text = sentence(self.rng, self._language(listener), Act.BACKCHANNEL)
            spoken = self.speaker.say(self.persons[listener], text)
            self._place(listener, Act.BACKCHANNEL, start, spoken, ends_turn=False)

    def _laugh(self, line: Line) -> None:
        shares = LAUGHS_AT.get(line.act, (0.0, 0.0))
        parties = (_other(line.party), line.party)
        for party, share, latency_s in zip(parties, shares, LAUGH_LATENCIES_S, strict=True):
            start = line.end + self._ticks(latency_s)
            likely = min(ALMOST_SURE, share * self.persons[party].temperament.smiles)
            if self.rng.random() < likely and start >= self.free[party] + OWN_BREATH:
                spoken = laugh(self.rng, self.persons[party])
                self._place(party, Act.LAUGH, start, spoken, ends_turn=False)

    def _place(
        self, party: Role, act: Act, start: int, spoken: Spoken, *, ends_turn: bool
    ) -> Line | None:
        """A line in its place, or None when the conversation is over before its end."""
        line = Line(party, act, start, spoken.audio, spoken.phones, ends_turn)
        if line.end > self.length:
            return None
        self.lines.append(line)
        self.free[party] = line.end
        return line

    def _language(self, party: Role) -> str:
        return self.persons[party].language

    def _ticks(self, bounds_s: tuple[float, float]) -> int:
        return round(float(self.rng.uniform(*bounds_s)) * FPS)


def _other(party: Role) -> Role:
    return 1 if party == 0 else 0


def _phrase_ends(phones: Sequence[Phone]) -> list[int]:
    """Ticks from the start of a line at which a pause inside it begins, not too early."""
    return [
        round(phone.start_s * FPS)
        for phone in phones[:-1]
        if phone.symbol == PAUSE
        and phone.start_s > PHRASE_LINE_S
        and phone.end_s - phone.start_s > PHRASE_PAUSE_S
    ]
