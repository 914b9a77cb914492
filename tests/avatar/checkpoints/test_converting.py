"""From the official files to ours: whatever is around the names, and once."""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from avatar.checkpoints.converted import counted, is_converted, read_card
from avatar.checkpoints.converting import convert
from avatar.checkpoints.imitation import SMALL
from avatar.checkpoints.package import OfficialNetworks, read_official
from avatar.checkpoints.sizes import Untold
from avatar.checkpoints.tensors import read_tensors
from avatar.errors import DataError, MediaError

pytestmark = pytest.mark.xdist_group("transformers")

CODER, FLOW = "motion_autoencoder.pth", "flow_transformer.pth"
SPEECH = "wav2vec2-base-960h"
PLACES = "wav2vec2.encoder.pos_conv_embed.conv."


def weights(networks: OfficialNetworks) -> dict[str, Tensor]:
    assert networks.speech is not None
    spoken = {f"speech.{name}": x for name, x in networks.speech.state_dict().items()}
    return {**networks.model.state_dict(), **spoken}


def same(one: OfficialNetworks, other: OfficialNetworks) -> bool:
    first, second = weights(one), weights(other)
    assert set(first) == set(second)
    return all(torch.equal(x, second[name]) for name, x in first.items())


@pytest.fixture(scope="module")
def networks(imitation: Path, tmp_path_factory: pytest.TempPathFactory) -> OfficialNetworks:
    out = tmp_path_factory.mktemp("out") / "converted"
    convert(imitation, out)
    return read_official(out)


def test_sizes_weights_and_sources_are_kept(networks: OfficialNetworks, imitation: Path) -> None:
    assert networks.model.autoencoder.config == SMALL.autoencoder
    assert networks.model.config == SMALL.forcing
    assert networks.speech is not None
    assert networks.speech.config == SMALL.speech
    assert networks.licence == "CC BY-NC 4.0"
    assert networks.card.speech_licence == "Apache-2.0"
    first = networks.card.sources[0]
    content = (imitation / CODER).read_bytes()
    assert (first.name, first.bytes) == (CODER, len(content))
    assert first.sha256 == sha256(content).hexdigest()
    told = read_tensors(imitation / FLOW)
    kept = networks.model.state_dict()["transformer.blocks.1.widen.weight"]
    assert torch.equal(kept, told["flow_transformer.blocks.1.mlp.fc1.weight"])
    assert not any(x.requires_grad for x in networks.model.parameters())
    assert not networks.model.training
    counts = counted(networks.folder, networks.card)
    whole = sum(x.numel() for x in networks.model.parameters())
    assert counts["autoencoder"] + counts["generator"] == whole


def test_filters_are_there_though_no_file_holds_them(networks: OfficialNetworks) -> None:
    kernels = [x for name, x in networks.model.named_buffers() if name.endswith("kernel")]
    assert len(kernels) > 8
    assert {round(float(x.sum()), 6) for x in kernels} == {1.0, 4.0}


def test_lengths_and_directions_become_one_kernel(
    networks: OfficialNetworks, imitation: Path
) -> None:
    told = load_file(imitation / SPEECH / "model.safetensors")
    kernel = weights(networks)["speech.encoder.pos_conv_embed.conv.weight"]
    lengths = kernel.square().sum((0, 1)).sqrt()
    assert torch.allclose(lengths, told[f"{PLACES}weight_g"].flatten().abs(), rtol=1e-5)
    cosine = torch.cosine_similarity(
        kernel.flatten(0, 1), told[f"{PLACES}weight_v"].flatten(0, 1), dim=0
    )
    assert torch.allclose(cosine, torch.ones_like(cosine), rtol=1e-5)


def test_wrappers_nests_and_formats_do_not_matter(
    networks: OfficialNetworks, originals: Path
) -> None:
    coder, flow = read_tensors(originals / CODER), read_tensors(originals / FLOW)
    nested = {"model": {"state_dict": {f"module.{name}": x for name, x in coder.items()}}}
    torch.save({**nested, "epoch": 3, "optimizer": {"step": torch.ones(1)}}, originals / CODER)
    (originals / FLOW).unlink()
    moved = {f"_orig_mod.{name}": x for name, x in flow.items()}
    save_file(moved, originals / "flow_transformer.safetensors")
    speech = load_file(originals / SPEECH / "model.safetensors")
    (originals / SPEECH / "model.safetensors").unlink()
    for index, name in enumerate(("weight_g", "weight_v")):
        speech[f"{PLACES}parametrizations.weight.original{index}"] = speech.pop(PLACES + name)
    torch.save(speech, originals / SPEECH / "pytorch_model.bin")
    assert same(networks, read_official(originals))


