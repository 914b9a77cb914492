"""Small checkpoints with random weights, as they would be downloaded."""

import shutil
from pathlib import Path

import pytest

from avatar.checkpoints.imitation import SMALL, write_imitation


@pytest.fixture(scope="session")
def imitation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be read only."""
    folder = tmp_path_factory.mktemp("imitation")
    write_imitation(folder, SMALL, seed=5)
    return folder


@pytest.fixture
def originals(imitation: Path, tmp_path: Path) -> Path:
    """To be changed."""
    folder = tmp_path / "official"
    shutil.copytree(imitation, folder)
    return folder
