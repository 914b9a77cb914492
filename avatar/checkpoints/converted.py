"""A converted checkpoint: a folder with our names, and a card of what it is and where it is from.

`config.json` is written last, so that half a folder is none.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from avatar.autoencoder.config import AutoencoderConfig
from avatar.checkpoints.sizes import require_possible, require_range
from avatar.checkpoints.tensors import fitted, told_of, write_tensors
from avatar.checkpoints.unfilled import Unfilled
from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.nn.forcing import ForcingConfig
from avatar.nn.forcing_stream import ForcingModel
from avatar.nn.speech_encoder import SpeechConfig, SpeechEncoder

Network = TypeVar("Network", bound=nn.Module)

CARD = "config.json"
AUTOENCODER, GENERATOR, SPEECH = "autoencoder", "generator", "speech"
"""Parts, each in a `.safetensors` file of this name; the generator's names are a ForcingModel's."""
INSIDE = "autoencoder."
"""Where a ForcingModel holds its auto-encoder."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was converted. `modified` is in nanoseconds since 1970."""

    name: str
    bytes: int
    modified: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Card:
    """`config.json`. `speech_licence` is that of the speech encoder; `files` are the bytes of each
    part.
    """

    format: Literal["visavis-official"]
    version: Literal[1]
    licence: str
    speech_licence: str | None
    autoencoder: AutoencoderConfig
    forcing: ForcingConfig
    speech: SpeechConfig | None
    sources: tuple[Source, ...]
    files: dict[str, int]


def open_place(folder: Path) -> None:
    """Make a folder ready to be written; what it held before is no checkpoint any more.

    Raises MediaError when it cannot be written, and DataError when it holds something else.
    """
    card = folder / CARD
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if card.is_file() and not _is_ours(card):
            raise DataError(f"{card} is of something else: name another folder to write to")
        card.unlink(missing_ok=True)
    except OSError as error:
        raise MediaError(f"{folder}: cannot be written there ({error.strerror})") from error


def write_part(folder: Path, part: str, tensors: Mapping[str, Tensor]) -> int:
    """Write the weights of a part, and return their bytes.

    Raises MediaError when the place cannot be written.
    """
    path = folder / f"{part}.safetensors"
    write_tensors(path, tensors)
    return path.stat().st_size


def write_card(folder: Path, card: Card) -> None:
    """Write what makes a folder a checkpoint. Raises MediaError when it cannot be written."""
    with beside(folder / CARD) as place:
        place.write_bytes(TypeAdapter(Card).dump_json(card, indent=1))


def is_converted(folder: Path) -> bool:
    """Whether a folder holds a converted checkpoint, of whatever version."""
    return _is_ours(folder / CARD)


def read_card(folder: Path) -> Card:
    """Raises DataError for a folder that is no converted checkpoint, or not of this version."""
    path = folder / CARD
    try:
        with told_of(path):
            card = TypeAdapter(Card).validate_json(path.read_bytes())
            for sizes in (card.autoencoder, card.speech):
                if sizes is not None:
                    require_range(sizes)
            require_possible(card.forcing)
    except OSError as error:
        raise DataError(
            f"{path}: a converted checkpoint was expected ({error.strerror}); visavis checkpoint "
            "convert makes one"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(
            f"{path}: no card of a converted checkpoint ({place}: {first['msg']}); convert anew: "
            "visavis checkpoint convert"
        ) from error
    for part in (AUTOENCODER, GENERATOR, *([SPEECH] if card.speech else [])):
        weights = folder / f"{part}.safetensors"
        size = weights.stat().st_size if weights.is_file() else None
        if size is None or size != card.files.get(part):
            raise DataError(
                f"{weights}: {card.files.get(part)} bytes were expected, {size} are there: "
                "convert anew: visavis checkpoint convert"
            )
    return card


def counted(folder: Path, card: Card) -> dict[str, int]:
    """The parameters of each part. Raises DataError for files that are none."""
    counts: dict[str, int] = {}
    for part in card.files:
        path = folder / f"{part}.safetensors"
        try:
            with safe_open(path, "pt") as file:
                shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            raise DataError(f"{path}: weights were expected: {error}") from error
        counts[part] = sum(torch.Size(shape).numel() for shape in shapes)
    return counts


def read_model(folder: Path, card: Card) -> ForcingModel:
    """Auto-encoder and generator. Raises DataError where the files are not what the card says."""
    model = _empty(lambda: ForcingModel(card.autoencoder, card.forcing), folder)
    inner = _read(folder / f"{AUTOENCODER}.safetensors")
    weights = {f"{INSIDE}{name}": x for name, x in inner.items()}
    return _filled(model, weights | _read(folder / f"{GENERATOR}.safetensors"), folder)


def read_speech(folder: Path, card: Card) -> SpeechEncoder | None:
    """The speech encoder, where there is one. Raises DataError as `read_model` does."""
    sizes = card.speech
    if sizes is None:
        return None
    encoder = _empty(lambda: SpeechEncoder(sizes), folder)
    return _filled(encoder, _read(folder / f"{SPEECH}.safetensors"), folder)


def _empty(make: Callable[[], Network], folder: Path) -> Network:
    try:
        with Unfilled():
            return make()
    except RuntimeError as error:
        raise DataError(f"{folder / CARD}: sizes that cannot be built ({error})") from error


def _filled(network: Network, weights: Mapping[str, Tensor], folder: Path) -> Network:
    with told_of(folder):
        kept = fitted(network.state_dict(), weights)
    network.load_state_dict(kept, assign=True)
    return network.eval().requires_grad_(False)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: weights were expected: {error}") from error


def _is_ours(card: Path) -> bool:
    try:
        told = json.loads(card.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and str(told.get("format", "")).startswith("visavis-")
