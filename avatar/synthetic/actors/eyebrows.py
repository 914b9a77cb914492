"""Where a brow of the parametric human lies: its picture's dark part, outer to inner end."""

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.errors import PartUnavailable
from avatar.synthetic.actors.assets import Proxy, Vertices
from avatar.synthetic.characters.landmarks import BROW_PLACES

STEPS = 8
"""Samples along each side of a quad."""
LEAST_ALPHA = 0.35


def brow_rows(brow: Proxy, fitted: Vertices) -> dict[str, Float32[np.ndarray, "5 vertices"]]:
    """For each side five points as weights of the brow's vertices."""
    alpha = _alpha(brow)
    steps = (np.arange(STEPS) + 0.5) / STEPS
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    shares = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)
    quads, places = brow.mesh.quads, brow.mesh.places
    points = np.einsum("sk,qkd->qsd", shares, fitted[quads])
    at = np.einsum("sk,qkd->qsd", shares, brow.mesh.texture[places])
    x = np.clip(at[..., 0] * alpha.shape[1], 0, alpha.shape[1] - 1).astype(int)
    y = np.clip((1 - at[..., 1]) * alpha.shape[0], 0, alpha.shape[0] - 1).astype(int)
    weight = alpha[y, x]
    weight[weight < LEAST_ALPHA] = 0
    rows: dict[str, Float32[np.ndarray, "5 vertices"]] = {}
    for side, sign in (("right", -1), ("left", 1)):
        across = sign * points[..., 0]
        own = (across > 0) & (weight > 0)
        inner, outer = np.quantile(across[own], [0.01, 0.99])
        table = np.zeros((len(BROW_PLACES), len(fitted)), np.float32)
        for row, place in zip(table, BROW_PLACES, strict=True):
            off = (across - (inner + place * (outer - inner))) / (0.06 * (outer - inner))
            share = np.where(own, weight * np.exp(-0.5 * off**2), 0)
            for corner in range(4):
                np.add.at(row, quads[:, corner], (share * shares[None, :, corner]).sum(axis=1))
            row /= row.sum()
        rows[side] = table
    return rows


def _alpha(brow: Proxy) -> Float32[np.ndarray, "height width"]:
    picture = cv2.imread(str(brow.textures[0]), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3:
        raise PartUnavailable(f"{brow.textures[0]}: cannot be read: run visavis actors fetch again")
    return picture[..., 3].astype(np.float32) / 255
