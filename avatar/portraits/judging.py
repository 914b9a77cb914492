"""What will not animate well in a portrait, and what to do about it."""

from dataclasses import dataclass
from math import degrees
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.portraits.finding import Found
from avatar.portraits.network import SIDE
from avatar.tracking.crops import cut
from avatar.tracking.networks import frame_of
from avatar.tracking.places import REGIONS, TOLD, group

FEWEST_EYES, FEW_EYES = 36.0, 70.0
"""Inter-ocular distance in pixels below which a portrait is refused, and warned of."""
PROFILE_DEG, ASIDE_DEG = 26.0, 13.0
NODDING_DEG = 20.0
SHUT_EYES, NARROW_EYES = 0.10, 0.17
"""Opening of the eyes in widths of an eye."""
SHUT_LIDS = 0.6
"""Blink coefficient from which eyes count as shut."""
OPEN_MOUTH, PARTED_LIPS = 0.16, 0.02
"""Gap between the lips in units of the face."""
PALE, PALE_GREY = 0.6, 1.15
"""Between parted lips there are teeth when it is this much less red than the lower lip, or, in a
picture without colours, this much brighter.
"""
COLOURLESS = 0.08
OPEN_JAW, OPEN_LIPS = 0.4, 0.055
"""Jaw and gap which together say the same where no teeth fill the gap: drawn lips part less."""
BLURRED, SOFT = 2.2, 4.0
"""Fine detail of the face, in grey levels."""
UNSURE = 0.035
"""Mean disagreement of the looks in units of the face."""
SEEN = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a portrait; `refuse` means that no avatar should be made of it."""

    weight: Literal["refuse", "warn"]
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what}: {self.advice}"


@dataclass(frozen=True, slots=True)
class Measures:
    """What is judged of a portrait."""

    eyes_px: float
    yaw_deg: float
    pitch_deg: float
    eye_opening: float
    blink: float
    jaw: float
    lip_gap: float
    teeth_visible: bool
    detail: float
    disagreement: float
    seen: tuple[float, ...]

    @property
    def mouth_open(self) -> bool:
        """Whether the mouth is further open than in a smile."""
        dropped = self.jaw > OPEN_JAW and self.lip_gap > OPEN_LIPS and not self.teeth_visible
        return dropped or self.lip_gap > OPEN_MOUTH


def measure(found: Found) -> Measures:
    """Measure a face that was found."""
    places = found.fine.places
    frame = frame_of(places)
    openings = [
        float(
            np.linalg.norm(
                group(places, f"upper_lid_{side}")[4] - group(places, f"lower_lid_{side}")[4]
            )
            / max(1e-3, np.linalg.norm(np.ptp(group(places, f"lower_lid_{side}")[[0, -1]], axis=0)))
        )
        for side in ("right", "left")
    ]
    gap = np.linalg.norm(
        group(places, "lower_seam")[1:4] - group(places, "lip_seam")[1:4], axis=1
    ).mean()
    told = dict(zip(TOLD, found.told.tolist(), strict=True))
    iris = [group(places, f"iris_{side}")[0] for side in ("right", "left")]
    return Measures(
        eyes_px=float(np.linalg.norm(iris[1] - iris[0])),
        yaw_deg=degrees(float(found.look.angles[0])),
        pitch_deg=degrees(float(found.look.angles[1])),
        eye_opening=min(openings),
        blink=max(told["eyeBlinkLeft"], told["eyeBlinkRight"]),
        jaw=told["jawOpen"],
        lip_gap=float(gap) / frame.unit,
        teeth_visible=float(gap) / frame.unit > PARTED_LIPS and _pale_between_lips(found),
        detail=_detail(found),
        disagreement=float(found.fine.spread.mean()) / frame.unit,
        seen=tuple(float(value) for value in found.fine.seen),
    )


def _pale_between_lips(found: Found) -> bool:
    """Whether what shows between the lips is teeth: landmarks of thin closed lips part as well."""
    upper, lower, chinward = (
        group(found.fine.places, name) for name in ("lip_seam", "lower_seam", "lower_lip")
    )
    inside = _colours(found, np.vstack([upper[1:4], lower[1:4][::-1]]))
    lip = _colours(found, np.vstack([lower, chinward[::-1]]))
    if _redness(lip) < COLOURLESS:
        return float(inside.mean()) > PALE_GREY * float(lip.mean())
    return _redness(inside) < PALE * _redness(lip)


def _colours(found: Found, outline: np.ndarray) -> Float32[np.ndarray, "pixels 3"]:
    mask = np.zeros(found.grey.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    return found.pixels[mask > 0].astype(np.float32)


def _redness(colours: Float32[np.ndarray, "pixels 3"]) -> float:
    """How much red exceeds green, relative to the brightness."""
    level = np.maximum(colours.mean(axis=1), 1)
    return float(((colours[:, 0] - colours[:, 1]) / level).mean())


def _detail(found: Found) -> float:
    """Spread of what a slight blur takes away from the face, at one size of all faces."""
    crop = cut(found.grey, frame_of(found.fine.places).face, (SIDE, SIDE)).astype(np.float32)
    middle = crop[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4]
    fine = middle - cv2.GaussianBlur(middle, (0, 0), 1.5)
    return float(fine.std() / max(10.0, middle.std()) * 40)


def judge(found: Found) -> list[Doubt]:
    """Everything that is doubtful, what refuses first."""
    measures = measure(found)
    doubts = [*_place(measures, found), *_expression(measures), *_quality(measures)]
    return sorted(doubts, key=lambda doubt: doubt.weight != "refuse")


def _place(measures: Measures, found: Found) -> list[Doubt]:
    doubts = list[Doubt]()
    if measures.eyes_px < FEWEST_EYES:
        doubts.append(
            Doubt(
                "refuse",
                f"the face is too small ({measures.eyes_px:.0f} pixels between the eyes)",
                f"take a photo with at least {FEWEST_EYES:.0f}, better {2 * FEW_EYES:.0f}",
            )
        )
    elif measures.eyes_px < FEW_EYES:
        doubts.append(
            Doubt(
                "warn",
                f"the face is small ({measures.eyes_px:.0f} pixels between the eyes)",
                "the avatar will look soft",
            )
        )
    if abs(measures.yaw_deg) > PROFILE_DEG:
        doubts.append(
            Doubt(
                "refuse",
                f"the head is turned aside by {abs(measures.yaw_deg):.0f} degrees",
                "take a photo from the front",
            )
        )
    elif abs(measures.yaw_deg) > ASIDE_DEG:
        doubts.append(
            Doubt("warn", "the head is turned a little aside", "a frontal photo moves better")
        )
    if abs(measures.pitch_deg) > NODDING_DEG:
        doubts.append(
            Doubt("warn", "the head is raised or bent down", "hold the camera at the eyes' height")
        )
    if found.others:
        doubts.append(Doubt("warn", "there are smaller faces beside it", "the largest is taken"))
    if found.turned:
        doubts.append(Doubt("warn", "the photo lay on its side", "it was turned upright"))
    return doubts


def _expression(measures: Measures) -> list[Doubt]:
    doubts = list[Doubt]()
    if measures.eye_opening < SHUT_EYES or measures.blink > SHUT_LIDS:
        doubts.append(Doubt("refuse", "the eyes are shut", "take a photo with open eyes"))
    elif measures.eye_opening < NARROW_EYES:
        doubts.append(Doubt("warn", "the eyes are narrow", "wider eyes blink better"))
    if measures.mouth_open:
        doubts.append(
            Doubt("refuse", "the mouth is open", "take a photo with closed lips or a light smile")
        )
    elif measures.teeth_visible:
        doubts.append(
            Doubt(
                "warn",
                "the teeth are showing",
                "the mouth will never quite close; closed lips speak better",
            )
        )
    return doubts


def _quality(measures: Measures) -> list[Doubt]:
    doubts = list[Doubt]()
    if measures.detail < BLURRED:
        doubts.append(Doubt("refuse", "the face is blurred", "take a sharp photo"))
    elif measures.detail < SOFT:
        doubts.append(Doubt("warn", "the face is soft", "a sharper photo looks better"))
    for name, seen in zip(REGIONS, measures.seen, strict=True):
        if seen < SEEN:
            doubts.append(
                Doubt(
                    "warn" if name == "brows" else "refuse",
                    f"the {name} cannot be seen well",
                    "take hair, hands, masks and dark glasses away",
                )
            )
    if measures.disagreement > UNSURE:
        doubts.append(
            Doubt("warn", "the landmarks are uncertain", "look at them with visavis avatar edit")
        )
    return doubts


def smile_of(found: Found) -> float:
    """How much of a smile the portrait has."""
    told = dict(zip(TOLD, found.told.tolist(), strict=True))
    return float(np.clip((told["mouthSmileLeft"] + told["mouthSmileRight"]) / 2, 0, 1))
