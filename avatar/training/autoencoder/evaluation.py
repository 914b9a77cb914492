"""How well an auto-encoder draws people whom it has never seen, and those who ship."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.metrics.pictures import psnr, squared_error, ssim
from avatar.training.autoencoder.albums import MARGIN, Album, AlbumSize
from avatar.training.autoencoder.examples import importance
from avatar.training.autoencoder.people import SHIPPED
from avatar.training.autoencoder.portraits import shipped_album
from avatar.training.autoencoder.portrayals import Portrayed, inner
from avatar.training.autoencoder.recipes import AutoencoderRecipe, LossRecipe
from avatar.training.autoencoder.training import Data

WAYS = ("told", "seen", "still", "mean")
"""Made from the motion, made from a picture of it, the portrait as it is, the person's mean."""
SHEET_ROWS = 6
"""Rows of a contact sheet."""
NEW_MOTIONS = 99
"""Of the seeds of motions in which the avatars that ship are looked at."""

Pictures = UInt8[np.ndarray, "pictures side side 3"]


@dataclass(eq=False)
class Sums:
    """Of one way to show a driver."""

    squares: list[float] = field(default_factory=list[float])
    likeness: list[float] = field(default_factory=list[float])
    off: list[float] = field(default_factory=list[float])
    face: list[float] = field(default_factory=list[float])

    def add(self, shown: Pictures, target: Pictures, weights: np.ndarray) -> None:
        """Compare pictures."""
        for made, true in zip(shown, target, strict=True):
            self.squares.append(squared_error(made, true))
            self.likeness.append(ssim(made, true))
            away = np.abs(made.astype(np.float32) - true).mean(axis=2)
            self.off.append(float(away.mean()))
            self.face.append(float((away * weights).sum() / weights.sum()))

    def figures(self) -> dict[str, float]:
        """PSNR in dB, SSIM, and mean differences in levels of 255: of all, and by importance."""
        return {
            "psnr_db": round(psnr(float(np.mean(self.squares))), 2),
            "ssim": round(float(np.mean(self.likeness)), 4),
            "l1": round(float(np.mean(self.off)), 2),
            "l1_eyes_and_mouth": round(float(np.mean(self.face)), 2),
        }


@dataclass(frozen=True, eq=False)
class Shown:
    """A person's portrait, the drivers, and what an auto-encoder makes of them."""

    portrait: UInt8[np.ndarray, "side side 3"]
    target: Pictures
    told: Pictures
    seen: Pictures


def shown(portrayed: Portrayed, album: Album) -> Shown:
    """Draw all pictures of an album from its portrait."""
    portrayal = portrayed(album)
    drivers = [inner(album, index) for index in range(1, len(album))]
    return Shown(
        inner(album, 0),
        np.stack(drivers),
        np.stack([portrayal.told(motion) for motion in album.motion[1:]]),
        np.stack([portrayal.seen(driver) for driver in drivers]),
    )


def evaluate_albums(portrayed: Portrayed, albums: Sequence[Album]) -> dict[str, Any]:
    """Figures of each way over the drivers of albums."""
    sums = {way: Sums() for way in WAYS}
    count = 0
    for album in albums:
        result = shown(portrayed, album)
        side = result.portrait.shape[0]
        weights = cv2.resize(
            importance(album, LossRecipe(), (MARGIN, MARGIN), side) - 1, (side, side)
        )
        mean = result.target.mean(axis=0).round().astype(np.uint8)
        ways = {
            "told": result.told,
            "seen": result.seen,
            "still": np.broadcast_to(result.portrait, result.target.shape),
            "mean": np.broadcast_to(mean, result.target.shape),
        }
        for way, pictures in ways.items():
            sums[way].add(np.ascontiguousarray(pictures), result.target, weights)
        count += len(result.target)
    return {"people": len(albums), "pictures": count} | {
        way: each.figures() for way, each in sums.items()
    }


def shipped_albums(recipe: AutoencoderRecipe) -> list[Album]:
    """The avatars that ship in motions that were not learned from."""
    size = AlbumSize(recipe.people.pictures, recipe.people.side)
    return [
        shipped_album(number, size, np.random.default_rng([recipe.seed, number, NEW_MOTIONS]))
        for number in range(recipe.people.shipped)
    ]


def evaluated_albums(recipe: AutoencoderRecipe, data: Data) -> dict[str, list[Album]]:
    """People who were held out, by kind, and the avatars that ship in new motions."""
    albums = {
        kind: [Album.read(path) for path in paths] for kind, paths in data.held_out.items() if paths
    }
    if recipe.people.shipped:
        albums[SHIPPED] = shipped_albums(recipe)
    return albums


def sheet(portrayed: Portrayed, albums: Sequence[Album]) -> UInt8[np.ndarray, "_ _ 3"]:
    """A contact sheet: portrait, driver, made from its picture, made from its motion; twice."""
    rows = list[np.ndarray]()
    for album in albums[:SHEET_ROWS]:
        result = shown(portrayed, album)
        row = [result.portrait]
        for index in (0, 1):
            row += [result.target[index], result.seen[index], result.told[index]]
        rows.append(np.hstack(row))
    return np.vstack(rows)
