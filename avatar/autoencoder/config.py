"""The sizes of a motion auto-encoder."""

from dataclasses import dataclass
from math import log2

from avatar.errors import DataError

SMALLEST = 64
"""Pixels of the smallest picture."""

FULL_CHANNELS = (
    (4, 512),
    (8, 512),
    (16, 512),
    (32, 512),
    (64, 256),
    (128, 128),
    (256, 64),
    (512, 32),
)


@dataclass(frozen=True, slots=True)
class AutoencoderConfig:
    """Pictures of `size` pixels a side as vectors of `latent` numbers, whose motion goes in
    `directions`. `channels` are those of maps by their size, from 4 to `size`.

    Raises DataError for sizes that no such network has.
    """

    size: int = 512
    latent: int = 512
    directions: int = 20
    channels: tuple[tuple[int, int], ...] = FULL_CHANNELS

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if self.size < SMALLEST or log2(self.size) % 1:
            raise DataError(
                f"pictures of a power of two and {SMALLEST} pixels or more a side were expected, "
                f"{self.size} came"
            )
        missing = [size for size in self.stages if size not in dict(self.channels)]
        if missing:
            raise DataError(f"channels are missing for maps of {missing} pixels a side")

    @property
    def stages(self) -> tuple[int, ...]:
        """Sizes of maps from 4 to that of the picture."""
        return tuple(2**power for power in range(2, int(log2(self.size)) + 1))

    def width(self, size: int) -> int:
        """Channels of maps of a size."""
        return dict(self.channels)[size]
