"""The losses of a step: pictures made from what is seen of the driver, and from its motion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.adapter import REACH
from avatar.autoencoder.flow import ENLARGED, Flow, FlowAutoencoder, composite, moved
from avatar.autoencoder.layers import Maps
from avatar.errors import DataError
from avatar.training.autoencoder.examples import Batch
from avatar.training.autoencoder.judges import (
    FeatureNetwork,
    PatchCritic,
    adversarial_loss,
    feature_distance,
    identity_distance,
    own_features,
    own_identity,
)
from avatar.training.autoencoder.recipes import AutoencoderRecipe
from avatar.training.loop import Losses

ELSEWHERE = 0.98
"""Of the weight of any place: paint is for eyes and mouth, the rest counts for little there."""
PREFERRED = 0.05
"""How much better paint must be than the portrait to be taken; pictures are -1 to 1."""
LEVELS = 3
"""Octaves of detail that are compared beside the picture itself."""
EXACT = ("adapter.", "directions", "critic.")
"""Weights that are never rounded: what they make is small beside what it is added to."""


@dataclass(frozen=True, eq=False, slots=True)
class Judges:
    """Networks that a user brings; None takes the encoder's own maps and latent."""

    features: FeatureNetwork | None = None
    identity: FeatureNetwork | None = None


class Made(NamedTuple):
    """Pictures that were made, and how."""

    picture: Tensor
    small: Tensor
    flow: Flow | None


class Shown(NamedTuple):
    """What pictures should have been: drivers as they were seen, then those of known motion."""

    target: Tensor
    small_target: Tensor
    source: Tensor
    sources: Tensor
    weights: Float[Tensor, "pictures 1 _ _"]


class Learner(nn.Module):
    """An auto-encoder that computes in bfloat16 with weights that are kept exact."""

    def __init__(self, recipe: AutoencoderRecipe, judges: Judges | None = None) -> None:
        super().__init__()
        self.network = FlowAutoencoder(recipe.network, REACH)
        self._weights, self._judges = recipe.losses, judges or Judges()
        self._seen, self._flow = recipe.draw.seen, recipe.flow
        if recipe.losses.adversarial > 0:
            self.critic = PatchCritic()

    def losses(self, batch: Batch, size: int) -> Losses:
        """Losses of a batch whose composites have `size` pixels, with rounded weights.

        Gradients go to the exact ones.
        """
        weights = rounded(self, EXACT)
        made: Losses = torch.func.functional_call(self, weights, (batch, size))
        return made

    def forward(self, batch: Batch, size: int) -> Losses:
        """The parts of the loss by name, and their weighted sum."""
        inner = self.network.autoencoder
        people, count = len(batch.source), len(batch.driver) // len(batch.source)
        source, driver = scaled_to(batch.source, size), scaled_to(batch.driver, size)
        small_source, small_driver = (
            scaled_to(pictures, inner.config.size) for pictures in (source, driver)
        )
        everybody = torch.arange(people, device=source.device)
        first, seen = everybody * count, everybody[: self._seen]
        known = batch.motion.isfinite().all(dim=1)
        drawn = torch.cat([first[: len(seen)], known.nonzero()[:, 0]])
        if not len(drawn):
            raise DataError("nobody's motion is known: a recipe for such data needs draw.seen")
        who = drawn // count
        both = torch.cat([small_source, small_driver[first]])
        kind = inner.encoder.first.weight.dtype
        latents, maps = inner.encoder(both.to(kind, memory_format=torch.channels_last))
        along = inner.encoder.along_directions(latents[people:]).float()
        told = self.network.adapter(batch.motion.nan_to_num())
        motion = torch.cat([along[: len(seen)], told[known]]) @ inner.basis.T.float()
        features = [level[:people][who] for level in maps]
        latent = (latents[:people].float()[who] + motion).to(kind)
        result = self._made(latent, features, source[who])
        shown = Shown(
            driver[drawn],
            small_driver[drawn],
            source[who],
            batch.sources[drawn],
            batch.weights[who],
        )
        losses = picture_losses(result, shown)
        if result.flow is not None:
            losses |= flow_losses(result.flow, shown)
        off = F.smooth_l1_loss(along, told[first].detach(), reduction="none").mean(dim=1)
        losses["agreement"] = (off * known[first]).sum() / known[first].sum().clamp(min=1)
        losses |= self._judged(result, shown)
        total = sum(
            (getattr(self._weights, name) * value for name, value in losses.items()),
            source.new_zeros(()),
        )
        return losses | {"loss": total}

    def _made(
        self, latent: Float[Tensor, "pictures latent"], features: list[Maps], portrait: Tensor
    ) -> Made:
        """Pictures of latents."""
        if not self._flow:
            picture = self.network.autoencoder.decoder(latent, features).picture.float()
            return Made(picture, picture, None)
        cells = self.network.autoencoder.config.size * ENLARGED
        flow, decoded = self.network.flow(latent, features, scaled_to(portrait, cells))
        return Made(composite(portrait, flow), decoded.picture.float(), flow)

    def _judged(self, result: Made, shown: Shown) -> Losses:
        """What judges say, as far as the recipe asks them."""
        weights, inner, losses = self._weights, self.network.autoencoder, dict[str, Tensor]()
        picture, target, size = result.picture, shown.target, inner.config.size
        if weights.features > 0:
            judge = self._judges.features or own_features(inner.encoder, size)
            losses["features"] = feature_distance(judge, picture, target)
        if weights.identity > 0:
            judge = self._judges.identity or own_identity(inner.encoder, inner.basis, size)
            losses["identity"] = identity_distance(judge, picture, shown.source)
        if weights.adversarial > 0:
            losses["adversarial"] = adversarial_loss(self.critic, picture, target)
        return losses


