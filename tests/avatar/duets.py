"""Duets for tests: lines of a made up voice, a face that is not drawn, and figures of a minute."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from avatar.assets import generator_folder
from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.duet import Duet, DuetFrame, DuetLine, Side
from avatar.generator.base import MotionGenerator
from avatar.generator.package import load_generator
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.scene import Act, Line
from tests.avatar.synthetic.dialogues.scripts import conversation
from tests.avatar.synthetic.dialogues.scripts import line as scripted
from tests.avatar.test_session import Recorder

MINUTE = 60 * FPS
GENERATORS: dict[str, Callable[[], MotionGenerator[Any]]] = {
    "rules": RuleBasedGenerator,
    "learned": lambda: load_generator(generator_folder("embedded")),
}
"""Generators whose loop must be stable."""

NEUTRAL_SMILE = 0.2
RETURN_S = 10.0
LONGEST_SMILE_S = 20.0
"""The made up voices sound like laughter half of the time: one smile follows the other."""

SMILE = ("mouthSmileLeft", "mouthSmileRight")


def faceless(generator: MotionGenerator[Any] | None = None) -> Avatar:
    return Avatar("test", "none", generator or RuleBasedGenerator(), Recorder(), ARKIT58.rest)


def a_duet(seed: int = 0, generator: MotionGenerator[Any] | None = None) -> Duet:
    avatar = faceless(generator)
    return Duet((avatar, avatar), seed=seed)


def line(
    side: Side, start_s: float, seconds: float = 2.0, act: Act = Act.STATEMENT, *, ends: bool = True
) -> DuetLine:
    return as_duet_line(scripted(side, start_s, seconds, act, ends_turn=ends))


def as_duet_line(made: Line) -> DuetLine:
    pcm = np.round(np.clip(made.audio, -1, 1) * 32_767).astype(np.int16)
    takes_turn = made.act not in (Act.BACKCHANNEL, Act.LAUGH)
    return DuetLine(
        made.party, made.start, pcm, made.phones, str(made.act), takes_turn, made.ends_turn
    )


def made_up_lines(seed: int, seconds: float) -> list[DuetLine]:
    """Two who take turns, laugh and murmur."""
    return [as_duet_line(made) for made in conversation(seed, seconds).lines]


def played(duet: Duet, lines: Sequence[DuetLine], ticks: int) -> Iterator[DuetFrame]:
    """So many ticks of a duet, not drawn."""
    for index in range(duet.index, duet.index + ticks):
        yield duet.step([said for said in lines if said.start == index], draw=False)


def motions(frames: Sequence[DuetFrame]) -> Float[np.ndarray, "ticks 2 dim"]:
    return np.stack([[side.motion for side in frame.sides] for frame in frames])


def smiles(of: Float[np.ndarray, "ticks 2 dim"]) -> Float[np.ndarray, "ticks 2"]:
    return of[..., [ARKIT58.index(name) for name in SMILE]].mean(axis=-1)


@dataclass(frozen=True)
class Minute:
    """A minute of a duet; the figures are the larger ones of both sides.

    `smile` and `brow` are means; `turned` is the root mean square of the head's angles over both
    sides, in radians; `longest_smile_s` is the longest time in which one side was not neutral;
    `neutral_s` is how long both were at once, and `returns` how often both came back to that
    within `RETURN_S`.
    """

    finite: bool
    smile: float
    brow: float
    turned: float
    longest_smile_s: float
    neutral_s: float
    returns: int

    @classmethod
    def of(cls, motion: Float[np.ndarray, "ticks 2 dim"]) -> "Minute":
        yaw, brow = ARKIT58.index("headYaw"), ARKIT58.index("browInnerUp")
        smile = smiles(motion)
        neutral = smile < NEUTRAL_SMILE
        shared = stretches(np.asarray(~neutral.all(axis=1)))
        return cls(
            finite=bool(np.isfinite(motion).all()),
            smile=float(smile.mean(axis=0).max()),
            brow=float(motion[..., brow].mean(axis=0).max()),
            turned=float(np.sqrt((motion[..., yaw : yaw + 3] ** 2).mean())),
            longest_smile_s=max(stretches(~neutral[:, side]).max() for side in (0, 1)) / FPS,
            neutral_s=float(neutral.all(axis=1).sum() / FPS),
            returns=int((shared[1:] <= RETURN_S * FPS).sum()),
        )


def stretches(on: np.ndarray) -> np.ndarray:
    """Lengths of the stretches of True in which a signal begins, after a zero."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    return np.concatenate([[0], edges[1::2] - edges[::2]])


def require_stable(minutes: Sequence[Minute]) -> None:
    """Mutual mirroring has not run away in any minute, and no minute is like a frozen face.

    A minute in which nobody smiles needs no return.
    """
    first = minutes[0]
    for number, minute in enumerate(minutes):
        assert minute.finite, number
        assert minute.smile < 0.6, (number, minute)
        assert minute.brow < 0.3, (number, minute)
        assert first.turned / 2 < minute.turned < first.turned * 2, (number, minute, first)
        assert minute.neutral_s > 1, (number, minute)
        assert minute.returns or minute.longest_smile_s == 0, (number, minute)
        assert minute.longest_smile_s < LONGEST_SMILE_S, (number, minute)


def minutes_of(asked: tuple[str, int]) -> list[Minute]:
    """Figures of a duet, by the name of its generator and so many minutes."""
    generator, count = asked
    duet, lines = a_duet(2, GENERATORS[generator]()), made_up_lines(2, 60.0 * count)
    figures: list[Minute] = []
    for number in range(count):
        begin, end = number * MINUTE, (number + 1) * MINUTE
        here = [said for said in lines if begin <= said.start < end]
        figures.append(Minute.of(motions(list(played(duet, here, MINUTE)))))
    return figures
