"""The official network's numbers, and files that are not what they should be."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from avatar.checkpoints.official import load_official, our_name
from avatar.checkpoints.replay import Recording, built, errors, read_recording
from avatar.checkpoints.tensors import read_tensors
from avatar.errors import DataError
from tests.pipelines.cli.command import visavis

GOLDEN = Path(__file__).parents[2] / "golden" / "official_tiny"
"""A run with random weights: tensors of a tiny configuration, and what came of them."""

BOUNDS = {"stream.latents": 1e-5, "dec.": 2e-5, "stream.frame": 2e-5, "stream.video": 2e-5}
MODULES = 5e-6
ROUNDED = 1 / 255
"""Of pictures in whole numbers one step may differ."""


@pytest.fixture(scope="module")
def recording() -> Recording:
    return read_recording(GOLDEN)


def test_every_recorded_array_is_computed_here(recording: Recording) -> None:
    found = errors(recording)
    assert set(found) == set(recording.outputs)
    for name, error in found.items():
        bound = next((most for begin, most in BOUNDS.items() if name.startswith(begin)), MODULES)
        assert error < (ROUNDED if name.endswith("u8") else bound), name


def test_the_command_ends_with_the_errors(recording: Recording) -> None:
    said = visavis("checkpoint", "verify", str(GOLDEN), "--json").stdout
    told = json.loads(said.splitlines()[-1])["relative_rms"]
    assert set(told) == set(recording.outputs)
    assert max(error for name, error in told.items() if not name.endswith("u8")) < 1e-5


def test_a_wrong_weight_is_seen(recording: Recording) -> None:
    state = dict(recording.state)
    name = "flow_transformer.blocks.1.attn.proj.bias"
    state[name] = state[name] + 0.01
    wrong = Recording(state, recording.inputs, recording.outputs, recording.settings)
    assert errors(wrong)["stream.latents"] > 1e-4


def test_names_are_found_behind_prefixes_and_in_nests(recording: Recording, tmp_path: Path) -> None:
    nested = {"state_dict": {f"module.{name}": x for name, x in recording.state.items()}}
    torch.save(nested, tmp_path / "nested.pth")
    save_file(dict(recording.state), tmp_path / "plain.safetensors")
    for file in ("nested.pth", "plain.safetensors"):
        tensors = read_tensors(tmp_path / file)
        assert len(tensors) == len(recording.state)
        load_official(built(recording), tensors)


def test_what_is_missing_unknown_or_misshapen_is_named(recording: Recording) -> None:
    model, whole = built(recording), dict(recording.state)
    lost = {
        name: x for name, x in whole.items() if name != "motion_autoencoder.dec.direction.weight"
    }
    with pytest.raises(DataError, match=r"missing: autoencoder\.decoder\.directions"):
        load_official(model, lost)
    with pytest.raises(DataError, match=r"unknown: something\.else"):
        load_official(model, {**whole, "something.else": torch.zeros(1)})
    wide = torch.zeros(3, 48)
    with pytest.raises(
        DataError, match=r"projection\.0\.weight: \(32, 48\) was expected, \(3, 48\)"
    ):
        load_official(model, {**whole, "audio_encoder.audio_projection.0.weight": wide})
    load_official(model, {**whole, "audio_encoder.wav2vec2.masked_spec_embed": torch.zeros(9)})
    assert our_name("motion_autoencoder.dec.convs.5.activate.bias") == (
        "autoencoder.decoder.stages.2.refine.activation.bias"
    )


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("ran"),))  # pyright: ignore[reportReturnType]


def test_code_truncation_and_nonsense_are_refused(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"weight": _Runs()}, tmp_path / "code.pth")
    torch.save(dict(recording.state), tmp_path / "whole.pth")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "whole.pth").read_bytes()[:50_000])
    (tmp_path / "empty.safetensors").write_bytes(b"")
    torch.save([1, 2], tmp_path / "list.pth")
    for name in ("code.pth", "cut.pth", "empty.safetensors", "list.pth", "absent.pth"):
        with pytest.raises(DataError, match=name):
            read_tensors(tmp_path / name)
    assert not (tmp_path / "ran").exists()
    with pytest.raises(DataError, match="were expected"):
        read_recording(tmp_path)
