"""The expression basis: how each coefficient moves the landmarks.

Displacements are in hundredths of the inter-ocular distance, x outward (to the own side) for what
belongs to a side and to the picture's right otherwise, y down. Points that a coefficient does not
name stay where they are, which keeps it local.

Amounts follow the anatomy of the action units behind the ARKit names (Ekman and Friesen, FACS) and
were fitted by eye: a corner that travels more than 10 units outward, or an upper lip that rises
more than 11, reads as a grimace; the eye of a smile narrows from below.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from avatar.rendering.basis import Basis
from avatar.rendering.landmarks import SIDES, Landmarks

DOME = np.array([0.66, 0.93, 1.0, 0.93, 0.66], np.float32)
WIDE = np.array([0.8, 0.95, 1.0, 0.95, 0.8], np.float32)
ROUND = np.array([0.62, 0.85, 1.25, 0.85, 0.62], np.float32)
OWN = np.array([1.0, 0.66, 0.33, 0.12, 0.03], np.float32)
CHIN = np.array([0.05, 0.18, 0.45, 0.8, 1.0, 0.8, 0.45, 0.18, 0.05], np.float32)
LIPS = ("seam_upper", "seam_lower", "upper_lip", "lower_lip")


def expression_basis(landmarks: Landmarks) -> Basis:
    """The displacement table of one portrait."""
    basis = Basis(landmarks)
    _jaw(basis)
    _lips(basis, landmarks)
    for side in SIDES:
        _smile(basis, side)
        _mouth_side(basis, side)
        _eye_and_cheek(basis, side)
        _brow(basis, side)
        _smile_correctives(basis, side)
    return basis


def outward(side: str) -> int:
    """+1 where the own side is the right of the picture."""
    return 1 if side == "left" else -1


def own(side: str) -> Float32[np.ndarray, "5"]:
    """Weights of the five lip points of a row, strongest at the side's own corner."""
    return OWN[::-1] if side == "left" else OWN


def _corner(side: str) -> Sequence[int]:
    return (1,) if side == "left" else (0,)


def _cheeks(side: str) -> tuple[Sequence[int], Sequence[int]]:
    return ((1,), (3,)) if side == "left" else ((0,), (2,))


def _wing(side: str) -> Sequence[int]:
    return (4,) if side == "left" else (3,)


def _jaw_at(side: str, *indices: int) -> Sequence[int]:
    return [10 - i for i in indices] if side == "left" else indices


def _jaw(basis: Basis) -> None:
    move = basis.move
    move("jawOpen", "seam_lower", dy=26 * DOME)
    move("jawOpen", "lower_lip", dy=26.5 * WIDE)
    move("jawOpen", "seam_upper", dy=-1.5 * DOME)
    move("jawOpen", "upper_lip", dy=-0.5 * DOME)
    move("jawOpen", "jaw", dy=26 * CHIN, at=range(1, 10))
    move("jawOpen", "mouth_corners", dx=np.array([2.0, -2.0], np.float32), dy=7)
    move("jawOpen", "cheek", dy=2, at=(2, 3))
    for name, way in (("jawLeft", 1), ("jawRight", -1)):
        for group, amount in (
            ("seam_lower", 8),
            ("lower_lip", 9),
            ("seam_upper", 4),
            ("upper_lip", 3),
        ):
            move(name, group, dx=amount * way)
        move(name, "mouth_corners", dx=5 * way)
        move(name, "jaw", dx=10 * way * CHIN, at=range(1, 10))
    move("jawForward", "lower_lip", dy=1.5 * WIDE)
    move("jawForward", "seam_lower", dy=-0.5 * DOME)
    move("jawForward", "jaw", dy=3 * CHIN, at=range(1, 10))


