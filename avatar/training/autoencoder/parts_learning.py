"""What painters of parts learn: colours, where they come from, and what has to be painted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Float64
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.flow import Flow, moved
from avatar.autoencoder.parts import PainterConfig, PartPainter, PartPainters
from avatar.errors import DataError
from avatar.motion import COEFFICIENTS
from avatar.rendering.moving import mirrored_flow
from avatar.rendering.part_painter import mirror_image
from avatar.rendering.parts import CELLS, EYE, MOUTH
from avatar.training.autoencoder.examples import as_colours, light
from avatar.training.autoencoder.learning import detail, rounded, unlike, weighed
from avatar.training.autoencoder.parts_people import CELL, MARGIN, PartAlbum, read_parts
from avatar.training.autoencoder.recipes import AutoencoderRecipe, PartsRecipe
from avatar.training.autoencoder.training import Data, odds_of
from avatar.training.loop import Losses, Report, Stage, StepChance, train
from avatar.training.run import Run

STAGE = "parts"
LEVELS = 2
"""Octaves of detail that are compared."""
SAME = 0.2
"""Difference of colours, of the 2 from black to white, about which they are no more the same."""
EXACT = ("told",)
"""Weights that are not rounded."""


class PartBatch(NamedTuple):
    """Squares at rest, the same in motion, person by person; colours are -1 to 1."""

    rest: Float[Tensor, "people 3 cells cells"]
    target: Float[Tensor, "pictures 3 cells cells"]
    coefficients: Float[Tensor, "pictures coefficients"]
    sources: Float[Tensor, "pictures 2 coarse coarse"]


def painters_of(recipe: PartsRecipe) -> PartPainters:
    """Fresh painters."""
    return PartPainters(
        {part: PainterConfig(cells, recipe.channels) for part, cells in CELLS.items()}
    )


class PartsLearner(nn.Module):
    """Painters that compute in bfloat16 with weights that are kept exact."""

    def __init__(self, recipe: PartsRecipe) -> None:
        super().__init__()
        self.network, self._weights = painters_of(recipe), recipe.losses

    def losses(self, batches: Mapping[str, PartBatch]) -> Losses:
        """Losses with rounded weights. Gradients go to the exact ones."""
        weights = rounded(self, EXACT)
        made: Losses = torch.func.functional_call(self, weights, (batches,))
        return made

    def forward(self, batches: Mapping[str, PartBatch]) -> Losses:
        """The parts of the loss by name, and the sum."""
        losses: Losses = {}
        total: Any = 0.0
        for part, batch in batches.items():
            for name, value in self._part(self.network[part], batch).items():
                losses[f"{part} {name}"] = value
                total = total + getattr(self._weights, name) * value
        return losses | {"loss": total}

    def _part(self, painter: PartPainter, batch: PartBatch) -> Losses:
        who = torch.arange(len(batch.rest)).repeat_interleave(len(batch.target) // len(batch.rest))
        kind = painter.first.conv.weight.dtype
        seen = painter.see(batch.rest.to(kind, memory_format=torch.channels_last))
        flow = painter(batch.coefficients, [maps[who] for maps in seen])
        return part_losses(flow, batch.rest[who], batch, painter.window, self._weights.changed)


def part_losses(
    flow: Flow, rest: Tensor, batch: PartBatch, window: Tensor, changed: float
) -> Losses:
    """How far a part is from what it should be, how far colours are taken from where they really
    come from, and whether paint is where, and what, the moved portrait does not show. Where nobody
    tells where colours come from, such as those of an iris, `photo` looks for it.

    The window counts: at the border of a square nothing can be learned.
    """
    target, cells = batch.target, batch.target.shape[-1]
    taken = moved(rest, flow.moved)
    off = taken * flow.shown + flow.paint * (1 - flow.shown) - target
    differs = (target - rest).abs().mean(dim=1, keepdim=True)
    weights = window * (1 + changed * F.avg_pool2d(differs, 3, stride=1, padding=1))
    sources = window * 2 * enlarged(batch.sources, cells)
    known = sources.isfinite().all(dim=1, keepdim=True)
    with torch.no_grad():
        told = likeness(moved(rest, sources.nan_to_num()), target) * known
        same = torch.maximum(told, likeness(taken, target))
    choice = F.binary_cross_entropy(flow.shown.clamp(1e-6, 1 - 1e-6), same, reduction="none")
    counted, hidden = weights * told, weights * (0.05 + 1 - same)
    searched = weights * (1 - told)
    return {
        "pixels": weighed(off, weights),
        "details": detail(off, weights, LEVELS),
        "flow": ((flow.moved - sources.nan_to_num()).abs() * counted).sum() / counted.sum(),
        "shown": (choice * weights).sum() / weights.sum(),
        "paint": weighed(flow.paint - target, hidden),
        "photo": weighed(F.avg_pool2d(taken - target, 2), F.avg_pool2d(searched, 2)),
        "smoothness": cells / 2 * unlike(flow.moved),
    }


def likeness(made: Tensor, target: Tensor) -> Tensor:
    """1 where a picture has the right colours, 0 where it has not."""
    off = (made - target).abs().mean(dim=1, keepdim=True)
    return torch.exp(-((F.avg_pool2d(off, 3, stride=1, padding=1) / SAME) ** 4))


def enlarged(maps: Tensor, size: int) -> Tensor:
    """Larger maps, linear between cells."""
    return F.interpolate(maps, size=(size, size), mode="bilinear", align_corners=False)


def drawn_parts(
    albums: Sequence[PartAlbum],
    odds: Float64[np.ndarray, " albums"],
    recipe: PartsRecipe,
    rng: np.random.Generator,
    *,
    mirrors: bool,
) -> PartBatch:
    """A batch of one part; with `mirrors` half of the people are seen in one."""
    columns: list[list[np.ndarray]] = [[], [], [], []]
    for index in rng.choice(len(albums), size=recipe.people, p=odds):
        flipped = mirrors and rng.random() < 0.5
        drawn = _drawn(albums[int(index)], recipe.drivers, rng, flipped=flipped)
        for column, part in zip(columns, drawn, strict=True):
            column.append(part)
    rest, target, motion, sources = (
        torch.from_numpy(np.ascontiguousarray(np.concatenate(column))) for column in columns
    )
    return PartBatch(
        as_colours(rest),
        as_colours(target),
        motion[:, : len(COEFFICIENTS)],
        rearrange(sources, "b h w c -> b c h w"),
    )


def _drawn(
    album: PartAlbum, drivers: int, rng: np.random.Generator, *, flipped: bool
) -> tuple[np.ndarray, ...]:
    """Rest and some motions of one person, in the same crop, mirror and light."""
    chosen = rng.integers(0, len(album.pictures), drivers)
    side = album.pictures.shape[1] - 2 * MARGIN
    right, down = (int(value) * CELL for value in rng.integers(0, 2 * MARGIN // CELL + 1, 2))
    table = light(rng)
    crop = album.pictures[[0, *chosen], down : down + side, right : right + side]
    pictures = np.stack([cv2.LUT(np.ascontiguousarray(one), table) for one in crop])
    rows, columns = (slice(edge // CELL, (edge + side) // CELL) for edge in (down, right))
    sources = album.sources[chosen][:, rows, columns].astype(np.float32)
    motion = album.motion[chosen]
    if flipped:
        pictures, sources = pictures[:, :, ::-1], mirrored_flow(sources)
        motion = np.stack([mirror_image(one) for one in motion])
    return pictures[:1], pictures[1:], motion, sources


def train_parts(
    run: Run[AutoencoderRecipe], recipe: PartsRecipe, data: Data, report: Report
) -> PartPainters:
    """Train to the end, from the last checkpoint if there is one; averaged weights.

    Raises DataError without anybody to learn from, MediaError when pictures of somebody cannot be
    read.
    """
    if not any(data.learned.values()):
        raise DataError(
            f"{run.recipe.name} has nobody whose eyes and mouth are learned: raise the counts of "
            "parts.made"
        )
    torch.manual_seed(run.recipe.seed)
    learner = PartsLearner(recipe)
    weights = run.finished(STAGE, lambda: _trained(run, learner, recipe, data.learned, report))
    learner.load_state_dict(weights)
    return learner.network.eval()


def _trained(
    run: Run[AutoencoderRecipe],
    learner: PartsLearner,
    recipe: PartsRecipe,
    paths: Mapping[str, Sequence[Path]],
    report: Report,
) -> dict[str, Tensor]:
    people = [read_parts(path) for kind in paths.values() for path in kind]
    odds = odds_of(paths, recipe.shipped_share)
    eyes = [person[f"{side} {EYE}"] for person in people for side in ("right", "left")]
    mouths = [person[MOUTH] for person in people]
    eye_odds = np.repeat(odds, 2) / 2
    network: Any = learner.network
    network.to(memory_format=torch.channels_last)

    def step(chance: StepChance) -> Losses:
        rng = chance.numbers
        return learner.losses(
            {
                MOUTH: drawn_parts(mouths, odds, recipe, rng, mirrors=True),
                EYE: drawn_parts(eyes, eye_odds, recipe, rng, mirrors=False),
            }
        )

    return train(Stage(STAGE, recipe.optimiser, step), learner, run, report)