def rounded(network: nn.Module, exact: Sequence[str]) -> dict[str, Tensor]:
    """Weights in bfloat16, but for those whose name has a part that is `exact`."""
    return {
        name: weight if any(part in name for part in exact) else weight.to(torch.bfloat16)
        for name, weight in network.named_parameters()
    }


def scaled_to(pictures: Tensor, size: int) -> Tensor:
    """Smaller pictures by the mean of areas."""
    if pictures.shape[-1] == size:
        return pictures
    return F.interpolate(pictures, size=(size, size), mode="area")


def picture_losses(result: Made, shown: Shown) -> Losses:
    """How far pictures are from what they should be: colours, and details by octave."""
    off = result.picture - shown.target
    return {
        "pixels": weighed(off, shown.weights),
        "details": detail(off, shown.weights, LEVELS),
        "small": (result.small - shown.small_target).abs().mean(),
    }


def detail(off: Tensor, weights: Float[Tensor, "pictures 1 _ _"], levels: int) -> Tensor:
    """The mean of differences by octave, from the finest, in so many of them."""
    total = off.new_zeros(())
    for _ in range(levels):
        coarser = F.avg_pool2d(off, 2)
        total = total + weighed(off - F.interpolate(coarser, scale_factor=2), weights)
        off = coarser
    return total


def unlike(maps: Tensor) -> Tensor:
    """How unlike its neighbours each cell is."""
    across = (maps[..., 1:] - maps[..., :-1]).abs().mean()
    return across + (maps[..., 1:, :] - maps[..., :-1, :]).abs().mean()


def weighed(off: Tensor, weights: Float[Tensor, "pictures 1 _ _"]) -> Tensor:
    """The mean of absolute differences where it matters."""
    size = off.shape[-1]
    if weights.shape[-1] != size:
        weights = F.interpolate(weights, size=(size, size), mode="bilinear", align_corners=False)
    return (off.abs() * weights).mean() / weights.mean().clamp(min=1e-6)


def flow_losses(flow: Flow, shown: Shown) -> Losses:
    """How far colours are taken from where they really come from, in sides of the picture; how
    unlike its neighbours each cell is moved, in cells; how much is painted; how far paint is from
    what it may have to replace; and whether the better of both is shown.
    """
    taken = F.interpolate(
        flow.moved, size=shown.sources.shape[-2:], mode="bilinear", align_corners=False
    )
    counted = shown.sources.isfinite() * shown.weights
    off = (taken / 2 - shown.sources.nan_to_num()).abs()
    size = flow.paint.shape[-1]
    cells, target = size / 2, scaled_to(shown.target, size)
    return {
        "flow": (off * counted).sum() / counted.sum().clamp(min=1),
        "smoothness": unlike(flow.moved) * cells,
        "shown": (1 - flow.shown).mean(),
        "paint": weighed(flow.paint - target, shown.weights - ELSEWHERE),
        "choice": choice_loss(flow, scaled_to(shown.source, size), target, shown.weights),
    }


def choice_loss(flow: Flow, portrait: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """How far what is shown is from the better of both, the moved portrait and paint.

    A picture alone teaches this slowly: where nothing is painted, paint has no part in it.
    """
    with torch.no_grad():
        off_moved, off_paint = (
            (made - target).abs().mean(dim=1, keepdim=True)
            for made in (moved(portrait, flow.moved), flow.paint)
        )
        better = (off_moved < off_paint + PREFERRED).float()
        size = better.shape[-1]
        counted = (off_moved - off_paint).abs() * F.interpolate(
            weights, size=(size, size), mode="bilinear", align_corners=False
        )
    off = F.binary_cross_entropy(flow.shown.clamp(1e-6, 1 - 1e-6), better, reduction="none")
    return (off * counted).sum() / counted.sum().clamp(min=1e-6)
