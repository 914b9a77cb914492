"""What a person answers to what the other says and does, when, and how likely.

Latencies and probabilities: nods 0.2 to 0.6 s after the last sound of a phrase, 0.7 s into a region
of low pitch (Ward and Tsukahara 2000); smiles returned within 0.1 to 1 s, most of them early
(Riehle et al. 2017); laughter answered by a smile within 0.25 to 0.6 s; heads follow heads after
about 0.6 s (Hale et al. 2019).

An answer to an answer is rare, and none ever answers a smile that was itself an answer: mirroring
cannot run away.
"""

from dataclasses import dataclass

from avatar.behaviour.events import Kind
from avatar.clock import FPS, TICK_S
from avatar.synthetic.dialogues.cues import Cue, CueKind
from avatar.synthetic.dialogues.repertoire import EVENT_OF, Move, Repertoire
from avatar.synthetic.dialogues.scene import Act
from avatar.tick import AvatarState


@dataclass(frozen=True, slots=True)
class Answer:
    """A likely answer: what, how probable, and how long after (seconds, from and to).

    With `skew` above 1 early answers are likelier than late ones.
    """

    kind: str
    probability: float
    after_s: tuple[float, float]
    skew: float = 1.0


NOD_S = (0.20, 0.60)
TO_PAUSE = (Answer("nod", 0.45, NOD_S),)
TO_END_OF_PHRASE = (Answer("nod", 0.52, NOD_S), Answer("faint smile", 0.10, (0.2, 0.7)))
TO_END_OF_TURN = (Answer("nod", 0.62, NOD_S), Answer("faint smile", 0.12, (0.2, 0.7)))
LOW_PITCH_SEEN_S = 0.11
TO_LOW_PITCH = (
    Answer("nod", 0.36, (0.70 - LOW_PITCH_SEEN_S - 0.08, 0.70 - LOW_PITCH_SEEN_S + 0.08)),
)
TO_ACT: dict[Act, tuple[Answer, ...]] = {
    Act.GREETING: (Answer("smile", 0.75, (0.1, 0.6)), Answer("brow", 0.4, (0.1, 0.4))),
    Act.QUESTION: (Answer("brow", 0.42, (0.1, 0.4)), Answer("tilt", 0.28, (0.15, 0.5))),
    Act.GOOD_NEWS: (Answer("smile", 0.75, (0.1, 0.8), 1.5), Answer("brow", 0.35, (0.1, 0.5))),
    Act.BAD_NEWS: (
        Answer("concern", 0.65, (0.2, 0.8)),
        Answer("tilt", 0.25, (0.4, 1.0)),
        Answer("shake", 0.15, (0.5, 1.1)),
    ),
    Act.SURPRISE: (Answer("surprise", 0.65, (0.1, 0.5)),),
    Act.JOKE: (Answer("smile", 0.65, (0.1, 0.7), 1.5),),
    Act.DENIAL: (Answer("shake", 0.20, (0.3, 0.8)), Answer("concern", 0.12, (0.3, 0.8))),
    Act.AGREEMENT: (Answer("nod", 0.6, NOD_S), Answer("smile", 0.15, (0.2, 0.8))),
    Act.THANKS: (Answer("smile", 0.6, (0.1, 0.6)), Answer("nod", 0.5, NOD_S)),
    Act.HESITATION: (Answer("tilt", 0.15, (0.2, 0.8)),),
}
TO_LAUGHTER = (Answer("smile", 0.90, (0.25, 0.60)),)
TO_SIGHT: dict[Kind, tuple[Answer, ...]] = {
    "smile": (Answer("mirrored smile", 0.75, (0.18, 1.0), 2.0),),
    "laugh": (Answer("smile", 0.80, (0.25, 0.60)),),
    "nod": (Answer("nod", 0.62, (0.3, 0.8)),),
    "shake": (Answer("shake", 0.20, (0.4, 0.9)), Answer("concern", 0.12, (0.4, 0.9))),
    "brow": (Answer("brow", 0.38, (0.25, 0.6)),),
    "frown": (Answer("concern", 0.50, (0.3, 0.9)),),
    "tilt": (Answer("mirrored tilt", 0.28, (0.5, 1.1)),),
}
"""Counted from the tick in which the other begins to move, so that seeing it takes part of it."""
WHILE_SPEAKING = 0.2
"""A speaker answers nods and tilts this much less; smiles as often as anyone."""
ANSWERS_TO_ANSWERS: dict[Kind, float] = {"nod": 0.06, "tilt": 0.05, "brow": 0.05}
"""What is left of the probability of answering a move that was an answer; of others, nothing."""
MIRRORED_SMILE = (0.6, 1.0)
CONTINUERS_A_MINUTE = 7.0
"""Nods that answer nothing but that the other goes on."""
CONTINUER_AFTER = round(1.5 * FPS)


