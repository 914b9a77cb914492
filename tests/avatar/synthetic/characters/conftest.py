import pytest

from avatar.synthetic.characters.cast import ANA
from avatar.synthetic.characters.figure import Figure, build
from avatar.synthetic.characters.portrait import Plates, draw

SIZE = 64


@pytest.fixture(scope="session")
def plates() -> Plates:
    return draw(ANA, SIZE, 2)


@pytest.fixture(scope="session")
def figure() -> Figure:
    return build(ANA)
