"""What a motion generator is: ticks and a state in, motions and the next state out."""

from collections.abc import Sequence
from typing import Protocol, TypeVar, runtime_checkable

from avatar.motion import Motions, MotionSpace, Vector
from avatar.tick import Tick

S = TypeVar("S")


@runtime_checkable
class MotionGenerator(Protocol[S]):
    """Generates motions block by block. Weights are shared by sessions; the state is one session's.

    `look_ahead` is how many queued ticks of the avatar's own speech it hears beyond the present
    one; `block` is how many motions one step makes. The user is never heard ahead.
    """

    space: MotionSpace
    user_space: MotionSpace
    block: int
    look_ahead: int

    def start(self, *, seed: int, rest: Vector) -> S:
        """The state before the first tick; `rest` is the pose and face to come back to."""
        ...

    def step(self, ticks: Sequence[Tick], state: S) -> tuple[Motions, S]:
        """The ticks since the last step in, `block` motions from the newest tick on out.

        As many motions of the last block were shown as ticks have passed; when speech was taken
        back these are fewer than `block`, and the rest never happened. Does not change `state`: the
        same step can be taken again.
        """
        ...
