"""What a tracker is: a camera's picture and what was known before in, what is known now out."""

from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from avatar.motion import FaceObservation
from avatar.tracking.presence import Presence

S = TypeVar("S")


@runtime_checkable
class UserTracker(Protocol[S]):
    """Sees one user. Keeps nothing between pictures; one thread at a time uses it."""

    def start(self) -> S:
        """The state before the first picture."""
        ...

    def step(
        self, image: UInt8[np.ndarray, "height width 3"], at_s: float, state: S
    ) -> tuple[FaceObservation | None, S]:
        """See one picture: RGB, not mirrored, taken at `at_s` seconds of any one clock.

        None is nobody. Raises MediaError for what is no picture.
        """
        ...

    def presence(self, state: S) -> Presence | None:
        """Where the user is in the last picture; None when nobody is seen in it."""
        ...


@runtime_checkable
class TwofoldTracker(UserTracker[S], Protocol[S]):
    """A tracker that sees the same face in two motion spaces: generators differ in what they
    understand, and who speaks is told from `arkit58`.
    """

    def beside(self, state: S) -> FaceObservation | None:
        """The last picture in the other space."""
        ...
