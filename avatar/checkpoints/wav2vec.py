"""wav2vec 2.0 as it is downloaded from Hugging Face, or as the flow file holds it."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from avatar.checkpoints.sizes import require_range
from avatar.checkpoints.tensors import told_of
from avatar.errors import DataError
from avatar.nn.speech_encoder import SpeechConfig

ROOT = re.compile(r"^(?:.*\.)?(?=(?:feature_extractor|feature_projection|encoder)\.)")
"""What may stand before a name: `wav2vec2.`, and where that lies."""

UNUSED = re.compile(r"(?:^|\.)(?:masked_spec_embed$|lm_head\.|quantizer\.|project_(?:q|hid)\.)")

POSITIONS = "encoder.pos_conv_embed.conv."
PARTS = {
    "parametrizations.weight.original0": "weight_g",
    "parametrizations.weight.original1": "weight_v",
}
"""How lengths and directions of the kernel are called now, and were before."""

KIND = {
    "model_type": "wav2vec2",
    "do_stable_layer_norm": False,
    "feat_extract_norm": "group",
    "feat_extract_activation": "gelu",
    "hidden_act": "gelu",
}
"""What the networks of the "base" kind have in common, and others have otherwise."""


def read_config(path: Path) -> SpeechConfig:
    """The sizes in a `config.json`. Raises DataError for another kind of network."""
    try:
        told = json.loads(path.read_bytes())
        if not isinstance(told, dict):
            raise ValueError("an object was expected")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: the config.json of wav2vec 2.0 was expected: {error}") from error
    for name, wanted in KIND.items():
        if told.get(name, wanted) != wanted:
            raise DataError(f"{path}: {name} {wanted!r} was expected, {told[name]!r} came")
    sizes: dict[str, Any] = {
        field.name: told[field.name] for field in fields(SpeechConfig) if field.name in told
    }
    try:
        with told_of(path):
            config = TypeAdapter(SpeechConfig).validate_python(sizes)
            require_range(config)
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(f"{path}: {first['loc'][0]}: {first['msg']}") from error
    return config


def merged(*files: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of files by our names; later files count more.

    The kernel of the places, which is kept as lengths and directions, is put together.
    """
    ours: dict[str, Tensor] = {}
    for tensors in files:
        for told, tensor in tensors.items():
            if UNUSED.search(told):
                continue
            name = ROOT.sub("", told)
            part = name.removeprefix(POSITIONS)
            ours[POSITIONS + PARTS.get(part, part) if part != name else name] = tensor
    lengths = ours.pop(f"{POSITIONS}weight_g", None)
    directions = ours.pop(f"{POSITIONS}weight_v", None)
    if lengths is not None and directions is not None:
        ours[f"{POSITIONS}weight"] = _kernel(lengths, directions)
    return ours


def _kernel(lengths: Tensor, directions: Tensor) -> Tensor:
    """Each place of the kernel has one length."""
    if directions.ndim != 3 or lengths.numel() != directions.shape[-1]:
        raise DataError(
            f"{POSITIONS}weight: a length for each place was expected, shapes "
            f"{tuple(lengths.shape)} and {tuple(directions.shape)} came"
        )
    norms = torch.linalg.vector_norm(directions.float(), dim=(0, 1), keepdim=True)
    return directions.float() * (lengths.float().reshape(1, 1, -1) / norms)
