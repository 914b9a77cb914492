"""Downloads models that make the conversation better, when a person asks for it and never else.

A model appears in the models folder file by file, each of them whole, the one that makes it usable
last. A lost connection is taken up again where it broke; when the program ends before the download
does, files that came whole are kept for the next time.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import file_digest
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


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on a hub; of large ones it tells the SHA-256."""

    size: int
    sha256: str | None = None


WHISPER_MEGABYTES = {"tiny": 78, "base": 148, "small": 486, "medium": 1530, "large-v3": 3090}
"""About what a model takes; the English ones take as much."""

PIPER_NAME = re.compile(r"([a-z]{2,3})_([A-Z]{2})-(\w+)-(x_low|low|medium|high)")


def whisper(name: str) -> Model:
    """A Whisper model by its name, such as `base.en`."""
    size = name.removesuffix(".en")
    return Model(
        name="whisper" if name == "base" else f"whisper:{name}",
        title=f"Whisper {name}: understands speech"
        + (" in English" if name.endswith(".en") else " in a hundred languages"),
        repository=f"Systran/faster-whisper-{name}",
        files=("config.json", "tokenizer.json", "vocabulary.*", "model.bin"),
        folder=f"whisper/{name}",
        licence="MIT",
        megabytes=WHISPER_MEGABYTES.get(size, 0),
    )


def piper(name: str) -> Model:
    """A Piper voice by its name, such as `de_DE-thorsten-medium`. Raises FetchError for others."""
    match = PIPER_NAME.fullmatch(name)
    if match is None:
        raise FetchError(
            f"{name!r} is no name of a Piper voice: language_COUNTRY-speaker-quality was expected, "
            "as in en_US-lessac-medium"
        )
    language, country, speaker, quality = match.groups()
    network = f"{language}/{language}_{country}/{speaker}/{quality}/{name}.onnx"
    return Model(
        name="piper" if name == LESSAC else f"piper:{name}",
        title=f"Piper {name}: a natural voice",
        repository="rhasspy/piper-voices",
        files=(f"{network}.json", network),
        folder="piper",
        licence="MIT; the recordings behind it have terms of their own: read MODEL_CARD there",
        megabytes=63,
    )


LESSAC = "en_US-lessac-medium"

RECOMMENDED: tuple[Model, ...] = (whisper("base"), piper(LESSAC))


class Hub(Protocol):
    """A place that models come from. Raises FetchError when it cannot be reached."""

    def files(self, repository: str) -> dict[str, RemoteFile]:
        """What every file is, by its path."""
        ...

    def download(self, repository: str, path: str, into: Path, advance: Advance) -> Path:
        """Bring one file under a folder, unless it is there already; returns where it is."""
        ...


class HuggingFaceHub:
    """The Hugging Face hub."""

    def __init__(self, endpoint: str | None = None) -> None:
        """`endpoint` None is the hub that HF_ENDPOINT names, or the public one."""
        self._endpoint = endpoint

    def files(self, repository: str) -> dict[str, RemoteFile]:
        """What every file is, by its path."""
        hub = huggingface_hub.HfApi(endpoint=self._endpoint)
        try:
            info = hub.model_info(repository, files_metadata=True)
        except (OSError, HTTPError) as error:
            raise FetchError(f"{repository} cannot be reached on Hugging Face: {error}") from error
        return {
            file.rfilename: RemoteFile(file.size or 0, file.lfs.sha256 if file.lfs else None)
            for file in info.siblings or ()
        }

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
        files = _wanted(model, hub.files(model.repository))
        announce(sum(file.size for file in files.values()))
        staging = models_folder() / STAGING / model.name.replace(":", "-")
        staging.mkdir(parents=True, exist_ok=True)
        came = [_downloaded(model, hub, path, files[path], staging, advance) for path in files]
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


def named(name: str) -> Sequence[Model]:
    """All models for `recommended`, one for `whisper`, `piper` or `whisper:NAME`, `piper:NAME`.

    Raises FetchError for others.
    """
    kind, _, which = name.partition(":")
    makers = {"whisper": (whisper, "base"), "piper": (piper, LESSAC)}
    if name == "recommended":
        return RECOMMENDED
    if kind in makers:
        make, usual = makers[kind]
        return (make(which or usual),)
    raise FetchError(
        f"there is no model {name!r} to fetch; known: recommended, whisper:NAME such as "
        f"whisper:base.en, piper:NAME such as piper:{LESSAC}"
    )


def _wanted(model: Model, files: dict[str, RemoteFile]) -> dict[str, RemoteFile]:
    """Files that match the patterns, in their order. Raises FetchError when one matches none."""
    wanted: dict[str, RemoteFile] = {}
    for pattern in model.files:
        matching = {path: file for path, file in files.items() if fnmatch(path, pattern)}
        if not matching:
            raise FetchError(f"{model.repository} has no file {pattern} any more")
        wanted |= matching
    return wanted


def _downloaded(
    model: Model, hub: Hub, path: str, file: RemoteFile, staging: Path, advance: Advance
) -> Path:
    place = hub.download(model.repository, path, staging, advance)
    came = place.stat().st_size
    if came != file.size or not came:
        place.unlink()
        state = f"should have {file.size} bytes and has {came}" if file.size else "is empty"
        raise FetchError(f"{path} {state}; fetch it again")
    if file.sha256 is not None and _sha256(place) != file.sha256:
        place.unlink()
        raise FetchError(f"{path} is not what the hub has: its SHA-256 differs; fetch it again")
    return place


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


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
