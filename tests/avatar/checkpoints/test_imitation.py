"""Random weights under the official names: the very names, and numbers that stay numbers."""

import json
from math import prod
from pathlib import Path

import pytest
import torch
from torch import Tensor

from avatar.checkpoints.imitation import SMALL, Imitation, write_imitation
from avatar.checkpoints.layout import Shapes, autoencoder_shapes, flow_shapes, speech_shapes
from avatar.checkpoints.official import SPEECH
from avatar.checkpoints.package import OfficialNetworks, convert, read_official
from avatar.checkpoints.tensors import read_tensors
from avatar.errors import MediaError
from avatar.nn.forcing_reference import ReferenceState, next_block
from avatar.nn.forcing_stream import Guidance, Heard

OFFICIAL = Path(__file__).parents[4] / "shared" / "golden" / "official_state_dict.json"
"""All names and shapes, where they are at hand."""

WHOLE = Imitation()

pytestmark = pytest.mark.xdist_group("transformers")


@pytest.fixture(scope="module")
def networks(imitation: Path, tmp_path_factory: pytest.TempPathFactory) -> OfficialNetworks:
    out = tmp_path_factory.mktemp("out") / "converted"
    convert(imitation, out)
    return read_official(out)


def speech_as_inside() -> Shapes:
    """wav2vec 2.0 as a model of today names it inside of the flow file."""
    shapes = {
        SPEECH + name.removeprefix("wav2vec2."): shape
        for name, shape in speech_shapes(WHOLE.speech).items()
        if name.startswith("wav2vec2.")
    }
    kernel = f"{SPEECH}encoder.pos_conv_embed.conv."
    for index, name in enumerate(("weight_g", "weight_v")):
        shapes[f"{kernel}parametrizations.weight.original{index}"] = shapes.pop(kernel + name)
    return shapes


def test_there_are_as_many_names_and_numbers_as_in_the_official_model() -> None:
    def counts(shapes: Shapes) -> tuple[int, int]:
        weights = [shape for name, shape in shapes.items() if not name.endswith(("mask", "kernel"))]
        return len(weights), sum(prod(shape) for shape in weights)

    inner, flow = autoencoder_shapes(WHOLE.autoencoder), flow_shapes(WHOLE.forcing)
    assert counts(inner) == (177, 45_239_560)
    assert counts(flow) == (146 + 4, 148_764_160 + 4_720_128)
    assert counts(speech_as_inside()) == (211, 94_371_712)
    assert len(inner) + len(flow) == 177 + 146 + 4 + 37
    assert inner["motion_autoencoder.dec.convs.6.conv.weight"] == (1, 256, 512, 3, 3)
    assert flow["flow_transformer.blocks.7.cross_attn.kv.bias"] == (2048,)


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the list of names is not at hand")
def test_names_and_shapes_are_those_of_the_official_model() -> None:
    told = json.loads(OFFICIAL.read_text())
    wanted = {
        name: tuple(x) for name, x in (told["parameters"] | told["persistent_buffers"]).items()
    }
    made = autoencoder_shapes(WHOLE.autoencoder) | flow_shapes(WHOLE.forcing) | speech_as_inside()
    assert made == wanted


def test_the_same_seed_makes_the_same_weights(imitation: Path, tmp_path: Path) -> None:
    for seed, same in ((5, True), (6, False)):
        write_imitation(tmp_path / str(seed), SMALL, seed)
        made = (tmp_path / str(seed) / "motion_autoencoder.pth").read_bytes()
        assert (made == (imitation / "motion_autoencoder.pth").read_bytes()) is same
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(MediaError, match="cannot be written there"):
        write_imitation(blocked, SMALL)
    before = (tmp_path / "5" / "flow_transformer.pth").read_bytes()
    with pytest.raises(MediaError, match=r"motion_autoencoder\.pth is there already"):
        write_imitation(tmp_path / "5", SMALL, seed=6)
    assert (tmp_path / "5" / "flow_transformer.pth").read_bytes() == before


def test_numbers_stay_of_order_one_from_sound_to_pictures(networks: OfficialNetworks) -> None:
    model, seconds = networks.model, 4
    assert networks.speech is not None
    torch.manual_seed(3)
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        heard = model.projection(networks.speech(torch.randn(1, seconds * 16_000), seconds * 25))
        identity, features = model.autoencoder.encode_identity(picture)
        rest = model.autoencoder.motion_of(identity)
    motion = rest[:, None].expand(-1, seconds * 25, -1)
    told = Heard(heard, heard.flip(1), motion)
    latents: list[Tensor] = []
    state: ReferenceState | None = None
    for length in (50, 10, 10, 10):
        noise = torch.randn(1, length, 32)
        made, state = next_block(model, noise, told, rest, Guidance(), state)
        latents.append(made)
    moved = torch.cat(latents, 1)
    with torch.inference_mode():
        drawn = model.autoencoder.decode(identity, moved[0, -4:], features).picture
    for name, numbers in {"sound": heard, "identity": identity, "motion": moved}.items():
        assert 0.1 < float(numbers.std()) < 3, name
    assert 0.05 < float(drawn.std()) < 1
    assert float((drawn[0] - drawn[3]).abs().mean()) > 0.01
    assert float(moved[:, -10:].std()) < 1.5 * float(moved[:, :50].std())


def test_every_weight_that_counts_is_not_nothing(imitation: Path) -> None:
    tensors = read_tensors(imitation / "flow_transformer.pth")
    for name, x in tensors.items():
        assert float(x.float().abs().amax()) > 0.01, name
