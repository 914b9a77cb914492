"""Edges of a slowly moving head glide: they neither jump by pixels nor swing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle
from avatar.rendering.effects import PLAIN, Effects
from avatar.rendering.warp import WarpRenderer

FRAMES = 51
TURN = np.radians(2.0)


@pytest.fixture(scope="module")
def cut_out(ana: Bundle, cache: Path) -> WarpRenderer:
    """Ana in white before black: a row's sum of light is how far her edge reaches."""
    white = np.full_like(ana.portrait, 255)
    bundle = replace(ana, portrait=white, background=np.zeros_like(white), digest="white" * 13)
    return WarpRenderer.of(bundle, cache, effects=PLAIN)


def played(renderer: WarpRenderer, channel: str) -> np.ndarray:
    """Pictures of one slow swing of a channel."""
    state, pictures = renderer.start(), list[np.ndarray]()
    for angle in TURN * np.sin(np.linspace(0, 2 * np.pi, FRAMES)):
        picture, state = renderer.render(ARKIT58.vector({channel: float(angle)}), state)
        pictures.append(picture)
    return np.stack(pictures)


@pytest.mark.parametrize("channel", ["headYaw", "headPitch"])
def test_the_outline_of_a_turning_head_moves_without_jerks(
    cut_out: WarpRenderer, ana: Bundle, channel: str
) -> None:
    light = played(cut_out, channel)[..., 0].astype(float) / 255
    middle = int(ana.landmarks["nose"][2, 0])
    rows = slice(int(ana.landmarks["forehead"][1, 1]), int(ana.landmarks["jaw"][5, 1]))
    for side in (light[:, rows, :middle], light[:, rows, middle:]):
        edge = side.sum(axis=2)
        assert np.ptp(edge, axis=0).max() > 1
        jerks = np.abs(np.diff(edge, 2, axis=0))
        assert jerks.mean() < 0.04
        assert np.percentile(jerks, 99) < 0.25


def test_a_turning_head_leaves_the_background_alone(ana: Bundle, cache: Path) -> None:
    pictures = played(WarpRenderer.of(ana, cache), "headYaw")
    assert ana.matte is not None
    reached = np.zeros(ana.matte.shape, bool)
    ys, xs = np.nonzero(ana.matte)
    for dy in range(-16, 17, 2):
        for dx in range(-16, 17, 2):
            reached[np.clip(ys + dy, 0, 511), np.clip(xs + dx, 0, 511)] = True
    assert pictures[:, ~reached].std(axis=0).max() == 0


@pytest.mark.parametrize("effects", [PLAIN, Effects()])
def test_skin_glides_under_a_slow_turn(ana: Bundle, cache: Path, effects: Effects) -> None:
    """Half of what is left is the rounding of three bytes to whole levels."""
    pictures = played(WarpRenderer.of(ana, cache, effects=effects), "headYaw").astype(float)
    jaw = ana.landmarks["jaw"]
    left, right, bottom = int(jaw[1, 0]), int(jaw[-2, 0]), int(jaw[5, 1])
    face = pictures[:, int(ana.landmarks["forehead"][1, 1]) : bottom, left:right].mean(axis=3)
    assert np.median(np.abs(np.diff(face, 2, axis=0)).mean(axis=0)) < 0.55
