import numpy as np
import pytest

from avatar.synthetic.characters import features
from avatar.synthetic.characters.cast import ANA
from avatar.synthetic.characters.figure import Figure, Part


def at(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).T


def test_known_places_belong_to_their_parts(figure: Figure):
    forehead, hair, chest = (0.0, 0.7, 1.1), (0.0, 1.75, 0.0), (1.6, -3.2, 0.2)
    inside = figure.parts(at(forehead, hair, chest)) < 0
    assert inside[Part.SKIN, 0]
    assert inside[Part.HAIR, 1]
    assert inside[Part.CLOTHES, 2]


def test_the_eyes_look_out_of_open_lids(figure: Figure):
    iris = features.iris_centre(ANA.eyes, 1)
    gap = figure.parts(iris)
    assert gap[Part.EYES, 0] == pytest.approx(0, abs=1e-5)
    assert gap[Part.SKIN, 0] > 0.05


def test_distances_never_promise_more_than_there_is(figure: Figure):
    chance = np.random.default_rng(3)
    start = chance.uniform((-1.5, -2.5, -0.5), (1.5, 2.0, 2.5), (400, 3)).T.astype(np.float32)
    step = chance.normal(0, 0.01, start.shape).astype(np.float32)
    change = np.abs(figure.distance(start + step) - figure.distance(start))
    slope = change / np.linalg.norm(step, axis=0)
    assert np.percentile(slope, 97) < 1.4


def test_the_opening_is_negative_between_the_lids(figure: Figure):
    eyes = ANA.eyes
    x = np.array([eyes.centre[0], -eyes.centre[0], 0.0], np.float32)
    opening = figure.sculpture.opening.at(x, np.zeros(3, np.float32))
    assert opening[:2] == pytest.approx([-0.12] * 2, abs=0.03)
    assert opening[2] > 0.15