def _lips(basis: Basis, landmarks: Landmarks) -> None:
    move = basis.move
    seam = landmarks["lip_seam"]
    lateral = (seam[:, 0] - seam[2, 0]) / (landmarks.mouth_width / 2)
    inward = np.array([1.0, -1.0], np.float32)
    move("mouthClose", "seam_lower", dy=-25 * DOME)
    move("mouthClose", "lower_lip", dy=-22 * DOME)
    move("mouthClose", "seam_upper", dy=1.5 * DOME)
    for group, narrow, dy in (
        ("seam_upper", 11, -5.5 * ROUND),
        ("seam_lower", 11, 6.5 * ROUND),
        ("upper_lip", 9, -7 * ROUND),
        ("lower_lip", 9, 8 * WIDE),
    ):
        move("mouthFunnel", group, dx=-narrow * lateral, dy=dy)
    for group, narrow, dy in (
        ("seam_upper", 14.5, 2.0 - 3.0 * ROUND),
        ("seam_lower", 14.5, 2.0),
        ("upper_lip", 13, -4 * ROUND),
        ("lower_lip", 13, 4.5 * WIDE),
    ):
        move("mouthPucker", group, dx=-narrow * lateral, dy=dy)
    move("mouthFunnel", "mouth_corners", dx=11 * inward, dy=4)
    move("mouthPucker", "mouth_corners", dx=13.5 * inward, dy=4.5)
    move("mouthFunnel", "cheek", dx=3 * inward, dy=1, at=(2, 3))
    move("mouthPucker", "cheek", dx=4 * inward, at=(2, 3))
    for name, way in (("mouthLeft", 1), ("mouthRight", -1)):
        for group, amount in (
            ("seam_upper", 8),
            ("seam_lower", 8),
            ("upper_lip", 7),
            ("lower_lip", 7),
        ):
            move(name, group, dx=amount * way)
        move(name, "mouth_corners", dx=9 * way)
    move("mouthRollLower", "lower_lip", dy=-5 * DOME)
    move("mouthRollLower", "seam_lower", dy=1)
    move("mouthRollUpper", "upper_lip", dy=4 * DOME)
    move("mouthRollUpper", "seam_upper", dy=-0.5)
    for group in ("lower_lip", "seam_lower"):
        move("mouthShrugLower", group, dy=-4 * DOME)
    move("mouthShrugLower", "jaw", dy=-2.5 * CHIN, at=range(1, 10))
    for group in ("upper_lip", "seam_upper", "seam_lower"):
        move("mouthShrugUpper", group, dy=-3 * DOME)
    outer = np.array([-1.0, 1.0], np.float32)
    move("cheekPuff", "cheek", dx=10 * outer, dy=2, at=(2, 3))
    move("cheekPuff", "cheek", dx=6 * outer, at=(0, 1))
    move("cheekPuff", "jaw", dx=10 * outer, at=(3, 7))
    move("tongueOut", "lower_lip", dy=2 * DOME)
    move("tongueOut", "seam_lower", dy=3 * DOME)


def _smile(basis: Basis, side: str) -> None:
    move, out, near = basis.move, outward(side), own(side)
    upper_cheek, lower_cheek = _cheeks(side)
    name = "mouthSmile" + side.capitalize()
    move(name, "mouth_corners", 8.2 * out, -9.5, _corner(side))
    move(name, "seam_upper", 5.4 * out * near, -5.4 * near + 0.2)
    move(name, "seam_lower", 6.0 * out * near, -6.2 * near - 0.5)
    move(name, "upper_lip", 5.0 * out * near, -4.4 * near)
    move(name, "lower_lip", 5.5 * out * near, -5.2 * near - 0.9)
    move(name, "cheek", 3.5 * out, -6.5, upper_cheek)
    move(name, "cheek", 6.5 * out, -9.0, lower_cheek)
    move(name, "nose", 2.2 * out, -1.8, _wing(side))
    move(name, "nose", dy=-0.5, at=(2,))
    move(name, "nose", dy=-0.9, at=(5,))
    for index, amount in ((2, 1.2), (3, 2.2), (4, 1.2)):
        move(name, "jaw", amount * out, -0.8, _jaw_at(side, index))
    basis.lids(name, side, lower=0.10)


