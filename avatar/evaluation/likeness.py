"""All figures of the picture at once: two videos or folders in, a table out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from avatar.errors import VisavisError
from avatar.evaluation.expected_files import EXPECTED
from avatar.evaluation.footage import Footage, pairs, require_one_size
from avatar.metrics import pictures, seen
from avatar.metrics.report import Figures

FEATURES = 2048
"""Of Inception: fewer pictures make FID too large."""
Measure: TypeAlias = Callable[[Footage, Footage, Any], Figures]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is known of two videos: figures by name, how many pairs, and why others are missing."""

    figures: Figures
    pictures: int
    notes: Mapping[str, str]


def compare(a: Path, b: Path, networks: Mapping[str, Any], say: Callable[[str], None]) -> Likeness:
    """Every figure that the given networks allow; `a` is what `b` should look like.

    PSNR (None when all is equal), SSIM and `perceptual_distance` of pictures of one place as long
    as both last, and without any network; the others by `EXPECTED`. A figure that fails is None
    and its reason a note. Raises MediaError for what cannot be read and for two sizes.
    """
    true, made = Footage(a), Footage(b)
    require_one_size(true, made)
    say("PSNR, SSIM, perceptual distance")
    figures, common, notes = *_paired(true, made), dict[str, str]()
    for kind, network in networks.items():
        name = EXPECTED[kind].figure
        say(EXPECTED[kind].title)
        try:
            figures |= MEASURES[name](true, made, network)
        except (VisavisError, ValueError) as error:
            figures[name] = None
            notes[name] = str(error)
    if figures.get("fid") is not None and common <= FEATURES:
        notes["fid"] = (
            f"{common} pictures are fewer than the {FEATURES + 1} that {FEATURES} features need: "
            "too large, compare it with figures of as many pictures only"
        )
    return Likeness(figures, common, notes)


def _paired(a: Footage, b: Footage) -> tuple[Figures, int]:
    rows = np.array(
        [
            (
                pictures.squared_error(*pair),
                pictures.ssim(*pair),
                pictures.perceptual_distance(*pair),
            )
            for pair in pairs(a, b)
        ]
    )
    error, likeness, perceptual = rows.mean(axis=0).tolist()
    figures: Figures = {
        "psnr": pictures.psnr(error) if error else None,
        "ssim": likeness,
        "perceptual": perceptual,
    }
    return figures, len(rows)


def _lpips(a: Footage, b: Footage, network: seen.PairNetwork) -> Figures:
    told = [
        network(*(np.stack(each) for each in zip(*batch, strict=True)))
        for batch in seen.batches(pairs(a, b))
    ]
    return {"lpips": float(np.concatenate(told).mean())}


def _fid(a: Footage, b: Footage, network: seen.PictureNetwork) -> Figures:
    return {"fid": seen.fid(a, b, network)}


def _fvd(a: Footage, b: Footage, network: seen.ClipNetwork) -> Figures:
    return {"fvd": seen.fvd(a, b, network)}


def _csim(a: Footage, b: Footage, network: seen.PictureNetwork) -> Figures:
    return {"csim": seen.csim(b, a, network)}


def _lse(a: Footage, b: Footage, network: seen.LipNetwork) -> Figures:
    """Of each video with its own sound."""
    figures = Figures()
    for name, footage in (("a", a), ("b", b)):
        found = seen.lse(*footage.spoken(), network)
        figures |= {
            f"lse_d_{name}": found.distance,
            f"lse_c_{name}": found.confidence,
            f"lse_offset_{name}": float(found.offset),
        }
    return figures


MEASURES: Mapping[str, Measure] = {
    "fid": _fid,
    "fvd": _fvd,
    "csim": _csim,
    "lse": _lse,
    "lpips": _lpips,
}
