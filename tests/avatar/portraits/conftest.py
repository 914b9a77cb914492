import pytest

from avatar.assets import TRACKER
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.network import PortraitNetwork
from avatar.tracking.networks import FaceNetworks


@pytest.fixture(scope="session")
def finder() -> PortraitFinder:
    return PortraitFinder(FaceNetworks(TRACKER), PortraitNetwork(TRACKER))