def _smile_correctives(basis: Basis, side: str) -> None:
    move, out, near = basis.move, outward(side), own(side)
    upper_cheek, lower_cheek = _cheeks(side)
    reach = 0.75 * near + 0.25
    name = "laugh" + side.capitalize()
    move(name, "mouth_corners", 1.5 * out, -3.0, _corner(side))
    move(name, "seam_upper", 2.5 * out * near, -0.8 * reach)
    move(name, "upper_lip", 2.2 * out * near, -0.2 * reach)
    move(name, "seam_lower", 3.0 * out * near, 2.5 * near)
    move(name, "lower_lip", 3.0 * out * near, -1.0 * reach)
    move(name, "cheek", 1.5 * out, -2.0, upper_cheek)
    move(name, "cheek", 3.0 * out, -3.0, lower_cheek)
    move(name, "jaw", 1.5 * out, at=_jaw_at(side, 2, 3))
    basis.lids(name, side, lower=0.05, upper=0.10)
    name = "teeth" + side.capitalize()
    half = 0.5 * np.array([0.62, 0.95, 1.0, 0.95, 0.62], np.float32)
    for group, amount in (
        ("seam_upper", -5.5),
        ("upper_lip", -3.2),
        ("seam_lower", 6.5),
        ("lower_lip", 3.5),
    ):
        move(name, group, dy=amount * half)


def _mouth_side(basis: Basis, side: str) -> None:
    move, out, near = basis.move, outward(side), own(side)
    suffix, corner = side.capitalize(), _corner(side)
    move("mouthFrown" + suffix, "mouth_corners", 2 * out, 9.5, corner)
    move("mouthDimple" + suffix, "mouth_corners", 5 * out, -1, corner)
    move("mouthStretch" + suffix, "mouth_corners", 11 * out, 1, corner)
    for group in LIPS:
        move("mouthFrown" + suffix, group, dy=5 * near)
        move("mouthDimple" + suffix, group, 3.5 * out * near, -0.3)
        move("mouthStretch" + suffix, group, 7 * out * near, 0.5)
    move("mouthPress" + suffix, "upper_lip", dy=2.2 * (near + 0.2))
    move("mouthPress" + suffix, "lower_lip", dy=-2.5 * (near + 0.2))
    lower = (0.7 * near + 0.3) * DOME
    move("mouthLowerDown" + suffix, "seam_lower", dy=9 * lower)
    move("mouthLowerDown" + suffix, "lower_lip", dy=8 * lower)
    raised = 0.6 * near + 0.35
    move("mouthUpperUp" + suffix, "seam_upper", dy=-6.2 * raised)
    move("mouthUpperUp" + suffix, "upper_lip", dy=-5.0 * raised)
    move("mouthUpperUp" + suffix, "nose", 0.8 * out, -2.6, _wing(side))
    move("mouthUpperUp" + suffix, "nose", dy=-1, at=(5,))
    move("mouthUpperUp" + suffix, "cheek", 0.5 * out, -2.5, _cheeks(side)[1])
    move("noseSneer" + suffix, "nose", out, -4, _wing(side))
    move("noseSneer" + suffix, "nose", dy=-1, at=(5,))
    move("noseSneer" + suffix, "upper_lip", dy=-2.0 * near)
    move("noseSneer" + suffix, "seam_upper", dy=-1.5 * near)


def _eye_and_cheek(basis: Basis, side: str) -> None:
    move, out, suffix = basis.move, outward(side), side.capitalize()
    upper_cheek, lower_cheek = _cheeks(side)
    name = "cheekSquint" + suffix
    move(name, "cheek", 1.5 * out, -7.5, upper_cheek)
    move(name, "cheek", 2.0 * out, -3.0, lower_cheek)
    for index, amount in ((1, 0.8), (2, 1.2)):
        move(name, "jaw", amount * out, -0.5, _jaw_at(side, index))
    basis.lids(name, side, lower=0.36)
    name = "eyeSquint" + suffix
    basis.lids(name, side, lower=0.28, upper=0.10)
    move(name, f"brow_{side}", dy=2.2 * np.array([1.0, 1.0, 0.8, 0.6, 0.5], np.float32))
    move(name, f"eye_corners_{side}", 0.6 * out, 0.8, (0,))
    basis.lids("eyeBlink" + suffix, side, lower=0.06)


def _brow(basis: Basis, side: str) -> None:
    move, out, suffix, brow = basis.move, outward(side), side.capitalize(), f"brow_{side}"
    inner = np.array([0.0, 0.1, 0.4, 0.9, 1.1], np.float32)
    outer = np.array([1.0, 1.1, 0.9, 0.4, 0.1], np.float32)
    down = np.array([0.5, 0.8, 1.0, 1.1, 1.2], np.float32)
    move("browDown" + suffix, brow, -2.0 * out * down, 8 * down)
    move("browOuterUp" + suffix, brow, dy=-8 * outer)
    move("browInnerUp", brow, dy=-8 * inner)
