"""Where models are looked for that a person has put on this machine. Nothing here downloads."""

import os
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_data_path

FOLDER_VARIABLE = "VISAVIS_MODELS"
"""Environment variable that names the folder of models."""

WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json")
"""Files that faster-whisper cannot do without; without the last it would download."""

VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""One of them is needed; the second is of older conversions."""

WHISPER_PREFERENCE = ("small", "base", "tiny")
"""Names to look for in a folder's, best first; the rest come behind in the order of names."""


def models_folder() -> Path:
    """The folder that VISAVIS_MODELS names, or `models` in the user's data folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else user_data_path("visavis") / "models"


def whisper_folder() -> Path:
    """Where folders of Whisper models are."""
    return models_folder() / "whisper"


def piper_folder() -> Path:
    """Where Piper voices are: `.onnx` files with their `.onnx.json`."""
    return models_folder() / "piper"


def missing_whisper_files(folder: Path) -> tuple[str, ...]:
    """Names of files that a folder lacks to be a model of faster-whisper."""
    missing = [name for name in WHISPER_FILES if not _has_content(folder / name)]
    if not any(_has_content(folder / name) for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    return tuple(missing)


def find_whisper(name: str | None = None) -> Path | None:
    """Folder of a whole Whisper model: ours, or else one in Hugging Face's cache.

    `name` is that of a model, such as `base.en`, or a folder; None takes the best.
    """
    if name is not None and Path(name).expanduser().is_dir():
        return Path(name).expanduser()
    cached = _hub_cache().glob(f"models--Systran--faster-whisper-{name or '*'}/snapshots/*")
    if name is not None:
        here = [folder for folder in (whisper_folder() / name, *cached) if folder.is_dir()]
        return next((folder for folder in here if not missing_whisper_files(folder)), None)
    for place in (_folders(whisper_folder()), cached):
        whole = [folder for folder in place if not missing_whisper_files(folder)]
        if whole:
            return min(whole, key=_preference)
    return None


def find_piper(name: str | None = None) -> Path | None:
    """A Piper voice: ours, or else one in Hugging Face's cache.

    `name` is that of a voice, such as `en_US-lessac-medium`, or a file; None takes the first.
    """
    if name is not None and Path(name).expanduser().is_file():
        return Path(name).expanduser()
    pattern = f"{name or '*'}.onnx"
    cached = _hub_cache().glob(f"models--rhasspy--piper-voices/snapshots/*/**/{pattern}")
    for place in (piper_folder().glob(pattern), cached):
        whole = [model for model in place if _is_piper(model)]
        if whole:
            return min(whole)
    return None


def find_landmarker() -> Path | None:
    """The model of MediaPipe's FaceLandmarker."""
    model = models_folder() / "face_landmarker.task"
    return model if _has_content(model) else None


def _folders(place: Path) -> Iterable[Path]:
    return (folder for folder in place.glob("*") if folder.is_dir())


def _is_piper(model: Path) -> bool:
    return _has_content(model) and _has_content(Path(f"{model}.json"))


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _preference(folder: Path) -> tuple[int, str]:
    parts = "/".join(folder.parts[-3:])
    ranks = [rank for rank, name in enumerate(WHISPER_PREFERENCE) if name in parts]
    return min(ranks, default=len(WHISPER_PREFERENCE)), str(folder)


def _hub_cache() -> Path:
    """Hugging Face's cache, by the variables that its library reads."""
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME", "~/.cache/huggingface")
    return Path(home).expanduser() / "hub"
