"""Distances of pictures that are known: noise of a known power, and what others compute."""

from collections.abc import Callable
from math import inf, isclose

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.metrics import structural_similarity

from avatar.metrics.pictures import perceptual_distance, psnr, squared_error, ssim

PICTURE = np.ascontiguousarray(data.astronaut()[:160, 140:300])
SMOOTH = np.clip(cv2.GaussianBlur(PICTURE, (0, 0), 3), 30, 225)
"""Far from black and white: nothing that is added to it is clipped."""


def noisy(deviation: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, deviation, SMOOTH.shape)
    return (SMOOTH + noise).round().clip(0, 255).astype(np.uint8)


def test_noise_of_a_deviation_has_the_psnr_that_follows() -> None:
    for deviation in (2.0, 4.0, 8.0):
        error = squared_error(SMOOTH, noisy(deviation))
        rounded = deviation**2 + 1 / 12
        assert isclose(error, rounded, rel_tol=0.02)
        assert abs(psnr(error) - 10 * np.log10(255**2 / rounded)) < 0.1


def test_one_level_of_difference_is_48_decibels() -> None:
    assert squared_error(SMOOTH, SMOOTH + np.uint8(1)) == 1.0
    assert abs(psnr(1.0) - 48.1308) < 1e-4


def test_equal_pictures_are_equal() -> None:
    assert psnr(squared_error(PICTURE, PICTURE)) == inf
    assert ssim(PICTURE, PICTURE) == 1.0
    assert perceptual_distance(PICTURE, PICTURE) == 0.0


def test_ssim_is_what_scikit_image_computes() -> None:
    luma = np.array([0.299, 0.587, 0.114])
    for other in (noisy(6.0), cv2.GaussianBlur(SMOOTH, (0, 0), 2), 255 - SMOOTH):
        expected = structural_similarity(
            SMOOTH @ luma,
            other @ luma,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )
        assert isclose(ssim(SMOOTH, other), float(np.asarray(expected)), abs_tol=1e-9)


def test_ssim_is_symmetric_bounded_and_below_zero_for_a_negative() -> None:
    assert isclose(ssim(SMOOTH, noisy(6.0)), ssim(noisy(6.0), SMOOTH))
    assert -1 <= ssim(PICTURE, 255 - PICTURE) < 0


def test_the_perceptual_distance_grows_with_noise_and_with_blur() -> None:
    by_noise = [perceptual_distance(PICTURE, noisy(each)) for each in (1.0, 4.0, 16.0)]
    assert by_noise == sorted(by_noise)
    by_blur = [
        perceptual_distance(PICTURE, cv2.GaussianBlur(PICTURE, (0, 0), each)) for each in (1, 2, 4)
    ]
    assert by_blur == sorted(by_blur)
    assert 0 < by_blur[0] < by_blur[-1] < 4


def test_the_perceptual_distance_feels_blur_where_psnr_sees_a_change_of_light() -> None:
    """Of one squared error, blur is much worse than a little more light."""
    blurred = cv2.GaussianBlur(PICTURE, (0, 0), 2)
    lighter = PICTURE.astype(np.float32) + np.sqrt(squared_error(PICTURE, blurred))
    lighter = lighter.clip(0, 255).astype(np.uint8)
    assert squared_error(PICTURE, lighter) > 0.8 * squared_error(PICTURE, blurred)
    assert perceptual_distance(PICTURE, blurred) > 4 * perceptual_distance(PICTURE, lighter)


@pytest.mark.parametrize("measure", [squared_error, ssim, perceptual_distance])
def test_other_sizes_and_tiny_pictures_are_refused(
    measure: Callable[[np.ndarray, np.ndarray], float],
) -> None:
    with pytest.raises(ValueError, match=r"one size are needed, got 160 x 160 and 80 x 160"):
        measure(PICTURE, PICTURE[:, ::2])
    with pytest.raises(ValueError, match=r"88 x 88 pixels at least are needed, got 87 x 160"):
        measure(PICTURE[:, :87], PICTURE[:, :87])
