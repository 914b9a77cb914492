"""Checkpoints that are none: each is refused with what is wrong, and no code in one is run."""

import json
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from avatar.checkpoints.converted import read_card
from avatar.checkpoints.converting import convert
from avatar.checkpoints.package import read_official
from avatar.checkpoints.sizes import Untold
from avatar.checkpoints.tensors import read_tensors
from avatar.errors import DataError

CODER, FLOW = "motion_autoencoder.pth", "flow_transformer.pth"
pytestmark = pytest.mark.xdist_group("transformers")

BIAS = "flow_transformer.final_layer.linear.bias"
FIXTURES = [HealthCheck.function_scoped_fixture]

Change = Callable[[dict[str, Tensor]], object]


def refusal(folder: Path, untold: Untold | None = None) -> str:
    """What converting says; wav2vec 2.0 is left out of it."""
    with pytest.raises(DataError) as raised:
        convert(folder, folder / "out", untold or Untold(), speech=False)
    assert not (folder / "out").exists()
    return str(raised.value)


def refused(read: Callable[[], object]) -> str | None:
    """What reading says, or None when it went well."""
    try:
        read()
    except DataError as error:
        return str(error)
    return None


def changed(folder: Path, name: str, change: Change) -> None:
    tensors = read_tensors(folder / name)
    change(tensors)
    torch.save(tensors, folder / name)


@pytest.fixture
def wordless(originals: Path) -> Path:
    """Without wav2vec 2.0."""
    shutil.rmtree(originals / "wav2vec2-base-960h")
    return originals


@pytest.fixture(scope="module")
def converted(imitation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wordless")
    for name in (CODER, FLOW):
        shutil.copy(imitation / name, folder)
    convert(folder, folder / "out", speech=False)
    return folder / "out"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (FLOW, lambda x: x.pop(BIAS), "missing: transformer.out.bias"),
        (FLOW, lambda x: x.update(more=torch.ones(1)), "unknown: more"),
        (FLOW, lambda x: x.update({BIAS: torch.ones(31)}), r"\(32,\) was expected, \(31,\) came"),
        (FLOW, lambda x: x[BIAS].fill_(torch.nan), "out.bias: finite numbers were expected"),
        (FLOW, lambda x: x[BIAS][3].fill_(-torch.inf), "out.bias: finite numbers were expected"),
        (FLOW, lambda x: x.update({BIAS: torch.ones(32).long()}), "out.bias: numbers were exp"),
        (
            FLOW,
            lambda x: x.update({"audio_encoder.audio_projection.0.weight": torch.ones(48, 32)}),
            r"projection\.0\.weight: \(32, 32\) was expected, \(48, 32\) came",
        ),
        (FLOW, lambda x: x.pop("flow_transformer.x_embedder.proj.weight"), "missing: flow_tr"),
        (
            FLOW,
            lambda x: x.update({"flow_transformer.x_embedder.proj.weight": torch.ones(64)}),
            r"2 axes were expected, \(64,\) came",
        ),
        (
            FLOW,
            lambda x: x.update({"flow_transformer.x_embedder.proj.weight": torch.ones(0, 64)}),
            "width: sizes above 0",
        ),
        (
            CODER,
            lambda x: x.pop("motion_autoencoder.dec.convs.6.conv.weight"),
            "a power of two and 64 pixels or more",
        ),
        (
            CODER,
            lambda x: x.update({"motion_autoencoder.dec.direction.weight": torch.ones(36, 8)}),
            "of the same latents were expected, 36 and 32",
        ),
        (CODER, lambda x: x.clear(), "tensors by name were expected, none came"),
    ],
)  # fmt: skip
def test_a_change_is_named(wordless: Path, name: str, change: Change, message: str) -> None:
    changed(wordless, name, change)
    said = refusal(wordless)
    assert re.search(message, said), said
    assert str(wordless) in said


def test_missing_and_swapped_files_are_told_apart(wordless: Path) -> None:
    (wordless / CODER).rename(wordless / "kept")
    assert "without motion_autoencoder.pth:" in refusal(wordless)
    (wordless / FLOW).rename(wordless / CODER)
    (wordless / "kept").rename(wordless / FLOW)
    assert "motion_autoencoder.pth and flow_transformer.pth are swapped" in refusal(wordless)
    shutil.copy(wordless / FLOW, wordless / CODER)
    assert "missing: flow_transformer" in refusal(wordless)
    assert "is no folder, but without" in refusal(wordless / "nowhere")


def test_heads_that_do_not_divide_are_refused(wordless: Path) -> None:
    assert "twice 5 heads" in refusal(wordless, Untold(heads=5))
    assert "heads: sizes above 0" in refusal(wordless, Untold(heads=0))
    assert "a clip of a block of 10 frames" in refusal(wordless, Untold(clip=12))


