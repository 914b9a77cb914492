"""The volume of the hair and the direction its fibres run.

The volume is the scalp grown by a thickness that fades at the hairline, melted with locks that
fall along paths; strands (`strands`) are grown over its surface along `flow`.
"""

import numpy as np

from avatar.synthetic.characters import anatomy
from avatar.synthetic.characters.character import Character, Hairdo, Lock
from avatar.synthetic.characters.distance import (
    Points,
    Scalars,
    bump,
    cone,
    ellipsoid,
    ramp,
    smooth_union,
    unit,
)

HAIRLINE_FADE = 0.34
"""Width of the zone in which the hair gains its thickness."""
HAIRLINE_RISE = 0.55
"""How abruptly the hair gains it: 1 evenly, less faster."""
UNEVEN = ((0.014, 11.0, 0.0), (0.010, 23.0, 9.0))
"""Waves of the hairline: height, and frequency along x and y."""
TEMPLE_FALL = 0.35
"""Below its centre the hairline is this much less curved."""
EAR, EAR_BOTTOM, EAR_SLOPE = 0.25, 0.2, 0.5
"""z of the hairline at the ear; below -`EAR_BOTTOM` it recedes with this slope."""
BARE = (0.03, 0.50, 0.35)
"""Sinks hair into the skull: at the hairline, on the bare face, and over which distance."""
GROOVE = (0.14, 0.035)
"""Depth, as a part of the thickness, and width of the furrow of the parting."""
SIDE = (1.05, 0.45)
"""Between these heights the top of a short cut turns into its sides."""
CURL_TURNS = 17.0
"""Phase of curls for each unit of length."""
LOCK_JOINT = 0.05
TOP = (0.35, 1.35)
"""Between these heights hair turns from hanging down to running over the head."""
FALL = (0.28, 0.90)
"""Downward course on top and what the sides add."""
TUCK = -0.55
"""Inward course of the tips."""
SWAY = (4.1, 1.3, 0.8)
"""Phase of the waves for each unit of y and z and for the side."""
HAIRLINE_LIFT = (0.62, 0.22)
"""Strength and width of the upward course at the hairline."""
PARTING_LIFT = (0.95, 0.42)
"""The same beside the parting, where hair rises before it falls aside."""


def hairline(hairdo: Hairdo, points: Points) -> Scalars:
    """How far behind the hairline a point of the scalp lies; negative on the bare face."""
    x, y, wide, high = (np.float32(value) for value in hairdo.hairline)
    u, v = (points[0] - x) / wide, (points[1] - y) / high
    v = np.where(v > 0, v, v * np.float32(TEMPLE_FALL))
    front = (np.sqrt(u * u + v * v) - 1) * min(wide, high)
    for rise, along_x, along_y in UNEVEN:
        front = front + np.float32(rise) * np.sin(points[0] * along_x + points[1] * along_y)
    low = np.clip(-points[1] - np.float32(EAR_BOTTOM), 0, None)
    ears = np.float32(EAR) - points[2] - np.float32(EAR_SLOPE) * low
    return np.minimum(np.maximum(front, ears), points[1] - np.float32(hairdo.nape)).astype(
        np.float32
    )


def cap(character: Character, points: Points, scalp: Scalars) -> Scalars:
    """Distance to the hair that lies on the skull; `scalp` is the distance to the skull."""
    hairdo = character.hair
    behind = hairline(hairdo, points)
    grown = np.clip(behind / HAIRLINE_FADE, 0, 1) ** np.float32(HAIRLINE_RISE)
    depth, width = GROOVE
    groove = bump(points[0] - np.float32(hairdo.parting), width) * ramp(points[1], *TOP)
    groove = groove * np.float32(depth * (1 - hairdo.curl))
    aside = np.float32(1 - hairdo.sides) * ramp(points[1], *SIDE)
    thick = np.float32(hairdo.thickness) * grown * (1 - groove) * (1 - aside)
    shallow, deep, reach = BARE
    return scalp - thick + np.float32(shallow) + np.float32(deep) * ramp(behind, 0.0, -reach)


def _lock(lock: Lock, points: Points) -> Scalars:
    steps = zip(lock.path[:-1], lock.path[1:], strict=True)
    first, *others = (cone(points, a[:3], b[:3], (a[3], b[3])) for a, b in steps)
    for piece in others:
        first = smooth_union(first, piece, LOCK_JOINT)
    return first


def volume(character: Character, points: Points) -> Scalars:
    """Distance to the surface of the hair."""
    scalp = anatomy.skull(character.head, points)
    solid = cap(character, points, scalp)
    for ball in character.hair.back:
        solid = smooth_union(solid, ellipsoid(points, ball.centre, ball.radii), ball.blend)
    for lock in character.hair.locks:
        solid = smooth_union(solid, _lock(lock, points), lock.blend)
    return solid


def flow(character: Character, points: Points) -> Points:
    """The direction hair grows at each point, not yet laid onto the surface; unit vectors.

    On top it runs away from the parting and a little forward, down the sides it falls in waves.
    """
    x, y, z = points
    hairdo = character.hair
    side = np.where(x > hairdo.parting, np.float32(1), np.float32(-1))
    high = ramp(y, *TOP)
    rise, lean = FALL
    per_y, per_z, per_side = SWAY
    wave = np.sin(y * per_y + z * per_z + side * per_side) * hairdo.wave
    sway = wave * ramp(y, 0.3, -0.7)
    tips = ramp(y, hairdo.end + 0.75, hairdo.end)
    strength, width = HAIRLINE_LIFT
    edge = strength * bump(hairline(hairdo, points), width) * high
    strength, width = PARTING_LIFT
    beside = bump(x - np.float32(hairdo.parting), width) * high * ramp(z, 0.1, 0.7)
    across = (side * (high + (1 - high) * tips * TUCK) + sway) * (1 - 0.6 * beside)
    up = edge + strength * beside - rise - lean * (1 - high)
    front = ramp(z, -0.2, 0.9)
    forward = 0.28 * high * (1 - 1.4 * front) - 0.12 * (1 - high) + 0.5 * (sway - beside)
    fall = unit(np.stack([across, up, forward]).astype(np.float32))
    return fall if hairdo.curl == 0 else _curled(hairdo.curl, fall, points)


def _curled(curl: float, fall: Points, points: Points) -> Points:
    """The course of curls: turning everywhere, and the less falling the tighter they are."""
    x, y, z = points * np.float32(CURL_TURNS)
    turn = np.stack([np.sin(1.1 * y + 1.7 * z), np.sin(1.3 * z + 0.9 * x), np.sin(x - 1.2 * y)])
    return unit(
        (fall * np.float32(1 - 0.8 * curl) + turn * np.float32(1.3 * curl)).astype(np.float32)
    )
