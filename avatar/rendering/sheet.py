"""Contact sheets: one avatar through expressions and poses, to be looked at."""

from collections.abc import Mapping, Sequence
from math import radians
from typing import Any, NamedTuple

import cv2
import numpy as np

from avatar.motion import ARKIT58
from avatar.rendering.base import Picture, Renderer

SMILE = {"mouthSmile": 0.35, "cheekSquint": 0.15}
BROAD_SMILE = {
    "mouthSmile": 1.0,
    "cheekSquint": 0.7,
    "eyeSquint": 0.35,
    "mouthUpperUp": 0.25,
    "mouthDimple": 0.3,
}
LAUGH = {
    "mouthSmile": 1.0,
    "cheekSquint": 0.9,
    "eyeSquint": 0.6,
    "jawOpen": 0.75,
    "mouthUpperUp": 0.4,
    "mouthLowerDown": 0.15,
    "browInnerUp": 0.15,
}
LOOK_LEFT = {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8}
LOOK_RIGHT = {"eyeLookInLeft": 0.8, "eyeLookOutRight": 0.8}


class Expression(NamedTuple):
    """One picture of a sheet; pose angles in degrees."""

    title: str
    face: Mapping[str, float]
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


EXPRESSIONS: tuple[Expression, ...] = (
    Expression("neutral", {}),
    Expression("small smile", SMILE),
    Expression("broad smile", BROAD_SMILE),
    Expression("laugh", LAUGH),
    Expression("laugh, head back", LAUGH | {"jawOpen": 0.9}, yaw=4, pitch=10, roll=4),
    Expression("aa", {"jawOpen": 0.75, "mouthUpperUp": 0.15}),
    Expression(
        "ee",
        {
            "jawOpen": 0.16,
            "mouthSmile": 0.35,
            "mouthStretch": 0.4,
            "mouthUpperUp": 0.3,
            "mouthLowerDown": 0.35,
        },
    ),
    Expression("oo", {"mouthPucker": 0.8, "mouthFunnel": 0.4, "jawOpen": 0.12}),
    Expression("mm", {"mouthPress": 0.7, "mouthRollLower": 0.3, "mouthRollUpper": 0.2}),
    Expression("ff", {"jawOpen": 0.08, "mouthRollLower": 0.6, "mouthUpperUp": 0.3}),
    Expression("blink", {"eyeBlink": 1.0}),
    Expression("half blink", {"eyeBlink": 0.5}),
    Expression("look left", LOOK_LEFT),
    Expression("look right, down", LOOK_RIGHT | {"eyeLookDown": 0.6}),
    Expression("look up", {"eyeLookUp": 0.8, "browInnerUp": 0.3}),
    Expression(
        "surprise", {"browInnerUp": 0.8, "browOuterUp": 0.8, "eyeWide": 0.7, "jawOpen": 0.35}
    ),
    Expression("concern", {"browInnerUp": 0.8, "browDown": 0.3, "mouthFrown": 0.4}),
    Expression("frown", {"browDown": 0.9, "eyeSquint": 0.3, "mouthPress": 0.4}),
    Expression("cheeks puffed", {"cheekPuff": 0.9, "mouthPress": 0.4}),
    Expression("tongue", {"tongueOut": 0.8, "jawOpen": 0.4}),
    Expression("nod", SMILE, pitch=-10),
    Expression("turned left", {"mouthSmile": 0.4, "cheekSquint": 0.2}, yaw=14),
    Expression("turned right", {"jawOpen": 0.3, "mouthSmile": 0.2}, yaw=-14),
    Expression(
        "tilted", {"mouthSmile": 0.6, "cheekSquint": 0.4, "eyeSquint": 0.2}, pitch=4, roll=10
    ),
)


def draw_expression(renderer: Renderer[Any], expression: Expression) -> Picture:
    """One expression of a renderer of the `arkit58` space."""
    renderer.space.require(ARKIT58, "the renderer")
    pose = {
        "headYaw": radians(expression.yaw),
        "headPitch": radians(expression.pitch),
        "headRoll": radians(expression.roll),
    }
    motion = ARKIT58.vector({**expression.face, **pose})
    picture, _ = renderer.render(motion, renderer.start())
    return picture


def contact_sheet(
    renderer: Renderer[Any],
    expressions: Sequence[Expression] = EXPRESSIONS,
    *,
    columns: int = 6,
    tile: int = 320,
    zoom: tuple[int, int, int, int] | None = None,
) -> Picture:
    """All expressions with their titles; `zoom` is a part (left, top, right, bottom) of each."""
    tiles: list[Picture] = []
    for expression in expressions:
        picture = draw_expression(renderer, expression)
        if zoom is not None:
            picture = picture[zoom[1] : zoom[3], zoom[0] : zoom[2]]
        small = cv2.resize(picture, (tile, tile), interpolation=cv2.INTER_AREA)
        for colour, width in (((20, 20, 20), 3), ((255, 255, 255), 1)):
            cv2.putText(
                small,
                expression.title,
                (8, 22),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.6,
                colour,
                width,
                cv2.LINE_AA,
            )
        tiles.append(small)
    blank = np.full_like(tiles[0], 40)
    tiles += [blank] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.vstack(rows)
