"""Networks that are kept for study."""

from dataclasses import replace
from pathlib import Path

import pytest

from avatar.errors import DataError
from avatar.nn.motion_network import MotionNetwork
from avatar.training.export import export
from avatar.training.run import Run
from avatar.training.shelf import store, stored
from tests.avatar.generator.streams import SMALL, codec, network
from tests.avatar.training.test_stages import RECIPE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A generator with the network that it was made from."""
    exported = tmp_path / "generator"
    export(Run.begun(tmp_path / "run", RECIPE), network(), codec(), exported)
    store(network(), exported, "base")
    return exported


def test_what_is_kept_is_nearly_what_it_was(folder: Path) -> None:
    [(name, (kept, whitening))] = stored(folder).items()
    assert name == "base"
    assert (whitening.mean == codec().mean).all()
    known = network().state_dict()
    for key, value in kept.state_dict().items():
        furthest = 0.0 if value.ndim < 2 else known[key].flatten(1).abs().amax().item() / 254
        assert (value - known[key]).abs().max() <= furthest + 1e-7, key
    sizes = sum(value.numel() for value in known.values())
    assert (folder / "base.safetensors").stat().st_size < 1.5 * sizes


def test_a_file_that_was_cut_or_is_of_another_network_is_refused(folder: Path) -> None:
    path = folder / "base.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="get it anew"):
        stored(folder)
    store(MotionNetwork(replace(SMALL, depth=SMALL.depth + 1)), folder, "base")
    with pytest.raises(DataError, match="does not hold this network"):
        stored(folder)
