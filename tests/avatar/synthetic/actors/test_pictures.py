from pathlib import Path

import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.motion import ARKIT58
from avatar.synthetic.actors.pictures import ActorPicture, Shard, joined, known_channels
from avatar.tracking.places import POINTS, group


def pictures(count: int = 3) -> list[ActorPicture]:
    chance = np.random.default_rng(2)
    return [
        ActorPicture(
            image=np.full((48, 48, 3), 40 * number + 60, np.uint8),
            motion=chance.uniform(0, 1, ARKIT58.dim).astype(np.float32),
            known=known_channels(("jawOpen", "headYaw")),
            places=chance.uniform(0, 48, (POINTS, 2)).astype(np.float32),
            covered=chance.random(POINTS) < 0.5,
            actor=number,
        )
        for number in range(count)
    ]


def test_a_shard_comes_back_from_its_file(tmp_path: Path) -> None:
    made = pictures()
    Shard.of(made).write(tmp_path / "some.npz")
    read = Shard.read(tmp_path / "some.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["some.npz"]
    assert len(read) == 3
    for number, picture in enumerate(made):
        again = read[number]
        assert np.abs(again.image.astype(int) - picture.image).max() <= 2
        assert np.array_equal(again.motion, picture.motion)
        assert np.array_equal(again.known, picture.known)
        assert np.array_equal(again.places, picture.places)
        assert np.array_equal(again.covered, picture.covered)
        assert again.actor == number


def test_a_file_that_was_cut_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.npz"
    Shard.of(pictures()).write(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MediaError, match=r"cut\.npz: not a shard of actors"):
        Shard.read(path)
    with pytest.raises(MediaError, match="make it again"):
        Shard.read(tmp_path / "nowhere.npz")


def test_groups_that_are_not_known_are_nan() -> None:
    places = joined({"nose": np.ones((6, 2), np.float32)})
    assert places.shape == (POINTS, 2)
    assert np.array_equal(group(places, "nose"), np.ones((6, 2)))
    assert np.isnan(group(places, "jaw")).all()
