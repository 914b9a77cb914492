"""How somebody of an album is drawn in other motions: by what ships, and by the paper's decoder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import cv2
import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from avatar.autoencoder.flow import FlowAutoencoder
from avatar.motion import Vector
from avatar.rendering.base import Picture
from avatar.rendering.close_up import CloseUp
from avatar.rendering.flow import FlowNetworks, FlowPortrait
from avatar.rendering.parts import part_squares
from avatar.tracking.places import Places, group
from avatar.training.autoencoder.albums import MARGIN, Album
from avatar.training.autoencoder.examples import as_colours
from avatar.training.autoencoder.learning import scaled_to


class Portrayal(Protocol):
    """Draws one person as the portrait of an album shows them, without its margins."""

    def told(self, motion: Vector) -> Picture:
        """In an `arkit58` motion."""
        ...

    def seen(self, picture: Picture) -> Picture:
        """In the motion that a picture of them shows."""
        ...


Portrayed: TypeAlias = Callable[[Album], Portrayal]
"""Looks at the portrait of an album."""


def inner(album: Album, index: int) -> UInt8[np.ndarray, "side side 3"]:
    """A picture of an album without its margins."""
    return np.ascontiguousarray(album.picture(index)[MARGIN:-MARGIN, MARGIN:-MARGIN])


@dataclass(frozen=True, eq=False, slots=True)
class AlbumMarks:
    """Landmarks of an album's portrait without its margins."""

    places: Places

    def __getitem__(self, name: str) -> np.ndarray:
        return group(self.places, name) - MARGIN


def marks_of(album: Album) -> AlbumMarks | None:
    """None where eyes or mouth are not known."""
    marks = AlbumMarks(album.places)
    boxes = [square.box for square in part_squares(marks)]
    known = np.isfinite([(box.left, box.top, box.side) for box in boxes]).all()
    return marks if known else None


class FlowPortrayal:
    """By exported graphs: what a renderer draws of a bundle, at an album's size."""

    def __init__(self, networks: FlowNetworks, album: Album) -> None:
        self._networks, portrait = networks, inner(album, 0)
        self._whole = CloseUp(0.0, 0.0, float(len(portrait)))
        self._portrait = FlowPortrait(networks, portrait, self._whole, marks_of(album))

    def told(self, motion: Vector) -> Picture:
        """In an `arkit58` motion."""
        return self._portrait.told(motion)

    def seen(self, picture: Picture) -> Picture:
        """In the motion that a picture shows; painters are told none, so nothing is painted."""
        shown = self._whole.cut(picture, self._networks.cells)
        return self._portrait.draw(self._networks.see(shown).along)


class DecoderPortrayal:
    """By the decoder of a network without a flow, at the network's own size."""

    def __init__(self, network: FlowAutoencoder, album: Album) -> None:
        portrait = inner(album, 0)
        self._network, self._side = network, len(portrait)
        with torch.no_grad():
            small = self._small(portrait)
            self._latent, self._maps = network.autoencoder.encode_identity(small)

    @torch.no_grad()
    def told(self, motion: Vector) -> Picture:
        """In an `arkit58` motion."""
        return self._drawn(self._network.motion_of(torch.from_numpy(motion[None])))

    @torch.no_grad()
    def seen(self, picture: Picture) -> Picture:
        """In the motion that a picture shows."""
        return self._drawn(self._network.autoencoder.encode_motion(self._small(picture)))

    def _small(self, picture: Picture) -> Tensor:
        colours = as_colours(torch.from_numpy(picture[None]))
        return scaled_to(colours, self._network.autoencoder.config.size)

    def _drawn(self, motion: Tensor) -> Picture:
        made = self._network.autoencoder.decode(self._latent, motion, self._maps).picture
        levels = ((made[0] + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()
        return cv2.resize(levels, (self._side, self._side), interpolation=cv2.INTER_CUBIC)
