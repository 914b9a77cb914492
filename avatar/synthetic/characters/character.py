"""What distinguishes one drawn person from another: frozen tables of numbers.

Lengths are in inter-iris distances, colours are sRGB in [0, 1], angles are radians. A feature that
comes in pairs is given for the subject's left (x > 0).
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from avatar.synthetic.characters.distance import Triple

Bump: TypeAlias = tuple[float, float, float, float, float]
"""x, y, width, height, rise toward the camera."""


@dataclass(frozen=True)
class Ball:
    """An ellipsoid melted into its surroundings over `blend`."""

    centre: Triple
    radii: Triple
    blend: float


@dataclass(frozen=True)
class Head:
    """The bones: what is in the middle, what comes in pairs, soft relief seen from the front."""

    middle: tuple[Ball, ...]
    paired: tuple[Ball, ...]
    relief: tuple[Bump, ...]
    neck_radius: float


@dataclass(frozen=True)
class Nose:
    """Bridge, tip, wings and nostrils."""

    root: Triple
    root_radius: float
    tip: Triple
    tip_radii: Triple
    wing: Triple
    wing_radii: Triple
    nostril: Triple
    nostril_radii: Triple


@dataclass(frozen=True)
class Eyes:
    """Ball, lid opening and iris. Rises are from the line between the corners."""

    centre: Triple
    radius: float
    half_width: float
    upper_rise: float
    lower_rise: float
    tilt: float
    iris_radius: float
    pupil_radius: float
    crease: float
    lash_length: float


@dataclass(frozen=True)
class Ears:
    """A plate that leans away from the head by `lean` radians, with a hollow.

    Radii are through the plate, up and along it.
    """

    centre: Triple
    radii: Triple
    lean: float = 0.45


@dataclass(frozen=True)
class Complexion:
    """What years and shaving leave on a face, each from 0 to 1."""

    lines: float = 0.0
    """Folds beside the mouth and the eyes and on the forehead."""
    stubble: float = 0.0
    freckles: float = 0.0


@dataclass(frozen=True)
class Brows:
    """A brow from its inner end over the peak to the tail, as (x, y) of the left one."""

    inner: tuple[float, float]
    peak: tuple[float, float]
    tail: tuple[float, float]
    thickness: float
    hairs: int
    lift: float
    """How much higher the left brow sits than the right one."""


@dataclass(frozen=True)
class Mouth:
    """Closed lips: half width, where the seam is, how full, how much of a smile."""

    seam: float
    half_width: float
    upper: float
    lower: float
    smile: float
    fullness: float
    lopsided: float
    """How much higher the left corner sits than the right one."""


@dataclass(frozen=True)
class Lock:
    """A tube of hair along a path of (x, y, z, radius)."""

    path: tuple[tuple[float, float, float, float], ...]
    blend: float

    def __post_init__(self) -> None:
        """Raise ValueError when the path is a single point."""
        if len(self.path) < 2:
            raise ValueError(f"a lock needs a path of two or more points, {self.path} came")


@dataclass(frozen=True)
class Hairdo:
    """Volume and fibres of the hair."""

    thickness: float
    hairline: tuple[float, float, float, float]
    """Centre x and y, half width and half height of the bare face, seen from the front."""
    parting: float
    locks: tuple[Lock, ...]
    back: tuple[Ball, ...]
    end: float
    """y of the tips."""
    wave: float
    strands: int
    flyaways: int
    tendrils: tuple[Lock, ...]
    """Loose locks of a few hairs: the last number of a path is their spread."""
    sides: float = 1.0
    """What is left of the thickness at the sides of the head: short hair has little."""
    nape: float = -1.25
    """y where the hair on the skull ends."""
    curl: float = 0.0
    """0 straight, 1 tight curls without a parting."""


@dataclass(frozen=True)
class Outfit:
    """Blouse and blazer; heights are along the middle of the chest."""

    neckline: float
    neckline_width: float
    opening: float
    """y where the blazer closes."""
    lapel: float
    """Greatest width of a lapel."""


@dataclass(frozen=True)
class Palette:
    """Colours, sRGB."""

    skin: Triple
    blush: Triple
    lips: Triple
    hair: Triple
    brows: Triple
    iris: Triple
    blazer: Triple
    blouse: Triple
    backdrop: tuple[Triple, Triple, Triple, Triple]
    """Upper wall, lower wall, lamps, plant."""


@dataclass(frozen=True)
class Character:
    """One person who does not exist."""

    name: str
    title: str
    seed: int
    head: Head
    nose: Nose
    eyes: Eyes
    brows: Brows
    mouth: Mouth
    hair: Hairdo
    outfit: Outfit
    palette: Palette
    ears: Ears | None = None
    """None for ears under the hair."""
    complexion: Complexion = Complexion()
    style: dict[str, float] = field(default_factory=lambda: {"shading": 0.75})
    """Hints for the renderer, written into the bundle."""
