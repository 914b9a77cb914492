"""How the official networks are run."""

from dataclasses import dataclass

from avatar.errors import PartUnavailable

BLOCKS = (2, 5, 10)
"""Frames that may be made at a time."""


@dataclass(frozen=True, slots=True)
class OfficialConfig:
    """How a conversation with the official networks is made.

    `block` frames are made at a time: 10 as in training, 5, or 2, which answers soonest and costs
    most. A teacher is sampled with `evaluations` (one of which, at the end, is never needed), and
    follows its own voice and the user as strongly as `own` and `user` say; a `student`, where there
    is one, lands in one step and has learned how strongly.

    Raises PartUnavailable for what cannot be run.
    """

    block: int = 5
    evaluations: int = 10
    own: float = 2.0
    user: float = 1.0
    student: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be run."""
        if self.block not in BLOCKS:
            raise PartUnavailable(f"blocks of {BLOCKS} frames can be made, not of {self.block}")
        if not 3 <= self.evaluations <= 1000:
            raise PartUnavailable(f"3 to 1000 evaluations are possible, not {self.evaluations}")
