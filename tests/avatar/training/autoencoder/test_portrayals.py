"""What evaluations look at is what renderers draw."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.assets import shipped_avatars
from avatar.assets.autoencoders import autoencoder_folder
from avatar.rendering.bundle import Bundle
from avatar.rendering.close_up import CloseUp
from avatar.rendering.flow import FlowNetworks, FlowRenderer
from avatar.training.autoencoder.albums import Album, AlbumSize
from avatar.training.autoencoder.evaluation import evaluate_albums
from avatar.training.autoencoder.learning import Learner
from avatar.training.autoencoder.portraits import shipped_album
from avatar.training.autoencoder.portrayals import (
    DecoderPortrayal,
    FlowPortrayal,
    inner,
    marks_of,
)
from avatar.training.autoencoder.recipes import PAPER, TINY


@pytest.fixture(scope="module")
def album(ana: Bundle) -> Album:
    number = shipped_avatars().index(ana.manifest.name.lower())
    return shipped_album(number, AlbumSize(3, 256), np.random.default_rng(4))


@pytest.fixture(scope="module")
def networks() -> FlowNetworks:
    return FlowNetworks(autoencoder_folder("small"))


def test_an_album_is_drawn_as_its_bundle_is(
    ana: Bundle, album: Album, networks: FlowNetworks
) -> None:
    marks = ana.landmarks
    box = CloseUp.of_eyes(marks["iris_right"][0], marks["iris_left"][0])
    renderer, portrayal = FlowRenderer(networks, ana), FlowPortrayal(networks, album)
    for motion in album.motion[1:]:
        whole = box.cut(renderer.render(motion, None)[0], 256).astype(float)
        drawn = portrayal.told(motion).astype(float)
        assert np.abs(whole - drawn).mean() < 3.2, "JPEG and the larger picture alone make 2.9"
        assert np.abs(inner(album, 0) - drawn).mean() > 15


def test_whoever_is_not_found_has_nothing_painted(album: Album, networks: FlowNetworks) -> None:
    nobody = dataclasses.replace(album, places=np.full_like(album.places, np.nan))
    assert marks_of(nobody) is None
    motion = np.array(album.motion[1])
    painted, moved = (FlowPortrayal(networks, one).told(motion) for one in (album, nobody))
    assert (painted != moved).any()
    assert np.array_equal(moved, FlowPortrayal(networks, nobody).told(motion))


def test_a_decoder_draws_its_own_pictures(album: Album, tmp_path: Path) -> None:
    torch.manual_seed(2)
    recipe = dataclasses.replace(PAPER, network=TINY.network)
    network = Learner(recipe).network.eval()
    portrayal = DecoderPortrayal(network, album)
    drawn = portrayal.told(album.motion[1])
    assert drawn.shape == inner(album, 0).shape
    assert not np.array_equal(drawn, portrayal.told(album.motion[2]))
    figures = evaluate_albums(lambda one: DecoderPortrayal(network, one), [album])
    assert figures["told"] != figures["still"]
    assert figures["pictures"] == 2
