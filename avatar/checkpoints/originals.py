"""The files of the official checkpoints as they are downloaded, and where they are found."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from avatar.checkpoints.converted import Card, Source
from avatar.errors import DataError

AUTOENCODER_FILE, FLOW_FILE = "motion_autoencoder", "flow_transformer"
SUFFIXES = (".pth", ".pt", ".safetensors")
SPEECH_FOLDER = "wav2vec2-base-960h"
SPEECH_FILES = ("model.safetensors", "pytorch_model.bin")
SPEECH_CONFIG = "config.json"


@dataclass(frozen=True, slots=True)
class Originals:
    """Files in a folder; `speech` are the weights of wav2vec 2.0, beside their `config.json`."""

    folder: Path
    autoencoder: Path
    flow: Path
    speech: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that is read."""
        speech = () if self.speech is None else (self.speech, self.speech.parent / SPEECH_CONFIG)
        return (self.autoencoder, self.flow, *speech)

    def sources(self) -> tuple[Source, ...]:
        """What is written down of the files. Raises DataError for one that cannot be read."""
        return tuple(self._source(path) for path in self.files)

    def are_of(self, card: Card) -> bool:
        """Whether these are the files that were converted, by their sizes and times."""
        return list(self._stamps()) == [(at.name, at.bytes, at.modified) for at in card.sources]

    def _stamps(self) -> Iterator[tuple[str, int, int]]:
        for path in self.files:
            at = path.stat()
            yield str(path.relative_to(self.folder)), at.st_size, at.st_mtime_ns

    def _source(self, path: Path) -> Source:
        try:
            at = path.stat()
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DataError(f"{path}: cannot be read ({error.strerror})") from error
        return Source(str(path.relative_to(self.folder)), at.st_size, at.st_mtime_ns, digest)


def found(folder: Path) -> Originals:
    """Raises DataError that says which files are missing, and how they are called."""
    autoencoder, flow = _weights(folder, AUTOENCODER_FILE), _weights(folder, FLOW_FILE)
    missing = [
        f"{name}.pth"
        for name, path in ((AUTOENCODER_FILE, autoencoder), (FLOW_FILE, flow))
        if path is None
    ]
    if autoencoder is None or flow is None:
        state = "is there" if folder.is_dir() else "is no folder"
        raise DataError(
            f"{folder} {state}, but without {' and '.join(missing)}: a folder with "
            f"{AUTOENCODER_FILE}.pth, {FLOW_FILE}.pth and {SPEECH_FOLDER}/ was expected "
            "(docs/models.md says where they are), or a converted one"
        )
    return Originals(folder, autoencoder, flow, _speech(folder / SPEECH_FOLDER))


def _weights(folder: Path, name: str) -> Path | None:
    paths = (folder / f"{name}{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


def _speech(folder: Path) -> Path | None:
    paths = (folder / name for name in SPEECH_FILES)
    weights = next((path for path in paths if path.is_file()), None)
    if weights is not None and not (folder / SPEECH_CONFIG).is_file():
        raise DataError(f"{folder}: {SPEECH_CONFIG} was expected beside {weights.name}")
    return weights
