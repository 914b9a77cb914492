"""Downloads models that make the conversation better, when a person asks for it and never else.

A model appears in the models folder file by file, each of them whole, the one that makes it usable
last. A lost connection is taken up again where it broke; when the program ends before the download
does, files that came whole are kept for the next time.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import huggingface_hub
from httpx2 import HTTPError
from huggingface_hub.errors import XetDownloadError
from tqdm.std import tqdm

from agent.services.models import models_folder
from avatar.errors import VisavisError

STAGING = ".fetching"
"""Folder in the models folder for what is not whole yet."""

Advance = Callable[[float], None]
"""Told how many more bytes have come."""


class FetchError(VisavisError):
    """A model cannot be downloaded."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model on the Hugging Face hub.

    `files` are patterns of paths in `repository`, the file that makes the model usable last.
    `folder` is where they go in the models folder, `megabytes` about what they take.
    """

    name: str
    title: str
    repository: str
    files: tuple[str, ...]
    folder: str
    licence: str
    megabytes: int

    @property
    def page(self) -> str:
        """Where a person can download the files."""
        return f"https://huggingface.co/{self.repository}/tree/main"

    @property
    def place(self) -> Path:
        """Where the files go."""
        return models_folder() / self.folder

    @property
    def there(self) -> bool:
        """Whether all files are there already."""
        return all(any(self.place.glob(PurePosixPath(pattern).name)) for pattern in self.files)


LESSAC = "en/en_US/lessac/medium/en_US-lessac-medium.onnx"

RECOMMENDED: tuple[Model, ...] = (
    Model(
        name="whisper",
        title="Whisper base: understands speech in a hundred languages",
        repository="Systran/faster-whisper-base",
        files=("config.json", "tokenizer.json", "vocabulary.*", "model.bin"),
        folder="whisper/base",
        licence="MIT",
        megabytes=148,
    ),
    Model(
        name="piper",
        title="Piper en_US-lessac-medium: a natural American voice",
        repository="rhasspy/piper-voices",
        files=(f"{LESSAC}.json", LESSAC),
        folder="piper",
        licence="MIT; the recordings behind it have terms of their own: read MODEL_CARD there",
        megabytes=63,
    ),
)


class Hub(Protocol):
    """A place that models come from. Raises FetchError when it cannot be reached."""

    def sizes(self, repository: str) -> dict[str, int]:
        """Bytes of every file by its path."""
        ...

    def download(self, repository: str, path: str, into: Path, advance: Advance) -> Path:
        """Bring one file under a folder, unless it is there already; returns where it is."""
        ...


class HuggingFaceHub:
    """The Hugging Face hub."""

    def __init__(self, endpoint: str | None = None) -> None:
        """`endpoint` None is the hub that HF_ENDPOINT names, or the public one."""
        self._endpoint = endpoint

    def sizes(self, repository: str) -> dict[str, int]:
        """Bytes of every file by its path."""
        hub = huggingface_hub.HfApi(endpoint=self._endpoint)
        try:
            info = hub.model_info(repository, files_metadata=True)
        except (OSError, HTTPError) as error:
            raise FetchError(f"{repository} cannot be reached on Hugging Face: {error}") from error
        return {file.rfilename: file.size or 0 for file in info.siblings or ()}

    def download(self, repository: str, path: str, into: Path, advance: Advance) -> Path:
        """Bring one file under a folder, unless it is there already; returns where it is."""
        try:
            place = huggingface_hub.hf_hub_download(
                repository,
                path,
                local_dir=into,
                endpoint=self._endpoint,
                tqdm_class=_bar_class(advance),
            )
        except (OSError, HTTPError, XetDownloadError) as error:
            raise FetchError(f"{repository}/{path} could not be downloaded: {error}") from error
        return Path(str(place))


def fetch(model: Model, hub: Hub, announce: Callable[[int], None], advance: Advance) -> None:
    """Download a model into its place; `announce` is told its bytes before the first comes.

    Raises:
        FetchError: the hub cannot be reached or gave something else; says how to copy by hand.
    """
    try:
        sizes = _wanted(model, hub.sizes(model.repository))
        announce(sum(sizes.values()))
        staging = models_folder() / STAGING / model.name
        staging.mkdir(parents=True, exist_ok=True)
        came = [_downloaded(model, hub, path, sizes[path], staging, advance) for path in sizes]
        model.place.mkdir(parents=True, exist_ok=True)
        for file in came:
            file.replace(model.place / file.name)
        shutil.rmtree(staging)
    except FetchError as error:
        raise FetchError(f"{error}\n{by_hand(model)}") from error
    except OSError as error:
        raise FetchError(
            f"{models_folder()} cannot be written ({error}); make room there or let VISAVIS_MODELS "
            "name another folder"
        ) from error


def by_hand(model: Model) -> str:
    """What to do without a connection."""
    names = " ".join(PurePosixPath(pattern).name for pattern in model.files)
    return (
        f"To do it by hand, download {', '.join(model.files)} from {model.page} on a machine that "
        f"can, then:\nmkdir -p {model.place} && cp {names} {model.place}/"
    )


def recommended(name: str) -> Sequence[Model]:
    """All models for `recommended`, or the one of that name. Raises FetchError for others."""
    chosen = [model for model in RECOMMENDED if name in ("recommended", model.name)]
    if not chosen:
        names = ", ".join(model.name for model in RECOMMENDED)
        raise FetchError(f"there is no model {name!r} to fetch; known: recommended, {names}")
    return chosen


def _wanted(model: Model, sizes: dict[str, int]) -> dict[str, int]:
    """Files that match the patterns, in their order. Raises FetchError when one matches none."""
    wanted: dict[str, int] = {}
    for pattern in model.files:
        matching = {path: size for path, size in sizes.items() if fnmatch(path, pattern)}
        if not matching:
            raise FetchError(f"{model.repository} has no file {pattern} any more")
        wanted |= matching
    return wanted


def _downloaded(
    model: Model, hub: Hub, path: str, size: int, staging: Path, advance: Advance
) -> Path:
    place = hub.download(model.repository, path, staging, advance)
    came = place.stat().st_size
    if came != size or not came:
        place.unlink()
        state = f"should have {size} bytes and has {came}" if size else "is empty"
        raise FetchError(f"{path} {state}; fetch it again")
    return place


def _bar_class(advance: Advance) -> type[Any]:
    """A progress bar for the hub's library that draws nothing and passes on what it counts."""

    class Bar(tqdm):
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **{**settings, "disable": False})
            advance(self.n)

        def update(self, n: float | None = 1) -> bool | None:
            advance(n or 0)
            return super().update(n)

        def display(self, *_: Any, **__: Any) -> None:
            """Draw nothing."""

    return Bar