def test_both_files_may_hold_anything_and_the_flow_file_counts(
    networks: OfficialNetworks, originals: Path
) -> None:
    coder, flow = read_tensors(originals / CODER), read_tensors(originals / FLOW)
    start, bias = "motion_autoencoder.dec.input.input", "encoder.layer_norm.bias"
    torch.save({name: x for name, x in coder.items() if name != start}, originals / CODER)
    inside = {
        start: coder[start] + 1,
        f"audio_encoder.wav2vec2.{bias}": torch.full((24,), 0.5),
    }
    torch.save(flow | inside, originals / FLOW)
    made = weights(read_official(originals))
    before = weights(networks)
    changed = {name for name, x in made.items() if not torch.equal(x, before[name])}
    assert changed == {"autoencoder.decoder.start", f"speech.{bias}"}
    assert read_card(originals / "converted").speech_licence == "CC BY-NC 4.0"
    assert float(made[f"speech.{bias}"].mean()) == 0.5


def test_halved_weights_become_whole_numbers_of_32_bits(originals: Path) -> None:
    flow = read_tensors(originals / FLOW)
    halved = {name: x.half() if x.is_floating_point() else x for name, x in flow.items()}
    torch.save(halved, originals / FLOW)
    made = read_official(originals).model.transformer.out.weight
    assert made.dtype == torch.float32
    assert torch.equal(made, halved["flow_transformer.final_layer.linear.weight"].float())


def test_tensors_may_be_cut_from_one(networks: OfficialNetworks, originals: Path) -> None:
    flow = read_tensors(originals / FLOW)
    whole = torch.cat([x.flatten() for x in flow.values() if x.is_floating_point()])
    at = 0
    for name, x in flow.items():
        if x.is_floating_point():
            flow[name] = whole[at : at + x.numel()].view(x.shape)
            at += x.numel()
    torch.save(flow, originals / FLOW)
    assert same(networks, read_official(originals))


def test_a_second_reading_converts_only_what_has_changed(originals: Path) -> None:
    read_official(originals)
    card = originals / "converted" / "config.json"
    os.utime(card, ns=(1, 1))
    networks = read_official(originals)
    assert networks.folder == originals / "converted"
    assert card.stat().st_mtime_ns == 1
    read_official(originals, untold=Untold(heads=4))
    assert read_official(originals, untold=Untold(heads=4)).model.config.heads == 4
    assert card.stat().st_mtime_ns > 1
    os.utime(card, ns=(1, 1))
    flow = read_tensors(originals / FLOW)
    flow["flow_transformer.final_layer.linear.bias"] += 1
    torch.save(flow, originals / FLOW)
    moved = read_official(originals, untold=Untold(heads=4)).model.transformer.out.bias
    assert torch.equal(moved, flow["flow_transformer.final_layer.linear.bias"])
    assert card.stat().st_mtime_ns > 1


def test_a_folder_that_cannot_be_written_is_converted_elsewhere(
    originals: Path, tmp_path: Path
) -> None:
    (originals / "converted").touch()
    with pytest.raises(MediaError, match="converted: cannot be written there"):
        read_official(originals)
    first = read_official(originals, tmp_path / "cache").folder
    assert first.parent == tmp_path / "cache"
    os.utime(first / "config.json", ns=(1, 1))
    assert read_official(originals, tmp_path / "cache").folder == first
    assert (first / "config.json").stat().st_mtime_ns == 1


def test_half_a_folder_is_none(originals: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert(originals, out)
    (out / "generator.safetensors").unlink()
    (out / "generator.safetensors").mkdir()
    with pytest.raises(MediaError, match=r"generator\.safetensors: cannot be written"):
        convert(originals, out)
    assert not is_converted(out)
    with pytest.raises(DataError, match=r"config\.json: a converted checkpoint was expected"):
        read_card(out)
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_what_is_wrong_with_the_files_leaves_a_conversion_as_it_was(
    originals: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    convert(originals, out)
    (originals / SPEECH / "model.safetensors").write_bytes(b"")
    with pytest.raises(DataError, match=r"model\.safetensors"):
        convert(originals, out)
    assert read_official(out).card.files["speech"] > 10_000


def test_a_folder_of_something_else_is_not_written_over(originals: Path) -> None:
    with pytest.raises(DataError, match="is of something else"):
        convert(originals, originals / SPEECH)
    assert "hidden_size" in json.loads((originals / SPEECH / "config.json").read_text())


def test_speech_may_be_left_out_when_asked_for(originals: Path, tmp_path: Path) -> None:
    shutil.rmtree(originals / SPEECH)
    with pytest.raises(DataError, match="wav2vec2-base-960h was expected"):
        convert(originals, tmp_path / "out")
    convert(originals, tmp_path / "out", speech=False)
    assert read_official(tmp_path / "out").speech is None


def test_a_mask_lets_others_read_what_was_written(networks: OfficialNetworks) -> None:
    modes = {path.stat().st_mode & 0o777 for path in networks.folder.iterdir()}
    mask = os.umask(0)
    os.umask(mask)
    assert modes == {0o666 & ~mask}