class _Runs:
    def __init__(self, ran: Path) -> None:
        self._ran = ran

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return (Path.touch, (self._ran,))


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", [CODER, FLOW, "wav2vec2-base-960h/pytorch_model.bin"])
def test_code_in_a_file_is_not_run(originals: Path, name: str, legacy: bool) -> None:
    ran = originals / "ran"
    pickle.loads(pickle.dumps(_Runs(ran)))
    assert ran.exists(), "the trap must work where it is let loose"
    ran.unlink()
    (originals / "wav2vec2-base-960h" / "model.safetensors").unlink()
    content = {"motion_autoencoder.dec.input.input": torch.ones(1), "more": _Runs(ran)}
    torch.save(content, originals / name, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(DataError, match="tensors and nothing else was expected"):
        convert(originals, originals / "out")
    (originals / name).write_bytes(pickle.dumps(_Runs(ran)))
    with pytest.raises(DataError, match="tensors and nothing else was expected") as raised:
        convert(originals, originals / "out")
    assert "weights_only=False" not in str(raised.value)
    assert not ran.exists()


def test_a_file_that_unpacks_to_more_than_it_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pth"
    torch.save({"weight": torch.zeros(1_000_000)}, tmp_path / "plain.pth")
    with (
        zipfile.ZipFile(tmp_path / "plain.pth") as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for record in plain.infolist():
            packed.writestr(record.filename, plain.read(record))
    with pytest.raises(DataError, match="compressed"):
        read_tensors(path)
    torch.save({"weight": torch.zeros(1).expand(10**12)}, path)
    with pytest.raises(DataError, match="claim to be larger than the file"):
        read_tensors(path)


def test_nests_without_an_end_are_refused(tmp_path: Path) -> None:
    endless: dict[str, Any] = {}
    endless["model"] = endless
    torch.save(endless, tmp_path / "endless.pth")
    with pytest.raises(DataError, match="none came"):
        read_tensors(tmp_path / "endless.pth")


@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURES)
@given(data=st.data())
def test_a_cut_file_is_refused(imitation: Path, tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([CODER, "wav2vec2-base-960h/model.safetensors"]))
    content = (imitation / name).read_bytes()
    path = tmp_path / f"cut{Path(name).suffix}"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(DataError, match="cut"):
        read_tensors(path)


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
@given(data=st.data())
def test_a_spoiled_file_is_read_or_refused(
    imitation: Path, tmp_path: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([CODER, "wav2vec2-base-960h/model.safetensors"]))
    content = bytearray((imitation / name).read_bytes())
    # Most bytes are weights: what tells of them lies at the ends.
    ends = st.integers(0, 20_000) | st.integers(len(content) - 20_000, len(content) - 1)
    for at in data.draw(st.lists(ends, min_size=1, max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path / f"spoiled{Path(name).suffix}"
    path.write_bytes(bytes(content))
    assert str(path) in (refused(lambda: read_tensors(path)) or str(path))


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".pth", ".bin", ".safetensors"]))
def test_noise_is_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError, match="noise"):
        read_tensors(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"do_stable_layer_norm": True}, "do_stable_layer_norm False was expected, True came"),
        ({"model_type": "hubert"}, "model_type 'wav2vec2' was expected, 'hubert' came"),
        ({"hidden_size": "wide"}, "hidden_size: Input should be a valid integer"),
        ({"num_attention_heads": 5}, "24 cannot be shared by 5 heads"),
        ({"num_hidden_layers": -1}, "num_hidden_layers: sizes above 0"),
        ({"layer_norm_eps": float("nan")}, "layer_norm_eps: sizes above 0"),
        ({"num_hidden_layers": 3}, "encoder of 48 features a frame was expected, one of 72 came"),
        ({"intermediate_size": 49}, "intermediate_dense.bias: (49,) was expected, (48,) came"),
    ],
)
def test_another_speech_encoder_is_refused(
    originals: Path, change: dict[str, Any], message: str
) -> None:
    path = originals / "wav2vec2-base-960h" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    said = refused(lambda: convert(originals, originals / "out"))
    assert said is not None
    assert str(originals) in said
    assert message in said
    for content in (b"", b"[1]", b"\xff"):
        path.write_bytes(content)
        assert str(path) in (refused(lambda: convert(originals, originals / "out")) or "")
    path.unlink()
    said = refused(lambda: convert(originals, originals / "out"))
    assert said == f"{path.parent}: config.json was expected beside model.safetensors"


def whole(card: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every place of a card."""
    inner = [card[name] for name in ("autoencoder", "forcing", "files")]
    return [(place, name) for place in (card, *inner) for name in place]


@settings(max_examples=20, deadline=None, suppress_health_check=FIXTURES)
@given(
    at=st.integers(0, 27),
    value=st.sampled_from([None, True, 0, -1, 3, 64, 10**12, 0.5, "", "x", [], {}, [[4, 16]]]),
)
def test_a_changed_card_is_read_or_refused(
    converted: Path, tmp_path: Path, at: int, value: Any
) -> None:
    card = json.loads((converted / "config.json").read_text())
    places = whole(card)
    place, name = places[at % len(places)]
    place[name] = value
    folder = tmp_path / "card"
    folder.mkdir(exist_ok=True)
    for part in ("autoencoder", "generator"):
        shutil.copy(converted / f"{part}.safetensors", folder)
    (folder / "config.json").write_text(json.dumps(card))
    assert str(folder) in (refused(lambda: read_official(folder)) or str(folder))


def test_another_version_and_a_cut_part_are_refused(converted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(converted, folder)
    weights = folder / "autoencoder.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(DataError, match=r"autoencoder\.safetensors: \d+ bytes were expected"):
        read_official(folder)
    card = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**card, "version": 2}))
    with pytest.raises(DataError, match=r"version: Input should be 1\); convert anew"):
        read_card(folder)
