from pathlib import Path

import pytest

from agent.services.models import (
    find_piper,
    find_whisper,
    missing_whisper_files,
    models_folder,
    piper_folder,
    whisper_folder,
)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("content")
    return folder


def fill_whisper(folder: Path) -> Path:
    return fill(folder, "model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


def test_the_folder_is_the_named_one_or_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert models_folder() == tmp_path / "models"
    monkeypatch.delenv("VISAVIS_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert models_folder() == tmp_path / "data" / "visavis" / "models"


def test_nothing_is_found_where_nothing_is() -> None:
    assert find_whisper() is None
    assert find_piper() is None


def test_half_a_model_is_none() -> None:
    folder = fill(whisper_folder() / "base", "model.bin", "config.json", "vocabulary.json")
    assert missing_whisper_files(folder) == ("tokenizer.json",)
    assert find_whisper() is None
    (folder / "tokenizer.json").touch()
    assert find_whisper() is None
    (folder / "tokenizer.json").write_text("{}")
    assert find_whisper() == folder


def test_the_better_model_is_taken() -> None:
    fill_whisper(whisper_folder() / "tiny")
    fill_whisper(whisper_folder() / "another")
    better = fill_whisper(whisper_folder() / "faster-whisper-base")
    assert find_whisper() == better


def test_hugging_faces_cache_comes_second(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    cached = fill_whisper(hub / "models--Systran--faster-whisper-base" / "snapshots" / "1a2b")
    assert find_whisper() == cached
    ours = fill_whisper(whisper_folder() / "tiny")
    assert find_whisper() == ours


def test_a_piper_voice_needs_its_description(tmp_path: Path) -> None:
    folder = fill(piper_folder(), "b.onnx", "a.onnx", "b.onnx.json")
    assert find_piper() == folder / "b.onnx"
    (folder / "b.onnx.json").unlink()
    assert find_piper() is None
    snapshot = tmp_path / "hub" / "models--rhasspy--piper-voices" / "snapshots" / "1a2b"
    cached = fill(snapshot / "en" / "en_US", "c.onnx", "c.onnx.json")
    assert find_piper() == cached / "c.onnx"
