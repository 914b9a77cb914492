"""What a person shows without being asked: with the own words, on accents, and for no reason."""

from avatar.clock import FPS, TICK_S
from avatar.synthetic.dialogues.reacting import Answer
from avatar.synthetic.dialogues.repertoire import EVENT_OF, Move, Repertoire
from avatar.synthetic.dialogues.scene import Act, Line
from avatar.tick import AvatarState

WITH_LINE: dict[Act, tuple[Answer, ...]] = {
    Act.GREETING: (
        Answer("smile", 0.85, (0.0, 0.3)),
        Answer("brow", 0.5, (0.0, 0.2)),
        Answer("nod", 0.25, (0.1, 0.4)),
    ),
    Act.STATEMENT: (Answer("brow", 0.15, (0.1, 0.8)), Answer("tilt", 0.08, (0.2, 1.0))),
    Act.QUESTION: (Answer("brow", 0.55, (0.2, 0.9)), Answer("tilt", 0.30, (0.2, 0.9))),
    Act.ANSWER: (Answer("nod", 0.22, (0.0, 0.3)), Answer("small", 0.15, (0.0, 0.2))),
    Act.GOOD_NEWS: (Answer("smile", 0.85, (0.1, 0.8)), Answer("brow", 0.35, (0.0, 0.5))),
    Act.BAD_NEWS: (
        Answer("concern", 0.80, (0.0, 0.5)),
        Answer("shake", 0.15, (0.3, 0.9)),
        Answer("tilt", 0.15, (0.2, 0.8)),
    ),
    Act.SURPRISE: (Answer("surprise", 0.80, (0.0, 0.3)),),
    Act.JOKE: (Answer("smile", 0.80, (0.3, 1.2)),),
    Act.DENIAL: (Answer("shake", 0.80, (0.0, 0.25)), Answer("frown", 0.25, (0.0, 0.5))),
    Act.AGREEMENT: (Answer("nod", 0.80, (0.0, 0.2)), Answer("smile", 0.2, (0.1, 0.5))),
    Act.HESITATION: (Answer("small", 0.6, (0.0, 0.2)), Answer("tilt", 0.25, (0.1, 0.5))),
    Act.THANKS: (Answer("smile", 0.75, (0.0, 0.4)), Answer("nod", 0.55, (0.1, 0.4))),
    Act.BACKCHANNEL: (Answer("nod", 0.80, (0.0, 0.12)), Answer("smile", 0.12, (0.0, 0.4))),
}
"""Seconds count from the line's first sound."""
ACCENT_APART = round(0.5 * FPS)
BEAT_ON_ACCENT, BROW_WITH_BEAT = 0.45, 0.16
"""Heads mark accents far oftener than brows do (Cave et al. 1996)."""
IN_SILENCE_A_MINUTE = {
    "smile": 5.0,
    "nod": 3.0,
    "brow": 3.0,
    "concern": 0.8,
    "frown": 1.0,
    "tilt": 2.0,
    "shake": 0.8,
    "surprise": 0.5,
    "small": 5.0,
}
"""Moves that come by themselves while nobody speaks."""
WHILE_LISTENING = {"nod": 0.0, "shake": 0.3, "surprise": 0.4}
"""What is left of it while the other speaks: less than the half, or as named."""
LISTENING_PART = 0.45
THINKING_PART = {"smile": 0.3, "frown": 5.0, "small": 4.0, "nod": 0.0}
SMALL = {0: 3, 1: 2, 2: 2, 3: 4, 4: 3, 5: 1.5, 6: 2, 7: 2}
SMALL_NAMES = ("doubt", "wince", "puff", "press", "aside", "jaw", "purse", "narrow")


def with_line(line: Line, index: int, who: Repertoire) -> tuple[Move, ...]:
    """What goes with an own line, decided as it begins."""
    if line.act is Act.LAUGH:
        return (who.mirth(index, index, (line.end - line.start) * TICK_S),)
    moves = list[Move]()
    for shown in WITH_LINE[line.act]:
        name = f"line/{shown.kind}"
        if not who.chance.happens(name, index, shown.probability * _lively(who)):
            continue
        start = index + round(who.chance.between(f"{name}/after", index, *shown.after_s) * FPS)
        moves.append(_make(shown.kind, index, min(start, line.end - 2), who, line=line))
    return tuple(moves)


def on_accent(index: int, who: Repertoire) -> tuple[Move, ...]:
    """A beat of the head, and sometimes the brows with it."""
    if not who.chance.happens("beat", index, BEAT_ON_ACCENT):
        return ()
    beat = who.beat(index)
    if who.chance.happens("beat/brow", index, BROW_WITH_BEAT * _lively(who)):
        return (beat, who.brow(index, index))
    return (beat,)


def by_itself(index: int, state: AvatarState, who: Repertoire, *, quiet: bool) -> tuple[Move, ...]:
    """Something that nobody asked for; `quiet` says that nobody speaks."""
    if state is AvatarState.SPEAKING:
        return ()
    total = sum(_rate(name, state, who, quiet=quiet) for name in IN_SILENCE_A_MINUTE)
    if not who.chance.happens("silent", index, total / 60 * TICK_S):
        return ()
    weights = {
        i: _rate(name, state, who, quiet=quiet) for i, name in enumerate(IN_SILENCE_A_MINUTE)
    }
    name = tuple(IN_SILENCE_A_MINUTE)[who.chance.pick("silent/what", index, weights)]
    return (_make(name, index, index, who),)


def _rate(name: str, state: AvatarState, who: Repertoire, *, quiet: bool) -> float:
    rate = IN_SILENCE_A_MINUTE[name]
    if state is AvatarState.THINKING:
        rate *= THINKING_PART.get(name, 1.0)
    elif not quiet:
        rate *= WHILE_LISTENING.get(name, LISTENING_PART)
    return rate * who.rate(EVENT_OF[name])


def _lively(who: Repertoire) -> float:
    return 0.6 + 0.4 * who.intensity


def _make(name: str, index: int, start: int, who: Repertoire, line: Line | None = None) -> Move:
    if name == "smile":
        return who.smile(index, start, who.chance.between("own smile", index, 0.38, 0.60))
    if name == "nod":
        speaks = line is not None and line.act is not Act.BACKCHANNEL
        return who.nod(index, start, speaking=speaks)
    if name == "frown":
        return who.frown(index, start, name="frown")
    if name == "small":
        which = who.chance.pick("small/which", index, SMALL)
        return who.small(index, start, SMALL_NAMES[which])
    return {
        "brow": who.brow,
        "tilt": who.tilt,
        "shake": who.shake,
        "surprise": who.surprise,
        "concern": who.frown,
    }[name](index, start)
