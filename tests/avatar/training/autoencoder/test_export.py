"""Graphs say what torch says, and a whole training ends in a renderer."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from avatar.autoencoder.flow import composite
from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle
from avatar.rendering.flow import FlowNetworks, FlowRenderer
from avatar.rendering.moving import DECIDED
from avatar.training.autoencoder.export import export_autoencoder, write_card
from avatar.training.autoencoder.learning import Learner
from avatar.training.autoencoder.recipes import TINY
from tests.pipelines.cli.command import visavis


def test_the_graphs_say_what_the_network_says(tmp_path: Path, ana: Bundle) -> None:
    torch.manual_seed(3)
    network = Learner(TINY).network.eval()
    export_autoencoder(TINY, network, tmp_path)
    write_card(TINY, tmp_path)
    networks = FlowNetworks(tmp_path)
    side, cells = networks.side, networks.cells
    pixels = np.random.default_rng(0).integers(0, 256, (cells, cells, 3), np.uint8)
    motion = ARKIT58.rest.copy()
    motion[ARKIT58.index("jawOpen")] = 0.5
    seen = networks.see(pixels)
    flow = networks.flow(seen, networks.along(motion))
    portrait = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        latent, maps = network.autoencoder.encode_identity(F.avg_pool2d(portrait, cells // side))
        told = network.motion_of(torch.from_numpy(motion[None]))
        true, _ = network.flow(latent + told, maps, portrait)
        picture = (composite(portrait, true)[0].permute(1, 2, 0) + 1) * 127.5
    assert np.abs(flow.moved - true.moved[0].permute(1, 2, 0).numpy()).max() < 2e-3
    decided = np.clip((true.shown[0, 0].numpy() - DECIDED[0]) / (DECIDED[1] - DECIDED[0]), 0, 1)
    assert np.abs(flow.shown - decided).max() < 5e-3
    assert float(picture.min()) >= -1
    assert FlowRenderer(networks, ana).render(motion, None)[0].shape == (ana.size, ana.size, 3)


@pytest.mark.slow
def test_a_whole_training_goes_on_where_it_was_and_ends_in_a_renderer(
    tmp_path: Path, ana: Bundle
) -> None:
    made, folders = tmp_path / "made", ["--albums", str(tmp_path / "albums")]
    begin = ["train", "autoencoder", "--recipe", "tiny", "--out", str(tmp_path)]
    visavis(*begin, *folders, "--device", "cpu", "--export", str(made))
    run = tmp_path / "tiny"
    assert (run / "sheet-drawn.png").stat().st_size > 1_000
    assert FlowRenderer.of(made, ana).render(ARKIT58.rest, None)[0].std() > 10
    assert FlowNetworks(made).parts is not None
    assert json.loads((made / "config.json").read_text())["evaluation"]["drawn"]["people"] == 1
    stages = ("autoencoder-done", "parts-done")
    before = [torch.load(run / f"{stage}.pt", weights_only=True)["network"] for stage in stages]
    for stage in stages:
        (run / f"{stage}.pt").unlink()
    visavis("train", "autoencoder", "--resume", str(run), *folders, "--device", "cpu")
    for stage, weights in zip(stages, before, strict=True):
        again = torch.load(run / f"{stage}.pt", weights_only=True)["network"]
        assert all(torch.equal(value, again[name]) for name, value in weights.items())
