"""A whole person as one solid, in four parts: skin, eyes, hair, clothes."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float32, Int64

from avatar.synthetic.characters import anatomy, clothing, hair
from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.distance import Points, Scalars, smooth_union

CHEST_TOP = -1.2
"""Above this y only the head is looked at."""
CLOTHES_TOP = -1.7
"""No garment reaches above this y."""


class Part(IntEnum):
    """The rows of `Figure.parts`."""

    SKIN = 0
    EYES = 1
    HAIR = 2
    CLOTHES = 3


@dataclass(frozen=True, eq=False)
class Figure:
    """A character with its maps computed, ready to be asked for distances."""

    character: Character
    sculpture: anatomy.Sculpture
    wardrobe: clothing.Wardrobe

    def parts(self, points: Points) -> Float32[np.ndarray, "4 n"]:
        """Distance to each `Part`."""
        result = np.full((len(Part), points.shape[1]), 9.0, np.float32)
        result[Part.CLOTHES] = np.maximum(points[1] - np.float32(CLOTHES_TOP), 0.05)
        result[Part.SKIN] = anatomy.skin(self.character, self.sculpture, points)
        face = np.flatnonzero(points[2] > 0.3)
        result[Part.EYES, face] = anatomy.eyeballs(self.character.eyes, points[:, face])
        result[Part.HAIR] = hair.volume(self.character, points)
        low = np.flatnonzero(points[1] < CHEST_TOP)
        if low.size:
            chest = points[:, low]
            solid = clothing.body(chest)
            result[Part.CLOTHES, low] = clothing.garments(self.wardrobe, chest, solid)
            result[Part.SKIN, low] = smooth_union(result[Part.SKIN, low], solid, 0.22)
        return result

    def distance(self, points: Points) -> Scalars:
        """Distance to the nearest surface."""
        return self.parts(points).min(axis=0)

    def nearest(self, points: Points) -> Int64[np.ndarray, " n"]:
        """The `Part` each point belongs to."""
        return self.parts(points).argmin(axis=0)


def build(character: Character) -> Figure:
    """Compute a character's maps."""
    return Figure(character, anatomy.sculpt(character), clothing.dress(character))
