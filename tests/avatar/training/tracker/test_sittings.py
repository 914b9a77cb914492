"""Strangers who sit for a portrait; needs what `visavis actors fetch` brings, and OpenGL."""

import numpy as np
import pytest

from avatar.assets import TRACKER
from avatar.errors import PartUnavailable
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.judging import measure
from avatar.portraits.network import PortraitNetwork
from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.stage import Stage
from avatar.synthetic.actors.stills import sitting
from avatar.tracking.networks import FaceNetworks
from avatar.training.tracker.sittings import SIZE, sat

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage() -> Stage:
    try:
        return Stage(HumanAssets(), SIZE)
    except PartUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def finder() -> PortraitFinder:
    return PortraitFinder(FaceNetworks(TRACKER), PortraitNetwork(TRACKER))


def test_portraits_of_strangers_need_no_hand(finder: PortraitFinder, stage: Stage) -> None:
    result = sat(finder, stage, 8)
    assert result.people == 8
    assert result.without_a_hand >= 7
    assert result.missed < 0.03


def test_closed_lips_show_no_teeth(finder: PortraitFinder, stage: Stage) -> None:
    for seed in (0, 3, 7, 11):
        picture, _ = sitting(stage, np.random.default_rng([seed, 7]))
        assert not measure(finder.find(picture)).teeth_visible
