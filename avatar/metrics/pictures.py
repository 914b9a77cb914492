"""How far a picture is from another that should be the same: PSNR, SSIM, and a distance of edges.

Pictures are 8-bit sRGB of one size. What a network would say of them is in `avatar.metrics.seen`.
"""

from math import inf, log10
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from avatar.rendering.base import Picture

Other: TypeAlias = UInt8[np.ndarray, "other_height other_width 3"]
"""A picture that must have the size of another."""
Plane = Float32[np.ndarray, "height width"]

BRIGHTEST = 255.0
SSIM_WINDOW, SSIM_SIGMA = 11, 1.5
"""Pixels of SSIM's Gaussian window, and its deviation (Wang et al. 2004)."""
SSIM_K = (0.01, 0.03)
SCALES = 4
"""Octaves of the distance of edges."""
EDGE_SIGMA, EDGE_REACH = 1.0, 3
"""Deviation and reach of its filters in pixels."""
FAINT = 2.0
"""Response, in levels of 255, below which an edge counts less and less: that of film grain."""
SMALLEST = SSIM_WINDOW * 2 ** (SCALES - 1)
"""Pixels that either side of a picture must have."""


def require_alike(picture: Picture, other: Other) -> None:
    """Raise ValueError unless two pictures have one size, of 88 x 88 pixels at least."""
    if picture.shape != other.shape:
        raise ValueError(
            f"pictures of one size are needed, got {_size(picture)} and {_size(other)}"
        )
    if min(picture.shape[:2]) < SMALLEST:
        raise ValueError(
            f"pictures of {SMALLEST} x {SMALLEST} pixels at least are needed, got {_size(picture)}"
        )


def _size(picture: UInt8[np.ndarray, "_ _ 3"]) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"


def squared_error(picture: Picture, other: Other) -> float:
    """Mean squared difference over pixels and colours, in levels of 255; 0 is equal."""
    require_alike(picture, other)
    return float(((picture.astype(np.float32) - other) ** 2).mean(dtype=np.float64))


def psnr(error: float) -> float:
    """PSNR in dB of a mean squared error, which may be pooled over pictures: higher is better.

    10 log10(255^2 / error), infinite for equal pictures. One video's figure is that of its pooled
    error, not the mean of its pictures' figures, which one equal pair would make infinite.
    """
    return inf if error == 0 else 10 * log10(BRIGHTEST**2 / error)


def ssim(picture: Picture, other: Other) -> float:
    """SSIM of the luma (Wang et al. 2004, "Image quality assessment"), -1 to 1; 1 is equal.

    Mean over all whole 11 x 11 windows, Gaussian with deviation 1.5, of (2 m m' + C1)(2 c + C2) /
    ((m^2 + m'^2 + C1)(v + v' + C2)), C = (0.01 * 255)^2 and (0.03 * 255)^2, with the moments of
    populations and luma of BT.601 at full range. No picture is made smaller first.
    """
    require_alike(picture, other)
    x, y = _luma(picture), _luma(other)
    mx, my = _windowed(x), _windowed(y)
    vx, vy = _windowed(x * x) - mx * mx, _windowed(y * y) - my * my
    cxy = _windowed(x * y) - mx * my
    c1, c2 = ((k * BRIGHTEST) ** 2 for k in SSIM_K)
    likeness = (2 * mx * my + c1) * (2 * cxy + c2)
    return float((likeness / ((mx * mx + my * my + c1) * (vx + vy + c2))).mean())


def _luma(picture: UInt8[np.ndarray, "_ _ 3"]) -> Float64[np.ndarray, "_ _"]:
    return picture.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


def _windowed(plane: Float64[np.ndarray, "_ _"]) -> Float64[np.ndarray, "_ _"]:
    """The weighted mean of every whole window."""
    window = cv2.getGaussianKernel(SSIM_WINDOW, SSIM_SIGMA)
    edge = SSIM_WINDOW // 2
    return cv2.sepFilter2D(plane, cv2.CV_64F, window, window)[edge:-edge, edge:-edge]


def perceptual_distance(picture: Picture, other: Other) -> float:
    """How different the edges of two pictures are, 0 (equal) to below 4: lower is better.

    It has the form of LPIPS (Zhang et al. 2018) but is NOT LPIPS and not comparable with it: in
    place of a trained network it has a fixed bank of filters, and nothing is weighted by what
    people said. At each of four octaves (a Gaussian pyramid) every pixel has nine responses to
    derivatives of a Gaussian (deviation 1 pixel): x, y, xx, yy and xy of luma, x and y of Cb and
    Cr. They are divided by their length, sqrt(|f|^2 + 2^2) in levels of 255, which is how contrast
    masks. The distance is the squared difference of these vectors, mean over pixels, then octaves.
    It feels blur, blocks, ringing and displaced edges; a change of brightness or tint that has no
    edge is nothing to it.
    """
    require_alike(picture, other)
    x, y = (cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb).astype(np.float32) for each in (picture, other))
    found = list[float]()
    for octave in range(SCALES):
        if octave:
            x, y = cv2.pyrDown(x), cv2.pyrDown(y)
        found.append(float(((_edges(x) - _edges(y)) ** 2).sum(axis=0).mean(dtype=np.float64)))
    return sum(found) / SCALES


def _edges(planes: Float32[np.ndarray, "height width 3"]) -> Float32[np.ndarray, "9 height width"]:
    """The responses of every pixel, of length below 1."""
    at = np.arange(-EDGE_REACH, EDGE_REACH + 1, dtype=np.float64) / EDGE_SIGMA
    bell = np.exp(-(at**2) / 2)
    bell /= bell.sum()
    slope, bend = -at * bell, (at**2 - 1) * bell
    bend -= bend.mean()
    whole, first = ((slope, bell), (bell, slope), (bend, bell), (bell, bend), (slope, slope)), 2
    luma, red, blue = (np.ascontiguousarray(planes[..., index]) for index in range(3))
    rows = [_response(luma, *pair) for pair in whole]
    rows += [_response(plane, *pair) for plane in (red, blue) for pair in whole[:first]]
    responses = np.stack(rows)
    return responses / np.sqrt((responses**2).sum(axis=0) + np.float32(FAINT**2))


def _response(plane: Plane, across: np.ndarray, down: np.ndarray) -> Plane:
    return cv2.sepFilter2D(plane, cv2.CV_32F, across, down, borderType=cv2.BORDER_REFLECT_101)
