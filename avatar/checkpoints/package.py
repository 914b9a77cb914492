"""The official networks from a folder: converted before, or as they were downloaded."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from avatar.checkpoints.converted import (
    Card,
    is_converted,
    read_card,
    read_model,
    read_speech,
)
from avatar.checkpoints.converting import convert
from avatar.checkpoints.originals import Originals, found
from avatar.checkpoints.sizes import OFFICIAL, Untold
from avatar.checkpoints.students import taught
from avatar.errors import DataError, MediaError
from avatar.nn.forcing_stream import ONE_STEP, ForcingModel, Guidance
from avatar.nn.speech_encoder import SpeechEncoder

__all__ = ["OfficialNetworks", "convert", "read_official"]

CONVERTED = "converted"
"""The folder inside of one with original files."""


@dataclass(frozen=True, slots=True, eq=False)
class OfficialNetworks:
    """Networks on the CPU, ready to be asked but not to be trained.

    `speech` is None where the checkpoint has none: features must come from elsewhere then.
    `guidance` is how the model is sampled: in one step where it is a student's.
    `licence` is that of the weights. `folder` is where they were read.
    """

    model: ForcingModel
    speech: SpeechEncoder | None
    licence: str
    folder: Path
    card: Card
    guidance: Guidance


def read_official(
    folder: Path, cache: Path | None = None, untold: Untold = OFFICIAL, *, student: bool = True
) -> OfficialNetworks:
    """Read a converted folder, or one with the original files; with its student if there is one.

    Original files are converted once, into the folder `converted` inside of theirs, or into one
    inside of `cache` where theirs cannot be written; and again when they have changed.

    Raises DataError for what is missing or does not fit, and MediaError when nothing can be
    written.
    """
    place = folder if is_converted(folder) else _prepared(folder, cache, untold)
    card = read_card(place)
    model = read_model(place, card)
    one_step = student and taught(place, card, model)
    return OfficialNetworks(
        model=model,
        speech=read_speech(place, card),
        licence=card.licence,
        folder=place,
        card=card,
        guidance=ONE_STEP if one_step else Guidance(),
    )


def _prepared(folder: Path, cache: Path | None, untold: Untold) -> Path:
    """Where the original files of a folder are converted."""
    originals = found(folder)
    places = [folder / CONVERTED]
    if cache is not None:
        name = sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
        places.append(cache / f"official-{name[:16]}")
    for place in places:
        if _is_current(place, originals, untold):
            return place
    for place in places[:-1]:
        try:
            convert(folder, place, untold)
        except MediaError:
            continue
        return place
    convert(folder, places[-1], untold)
    return places[-1]


def _is_current(place: Path, originals: Originals, untold: Untold) -> bool:
    """Whether a folder holds these very files, converted as it is wished."""
    if not is_converted(place):
        return False
    try:
        card = read_card(place)
    except DataError:
        return False
    told = Untold(card.forcing.heads, card.forcing.clip, card.forcing.block)
    return told == untold and originals.are_of(card)
