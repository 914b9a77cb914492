"""Reading an image at the places that a source map names."""

from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, Float32

from avatar.rendering.base import Picture
from avatar.rendering.view import SourceMap


def sample(image: Any, source: SourceMap, outside: float | None = None) -> Any:
    """The image at every (x, y) of a map, bilinear.

    Beyond its edges it goes on as at the edge, or as `outside` where that is given.
    """
    nothing: Any = None
    if outside is None:
        return cv2.remap(image, source, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.remap(
        image,
        source,
        nothing,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=outside,
    )


def combine(
    amounts: Float32[np.ndarray, " n"], rows: Float32[np.ndarray, "n cells"]
) -> Float32[np.ndarray, " cells"]:
    """The sum of rows by amounts; rows of amount 0 cost nothing.

    A matrix product would do the same with the threads of a BLAS, which fight over the cores with
    the other sessions and with their own sum's order.
    """
    total = np.zeros((rows.shape[1], 1), np.float32)
    for index in np.flatnonzero(amounts):
        cv2.scaleAdd(rows[index], float(amounts[index]), total, total)
    return total[:, 0]


def lips_and_lids(
    portrait: Picture,
    above: SourceMap,
    below: SourceMap,
    share: Float[np.ndarray, "_ _"],
    relief: Float[np.ndarray, "_ _"] | None = None,
) -> Float[np.ndarray, "_ _ 3"]:
    """The skin around an opening: from above it by `share`, else from below.

    `relief` is a gain on what comes from above.
    """
    upper = sample(portrait, above).astype(np.float32)
    lower = sample(portrait, below).astype(np.float32)
    if relief is not None:
        upper *= relief[..., None]
    return lower + (upper - lower) * share[..., None]
