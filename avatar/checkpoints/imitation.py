"""Checkpoints with random weights in the official layout: all can be tried without the real ones.

The weights are such that numbers stay of order one from samples and pixels to pixels; nothing of a
face is in them.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import prod, sqrt
from pathlib import Path

import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.checkpoints.layout import Shapes, autoencoder_shapes, flow_shapes, speech_shapes
from avatar.checkpoints.originals import (
    AUTOENCODER_FILE,
    FLOW_FILE,
    SPEECH_CONFIG,
    SPEECH_FILES,
    SPEECH_FOLDER,
)
from avatar.checkpoints.tensors import write_tensors
from avatar.checkpoints.wav2vec import KIND
from avatar.errors import MediaError
from avatar.files import beside
from avatar.nn.forcing import ForcingConfig
from avatar.nn.speech_encoder import SpeechConfig


@dataclass(frozen=True, slots=True)
class Imitation:
    """The sizes of the networks; the official ones, unless others are given."""

    autoencoder: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    forcing: ForcingConfig = field(default_factory=ForcingConfig)
    speech: SpeechConfig = field(default_factory=SpeechConfig)


SMALL = Imitation(
    AutoencoderConfig(64, 32, 8, ((4, 16), (8, 16), (16, 16), (32, 16), (64, 8))),
    ForcingConfig(latent=32, width=64, depth=2, features=48),
    SpeechConfig(
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
    ),
)
"""Small enough to be tried on any machine in a second."""


def write_imitation(folder: Path, imitation: Imitation, seed: int = 0) -> None:
    """Write the official files, as they would be downloaded, with random weights.

    Raises MediaError when they cannot be written, or when there are such files already.
    """
    speech = folder / SPEECH_FOLDER
    for path in (*(folder / f"{name}.pth" for name in (AUTOENCODER_FILE, FLOW_FILE)), speech):
        if path.exists():
            raise MediaError(f"{path} is there already: name another folder to write to")
    try:
        speech.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{folder}: cannot be written there ({error.strerror})") from error
    noise = torch.Generator().manual_seed(seed)
    for name, shapes in (
        (AUTOENCODER_FILE, autoencoder_shapes(imitation.autoencoder)),
        (FLOW_FILE, flow_shapes(imitation.forcing)),
    ):
        with beside(folder / f"{name}.pth") as part, part.open("wb") as file:
            torch.save(_weights(shapes, noise), file)
    write_tensors(speech / SPEECH_FILES[0], _weights(speech_shapes(imitation.speech), noise))
    with beside(speech / SPEECH_CONFIG) as part:
        part.write_text(json.dumps({**KIND, **asdict(imitation.speech)}, indent=1) + "\n")


def _weights(shapes: Shapes, noise: torch.Generator) -> dict[str, Tensor]:
    return {name: _weight(name, shape, noise) for name, shape in shapes.items()}


def _weight(name: str, shape: tuple[int, ...], noise: torch.Generator) -> Tensor:
    for pattern, make in MADE:
        if pattern.search(name):
            return make(shape, noise)
    raise AssertionError(name)


Make = Callable[[tuple[int, ...], torch.Generator], Tensor]


def _around(middle: float, spread: float) -> Make:
    return lambda shape, noise: torch.randn(shape, generator=noise).mul_(spread).add_(middle)


def _by_inputs(gain: float) -> Make:
    """Outputs as large as inputs, times a gain."""

    def make(shape: tuple[int, ...], noise: torch.Generator) -> Tensor:
        return torch.randn(shape, generator=noise).mul_(gain / sqrt(prod(shape[1:])))

    return make


def _kernel(gain: float) -> Make:
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return lambda _shape, _noise: torch.outer(line, line) / 64 * gain


MADE: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"_mask$", lambda shape, _noise: torch.ones(shape, dtype=torch.bool)),
        (r"\.enc\..*\.kernel$", _kernel(1.0)),
        (r"\.kernel$", _kernel(4.0)),
        (r"\.modulation\.bias$", _around(1.0, 0.1)),
        (r"bias$|noise\.weight$", _around(0.0, 0.1)),
        (r"norm\.weight$|_projection\.1\.weight$|\.ln\d\.weight$", _around(1.0, 0.1)),
        (r"motion_embedder\.[14]\.weight$|weight_g$", _around(1.0, 0.1)),
        (r"\.to_flows\.\d+\.conv\.weight$|\.to_rgbs\.\d+\.conv\.0\.weight$", _around(0.0, 0.3)),
        (r"^motion_autoencoder\.|masked_spec_embed$", _around(0.0, 1.0)),
        (r"adaLN_modulation\.1\.weight$", _by_inputs(0.5)),
        (r"conv_layers\.\d+\.conv\.weight$", _by_inputs(1.6)),
        (r"weight(?:_v)?$", _by_inputs(1.0)),
    )
)
"""How a tensor is made; the first pattern that is in its name counts."""
