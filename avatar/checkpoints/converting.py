"""From the official files to a folder with our names, once."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from avatar.checkpoints import wav2vec
from avatar.checkpoints.converted import (
    AUTOENCODER,
    GENERATOR,
    INSIDE,
    SPEECH,
    Card,
    open_place,
    write_card,
    write_part,
)
from avatar.checkpoints.official import BEFORE, arranged
from avatar.checkpoints.official import SPEECH as SPEECH_INSIDE
from avatar.checkpoints.originals import (
    AUTOENCODER_FILE,
    FLOW_FILE,
    SPEECH_CONFIG,
    SPEECH_FOLDER,
    Originals,
    found,
)
from avatar.checkpoints.sizes import OFFICIAL, Untold, sizes
from avatar.checkpoints.tensors import fitted, read_tensors, told_of
from avatar.checkpoints.unfilled import Unfilled
from avatar.errors import DataError
from avatar.nn.forcing_stream import ForcingModel
from avatar.nn.speech_encoder import SpeechConfig, SpeechEncoder

LICENCE = "CC BY-NC 4.0"
"""Of the released weights: nothing commercial may be done with them."""
SPEECH_LICENCE = "Apache-2.0"


def convert(folder: Path, out: Path, untold: Untold = OFFICIAL, *, speech: bool = True) -> Card:
    """Convert the official files in `folder` to `out`, and return the card of what is there then.

    Without `speech`, wav2vec 2.0 may be missing. Raises DataError for what is missing, unknown,
    misshapen, not finite or no checkpoint, and MediaError when `out` cannot be written.
    """
    originals = found(folder)
    tensors, inside = _read_both(originals)
    config = _speech_config(originals, inside, speech=speech)
    with told_of(folder):
        autoencoder, forcing = sizes(tensors, untold)
        with Unfilled():
            wanted = ForcingModel(autoencoder, forcing).state_dict()
        parts = _parts(arranged(wanted, tensors))
        if config is not None:
            parts[SPEECH] = _speech(originals, inside, config, forcing.features)
    del tensors
    sources = originals.sources()
    open_place(out)
    card = Card(
        format="visavis-official",
        version=1,
        licence=LICENCE,
        speech_licence=None if config is None else LICENCE if inside else SPEECH_LICENCE,
        autoencoder=autoencoder,
        forcing=forcing,
        speech=config,
        sources=sources,
        files={part: write_part(out, part, weights) for part, weights in parts.items()},
    )
    write_card(out, card)
    return card


def _parts(ours: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    inner = [name for name in ours if name.startswith(INSIDE)]
    return {
        AUTOENCODER: {name.removeprefix(INSIDE): ours.pop(name) for name in inner},
        GENERATOR: ours,
    }


def _read_both(originals: Originals) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What both files hold, the flow file counting more, and of it the speech encoder apart."""
    first, second = (_named(path) for path in (originals.autoencoder, originals.flow))
    if _roots(first) == {FLOW_FILE} and _roots(second) == {AUTOENCODER_FILE}:
        raise DataError(
            f"{originals.autoencoder} and {originals.flow.name} are swapped: each holds what the "
            "other should; give each the other's name"
        )
    tensors = first | second
    inside = {name: tensors.pop(name) for name in list(tensors) if name.startswith(SPEECH_INSIDE)}
    return tensors, inside


def _named(path: Path) -> dict[str, Tensor]:
    return {BEFORE.sub("", name): x for name, x in read_tensors(path).items()}


def _roots(tensors: Mapping[str, Tensor]) -> set[str]:
    """Which networks tensors belong to; the projection of audio may lie with either."""
    return {name.partition(".")[0] for name in tensors} - {"audio_encoder"}


def _speech_config(
    originals: Originals, inside: Mapping[str, Tensor], *, speech: bool
) -> SpeechConfig | None:
    path = originals.folder / SPEECH_FOLDER / SPEECH_CONFIG
    if originals.speech is not None or (inside and path.is_file()):
        return wav2vec.read_config(path)
    if inside:
        return SpeechConfig()
    if speech:
        raise DataError(
            f"{path.parent}: wav2vec2-base-960h was expected, with config.json and "
            "model.safetensors (https://huggingface.co/facebook/wav2vec2-base-960h)"
        )
    return None


def _speech(
    originals: Originals, inside: Mapping[str, Tensor], config: SpeechConfig, features: int
) -> dict[str, Tensor]:
    if config.features != features:
        raise DataError(
            f"a speech encoder of {features} features a frame was expected, one of "
            f"{config.features} came"
        )
    outside = {} if originals.speech is None else read_tensors(originals.speech)
    with Unfilled():
        wanted = SpeechEncoder(config).state_dict()
    return fitted(wanted, wav2vec.merged(outside, inside))
