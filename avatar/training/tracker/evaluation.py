"""How well the networks see people whom they have never seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from avatar.errors import PartUnavailable
from avatar.motion import ARKIT58, POSE
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.network import PortraitNetwork
from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.stage import Stage
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.places import PLACE_GROUPS, REGIONS, TOLD, group_slice, regions_seen
from avatar.tracking.tracker import FaceTracker
from avatar.training.tracker.events import seen_events
from avatar.training.tracker.examples import Faces, camera_picture, known_told
from avatar.training.tracker.portraits import portrait_misses
from avatar.training.tracker.recipes import TrackerRecipe
from avatar.training.tracker.sittings import SIZE as SITTING_SIZE
from avatar.training.tracker.sittings import sat
from avatar.training.tracker.training import shards

PEOPLE, LENGTH_S = 12, 30.0
"""Strangers who are watched in conversation, and for how long."""
SITTERS = 40
"""Strangers who sit for a portrait."""
LEAST_SHOWN = 0.02
"""Deviation of a coefficient below which its correlation says nothing."""
CHANNELS = [len(channels) for channels in REGIONS.values()]
SUMMARY = {
    "yaw": ("headYaw",),
    "pitch": ("headPitch",),
    "roll": ("headRoll",),
    "jaw": ("jawOpen",),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "brows": (
        "browInnerUp",
        "browDownLeft",
        "browDownRight",
        "browOuterUpLeft",
        "browOuterUpRight",
    ),
    "gaze": tuple(
        f"eyeLook{way}{side}" for way in ("In", "Out", "Up", "Down") for side in ("Left", "Right")
    ),
    "pucker": ("mouthPucker",),
}
"""What a figure of the summary is the mean of."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What was found of pictures and what was there; NaN where it is not known."""

    found: np.ndarray
    true: np.ndarray
    misses: np.ndarray

    def figures(self) -> dict[str, Any]:
        """Correlations, angles and landmarks."""
        names = (*POSE[:3], *TOLD)
        each = {
            name: correlation(self.found[:, i], self.true[:, i]) for i, name in enumerate(names)
        }
        angles = np.degrees(np.abs(self.found[:, :3] - self.true[:, :3]))
        shares = {name: percent(self.misses[:, group_slice(name)]) for name in PLACE_GROUPS}
        return {
            "pictures": len(self.found),
            "correlation": {
                name: mean_of([each[channel] for channel in channels])
                for name, channels in SUMMARY.items()
            },
            "angle_error_deg": dict(
                zip(POSE[:3], angles.mean(axis=0).round(2).tolist(), strict=True)
            ),
            "landmark_error_percent": percent(self.misses),
            "landmark_error_by_group_percent": shares,
            "channels": {name: mean_of([value]) for name, value in each.items()},
        }


def mean_of(values: Sequence[float | None]) -> float | None:
    """Of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 3) if known else None


def percent(misses: np.ndarray) -> float | None:
    """The mean of what is known, in hundredths; None when nothing is."""
    known = misses[np.isfinite(misses)]
    return round(100 * float(known.mean()), 2) if known.size else None


def correlation(found: np.ndarray, true: np.ndarray) -> float | None:
    """Pearson's, of what is known; None where nothing moves."""
    known = np.isfinite(true)
    if known.sum() < 3 or true[known].std() < LEAST_SHOWN:
        return None
    return float(np.corrcoef(found[known], true[known])[0, 1])


def see_faces(networks: FaceNetworks, faces: Faces, seed: int = 0) -> Seen:
    """Look at every picture as the tracker does, through a camera of moderate quality."""
    found = np.full((len(faces), 3 + len(TOLD)), np.nan)
    true, misses = found.copy(), np.full(faces.places.shape[:2], np.nan)
    told_at = np.array([ARKIT58.index(name) for name in (*POSE[:3], *TOLD)])
    for index in range(len(faces)):
        rng = np.random.default_rng([seed, index])
        grey, first, frame = camera_picture(faces, index, rng)
        look = networks.look(grey, networks.look(grey, first).frame.face)
        found[index] = np.concatenate([look.angles, networks.tell(grey, look)])
        values = faces.motion[index][told_at]
        known = known_told(faces.motion[index], faces.known[index])
        known &= np.repeat(regions_seen(faces.covered[index]), CHANNELS)
        true[index] = np.where(np.r_[np.ones(3, bool), known], values, np.nan)
        eyes = frame.unit
        misses[index] = np.linalg.norm(look.places - faces.places[index], axis=1) / eyes
        misses[index, faces.covered[index]] = np.nan
    return Seen(found, true, misses)


def evaluate(recipe: TrackerRecipe, folder: Path, pictures: Path) -> dict[str, Any]:
    """Figures of exported networks on the people that a recipe holds out, by kind.

    What people do in motion, and what becomes of their portraits, is evaluated where the parametric
    human is at hand.
    """
    networks, portraits = FaceNetworks(folder), PortraitNetwork(folder)
    held_out = shards(pictures, recipe.actors, held_out=True)
    figures: dict[str, Any] = {}
    for kind in sorted({path.name.split("-")[0] for path in held_out}):
        faces = Faces.read([path for path in held_out if path.name.startswith(kind)])
        figures[kind] = see_faces(networks, faces).figures()
        misses = portrait_misses(portraits, faces)
        figures[kind]["portraits"] = {
            "pictures": len(misses),
            "landmark_error_percent": percent(misses),
            "landmark_error_by_group_percent": {
                name: percent(misses[:, group_slice(name)]) for name in PLACE_GROUPS
            },
        }
    try:
        assets = HumanAssets()
    except PartUnavailable:
        return figures
    seen = seen_events(FaceTracker(networks), assets, PEOPLE, LENGTH_S)
    figures["events"] = {
        kind: {"f1": mean_of([found.f1]), "true": found.true} for kind, found in seen.items()
    }
    result = sat(PortraitFinder(networks, portraits), Stage(assets, SITTING_SIZE), SITTERS)
    figures["sittings"] = {
        "people": result.people,
        "without_a_hand": result.without_a_hand,
        "landmark_error_percent": round(100 * result.missed, 2),
        "seconds_median": round(result.seconds, 2),
    }
    return figures