def heard(cue: Cue, index: int, state: AvatarState, who: Repertoire) -> tuple[Move, ...]:
    """Answers to something in the other's voice."""
    if cue.line.act is Act.LAUGH:
        return _all(TO_LAUGHTER, index, who, "laugh") if cue.kind is CueKind.BEGINS else ()
    if state is AvatarState.SPEAKING or cue.line.act is Act.BACKCHANNEL:
        return ()
    if cue.kind is CueKind.PAUSES:
        return _all(TO_PAUSE, index, who, "pause")
    if cue.kind is CueKind.LOW_PITCH:
        return _all(TO_LOW_PITCH, index, who, "low")
    if cue.kind is not CueKind.ENDS:
        return ()
    act = TO_ACT.get(cue.line.act, ())
    usual = TO_END_OF_TURN if cue.line.ends_turn else TO_END_OF_PHRASE
    taken = {answer.kind for answer in act}
    usual = tuple(answer for answer in usual if answer.kind not in taken)
    return _all(act + usual, index, who, "end")


def seen(move: Move, index: int, state: AvatarState, who: Repertoire) -> tuple[Move, ...]:
    """Answers to a move that the other began in the tick before."""
    if move.kind is None or move.kind not in TO_SIGHT:
        return ()
    scale = 1.0 if move.answers == 0 else ANSWERS_TO_ANSWERS.get(move.kind, 0.0)
    if state is AvatarState.SPEAKING and move.kind in ("nod", "tilt", "brow", "shake"):
        scale *= WHILE_SPEAKING
    if scale == 0:
        return ()
    return _all(TO_SIGHT[move.kind], index, who, f"seen {move.kind}", to=move, scale=scale)


def going_on(spoken: int, index: int, state: AvatarState, who: Repertoire) -> tuple[Move, ...]:
    """A continuer now and then while the other has been speaking for `spoken` ticks."""
    rate = CONTINUERS_A_MINUTE / 60 * TICK_S * who.rate("nod")
    if state is AvatarState.SPEAKING or spoken < CONTINUER_AFTER:
        return ()
    return (who.nod(index, index + 1),) if who.chance.happens("nod/continuer", index, rate) else ()


def _all(
    answers: tuple[Answer, ...],
    index: int,
    who: Repertoire,
    to_what: str,
    *,
    to: Move | None = None,
    scale: float = 1.0,
) -> tuple[Move, ...]:
    """Those of several answers that chance and person choose to give."""
    moves = list[Move]()
    for answer in answers:
        name = f"{to_what}/{answer.kind}"
        probability = min(0.95, answer.probability * scale * _willing(answer.kind, who))
        if not who.chance.happens(name, index, probability):
            continue
        low, high = answer.after_s
        share = who.chance.uniform(f"{name}/after", index) ** answer.skew
        start = index + max(1, round((low + (high - low) * share) * FPS))
        moves.append(_make(answer.kind, index, start, who, to))
    return tuple(moves)


def _willing(kind: str, who: Repertoire) -> float:
    """Person and mood change how often one answers, less than how often one begins."""
    return (who.rate(EVENT_OF[kind]) / 0.8) ** 0.5


def _make(kind: str, index: int, start: int, who: Repertoire, to: Move | None) -> Move:
    depth = 0 if to is None else to.answers + 1
    strength = who.chance.between("answer/strength", index, 0.32, 0.55)
    if kind == "mirrored smile" and to is not None:
        gain = who.chance.between("answer/gain", index, *MIRRORED_SMILE)
        return who.smile(index, start, max(0.26, to.strength * gain), answers=depth)
    if kind == "faint smile":
        return who.smile(index, start, 0.6 * strength, answers=depth)
    if kind == "mirrored tilt" and to is not None:
        side = -1 if getattr(to.gesture, "angle", 0.0) > 0 else 1
        return who.tilt(index, start, side=side, answers=depth)
    if kind == "smile":
        return who.smile(index, start, strength, answers=max(1, depth))
    if kind == "concern":
        return who.frown(index, start, answers=max(1, depth))
    return {
        "nod": who.nod,
        "brow": who.brow,
        "tilt": who.tilt,
        "shake": who.shake,
        "surprise": who.surprise,
    }[kind](index, start, answers=depth)
