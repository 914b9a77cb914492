"""The rig: all that is derived from a bundle once, so that a frame is cheap to draw."""

import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32
from platformdirs import user_cache_path

from avatar.errors import CacheError
from avatar.rendering.bundle import Bundle
from avatar.rendering.expressions import expression_basis
from avatar.rendering.fields import GRID, Cut, face_cuts, grid_positions, solve_fields
from avatar.rendering.head import Head, build_head
from avatar.rendering.matte import Layers, separate
from avatar.rendering.relief import Relief, Skin, build_relief

RIG_VERSION = 1
"""Raised whenever a rig built from the same bundle and the same table would differ."""


@dataclass(frozen=True, eq=False)
class Rig:
    """A portrait made ready to move.

    `above` and `below` are the expression fields, one flat row of 2 x 128 x 128 displacements for
    each of `names`: what lies above the cuts and what lies below. `upper_cells` and `lower_cells`
    mark where each of them is drawn.
    """

    bundle: Bundle
    names: tuple[str, ...]
    above: Float32[np.ndarray, "coefficients displacements"]
    below: Float32[np.ndarray, "coefficients displacements"]
    cuts: tuple[Cut, ...]
    upper_cells: Bool[np.ndarray, "128 128"]
    lower_cells: Bool[np.ndarray, "128 128"]
    head: Head
    layers: Layers
    relief: Relief
    skin: Skin


def build_rig(bundle: Bundle, cache: Path | None = None) -> Rig:
    """Build the rig of a bundle; what takes long is kept in `cache` under the content's digest.

    Without `cache` the user's cache folder is used. Raises CacheError when it cannot be written.
    """
    folder = cache if cache is not None else user_cache_path("visavis") / "rigs"
    basis = expression_basis(bundle.landmarks)
    path = folder / f"{bundle.digest[:24]}-{basis.digest[:8]}-{RIG_VERSION}.npz"
    derived = _read(path)
    if derived is None:
        above, below = solve_fields(bundle.landmarks, basis, bundle.size)
        layers = _layers(bundle)
        derived = {
            "above": above,
            "below": below,
            "matte": layers.matte,
            "background": layers.background,
        }
        _write(path, derived)
    layers = Layers(derived["matte"], derived["background"])
    head = build_head(bundle.landmarks, bundle.size, bundle.depth)
    relief, skin = build_relief(
        bundle.portrait, bundle.landmarks, head, layers.matte.astype(np.float32) / 255
    )
    cuts = face_cuts(bundle.landmarks, bundle.size)
    upper_cells, lower_cells = _drawn_cells(cuts, bundle.size)
    return Rig(
        bundle=bundle,
        names=basis.names,
        above=derived["above"].reshape(len(basis.names), -1),
        below=derived["below"].reshape(len(basis.names), -1),
        cuts=cuts,
        upper_cells=upper_cells,
        lower_cells=lower_cells,
        head=head,
        layers=layers,
        relief=relief,
        skin=skin,
    )


def _layers(bundle: Bundle) -> Layers:
    if bundle.matte is not None and bundle.background is not None:
        return Layers(bundle.matte, bundle.background)
    return separate(bundle.portrait, bundle.landmarks)


def _drawn_cells(
    cuts: tuple[Cut, ...], size: int
) -> tuple[Bool[np.ndarray, "128 128"], Bool[np.ndarray, "128 128"]]:
    """Where the field above the cuts and the field below them reach the picture."""
    x, y = grid_positions(size)
    upper, lower = np.ones((GRID, GRID), bool), np.zeros((GRID, GRID), bool)
    for cut in cuts:
        columns = np.arange(size)
        within = (x > cut.left) & (x < cut.right)
        beyond_upper = (
            within
            & (y > np.interp(x, columns, cut.upper))
            & (y < np.interp(x, columns, cut.middle) + cut.below)
        )
        upper &= ~beyond_upper
        lower |= (
            within
            & (y > np.interp(x, columns, cut.lower))
            & (y < np.interp(x, columns, cut.middle) + cut.below)
        )
    return upper, lower


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """A cached rig, or None when there is none or it was cut short."""
    try:
        with path.open("rb") as stream, np.load(stream) as stored:
            return {name: stored[name] for name in ("above", "below", "matte", "background")}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError):
        return None


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write beside and rename, so that a reader never sees half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, allow_pickle=False, **arrays)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CacheError(
            f"{path.parent}: the rig cannot be cached ({error.strerror}); make the folder writable "
            "or set XDG_CACHE_HOME to one that is"
        ) from error
