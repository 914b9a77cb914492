"""Networks that see faces: small convolutions on upright grey crops.

`FaceNetwork` finds the landmarks, the pose and what can be seen on a crop of the whole face;
`PartsNetwork` tells the coefficients from closer crops of eyes, mouth and brows; `PortraitNetwork`
takes more time to find landmarks finely. Crops come as grey
values of 0 to 255; each is brought to its own mean and contrast inside, so that exposure does not
matter.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from avatar.tracking.places import POINTS, REGIONS

FACE_WIDTHS = (16, 24, 48, 96, 128)
PART_WIDTHS = (24, 48, 96, 128)
PORTRAIT_WIDTHS = (24, 48, 96, 160)
PRESENCES = 1 + len(REGIONS)
"""Whether there is a face, and whether each region of it is seen."""


def normal(crops: Float[Tensor, "batch 1 _ _"]) -> Float[Tensor, "batch 1 _ _"]:
    """Crops with mean 0 and deviation 1, nearly: a flat one stays flat."""
    centred = crops - crops.mean(dim=(2, 3), keepdim=True)
    spread = (centred * centred).mean(dim=(2, 3), keepdim=True).add(1e-3).sqrt()
    return centred / (spread + 4.0)


class Convolution(nn.Sequential):
    """Convolution, batch normalisation, rectifier."""

    def __init__(self, into: int, out: int, stride: int = 1, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )


def trunk(widths: Sequence[int]) -> nn.Sequential:
    """Halves the picture at every width; all but the first have a second convolution."""
    layers: list[nn.Module] = [Convolution(1, widths[0], 2, 5)]
    for before, after in pairwise(widths):
        layers += [Convolution(before, after, 2), Convolution(after, after)]
    return nn.Sequential(*layers)


class FaceNetwork(nn.Module):
    """Landmarks in units of the crop's reach, yaw, pitch and roll relative to the crop in radians,
    and logits of presence and of each region's visibility.
    """

    def __init__(self, side: int, widths: Sequence[int] = FACE_WIDTHS, hidden: int = 256) -> None:
        super().__init__()
        self.trunk = trunk(widths)
        left = side // 2 ** len(widths)
        self.squeeze = Convolution(widths[-1], 48, kernel=1)
        self.shared = nn.Sequential(nn.Linear(48 * left * left, hidden), nn.ReLU())
        self.places = nn.Linear(hidden, 2 * POINTS)
        self.pose = nn.Linear(hidden, 3)
        self.presence = nn.Linear(hidden, PRESENCES)

    def forward(
        self, face: Float[Tensor, "batch 1 side side"]
    ) -> tuple[
        Float[Tensor, "batch 96 2"], Float[Tensor, "batch 3"], Float[Tensor, "batch presences"]
    ]:
        """Look at whole faces."""
        seen = self.squeeze(self.trunk(normal(face)))
        shared = self.shared(seen.flatten(1))
        places = self.places(shared).unflatten(1, (POINTS, 2))
        return places, self.pose(shared), self.presence(shared)


class PortraitNetwork(nn.Module):
    """Landmarks to a part of a pixel: a map of likelihood for each, whose mean is its place.

    What is seen coarsely comes back up with what was seen finely (Ronneberger et al. 2015), and the
    mean of a map is differentiable (Sun et al. 2018, integral regression). Places are in units of
    the crop's reach; besides, logits of each region's visibility.
    """

    cells: Tensor

    def __init__(self, side: int, widths: Sequence[int] = PORTRAIT_WIDTHS) -> None:
        super().__init__()
        first, quarter, eighth, sixteenth = widths
        self.first = Convolution(1, first, 2, 5)
        self.quarter = nn.Sequential(Convolution(first, quarter, 2), Convolution(quarter, quarter))
        self.eighth = nn.Sequential(Convolution(quarter, eighth, 2), Convolution(eighth, eighth))
        self.sixteenth = nn.Sequential(
            Convolution(eighth, sixteenth, 2),
            Convolution(sixteenth, sixteenth),
            Convolution(sixteenth, sixteenth),
        )
        self.from_sixteenth = Convolution(sixteenth, eighth, kernel=1)
        self.to_eighth = Convolution(eighth, eighth)
        self.from_eighth = Convolution(eighth, quarter, kernel=1)
        self.to_quarter = Convolution(quarter, quarter)
        self.maps = nn.Conv2d(quarter, POINTS, 1)
        self.seen = nn.Linear(sixteenth, len(REGIONS))
        cells = side // 4
        middles = (torch.arange(cells) + 0.5) / cells * 2 - 1
        across, down = middles.repeat(cells), middles.repeat_interleave(cells)
        self.register_buffer("cells", torch.stack([across, down], dim=1))

    def forward(
        self, face: Float[Tensor, "batch 1 side side"]
    ) -> tuple[Float[Tensor, "batch 96 2"], Float[Tensor, "batch regions"]]:
        """Look at whole faces."""
        quarter = self.quarter(self.first(normal(face)))
        eighth = self.eighth(quarter)
        coarse = self.sixteenth(eighth)
        eighth = self.to_eighth(eighth + _doubled(self.from_sixteenth(coarse)))
        quarter = self.to_quarter(quarter + _doubled(self.from_eighth(eighth)))
        likely = self.maps(quarter).float().flatten(2).softmax(dim=2)
        return likely @ self.cells, self.seen(coarse.mean(dim=(2, 3)))


def _doubled(maps: Float[Tensor, "batch channels _ _"]) -> Float[Tensor, "batch channels _ _"]:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


class PartsNetwork(nn.Module):
    """Coefficients of `avatar.tracking.places.TOLD`, in its order, from crops and the pose.

    Both eyes go through one network; the crop of the right one is mirrored.
    """

    def __init__(self, widths: Sequence[int] = PART_WIDTHS, hidden: int = 96) -> None:
        super().__init__()
        self.eye, self.mouth, self.brows = (trunk(widths) for _ in range(3))
        counts = {name: len(channels) for name, channels in REGIONS.items()}
        self.eye_told = _Head(widths[-1] * 2 * 3 + 3, hidden, counts["left eye"])
        self.mouth_told = _Head(widths[-1] * 3 * 4 + 3, hidden, counts["mouth"])
        self.brows_told = _Head(widths[-1] * 2 * 5 + 3, hidden, counts["brows"])

    def forward(
        self,
        right_eye: Float[Tensor, "batch 1 32 48"],
        left_eye: Float[Tensor, "batch 1 32 48"],
        mouth: Float[Tensor, "batch 1 48 64"],
        brows: Float[Tensor, "batch 1 32 80"],
        pose: Float[Tensor, "batch 3"],
    ) -> Float[Tensor, "batch told"]:
        """Look at the parts of faces; the pose is the network's own, relative to the crops."""
        across = pose * pose.new_tensor([-1.0, 1.0, -1.0])
        eyes = self.eye(normal(torch.cat([right_eye, left_eye])))
        told = self.eye_told(eyes, torch.cat([across, pose]))
        right, left = told.chunk(2)
        return torch.cat(
            [
                right,
                left,
                self.mouth_told(self.mouth(normal(mouth)), pose),
                self.brows_told(self.brows(normal(brows)), pose),
            ],
            dim=1,
        )


class _Head(nn.Module):
    """With a rectifier in place of the SiLU, half of the mouth's units died early and for good."""

    def __init__(self, into: int, hidden: int, out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(into, hidden), nn.SiLU(), nn.Linear(hidden, out))

    def forward(self, seen: Tensor, pose: Tensor) -> Tensor:
        return self.layers(torch.cat([seen.flatten(1), pose], dim=1))
