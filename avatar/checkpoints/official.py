"""The official Avatar Forcing checkpoints: their names, and what is built for them.

Only tensors are read. Names may stand behind `module.` and inside one dictionary more; buffers
and what the network never uses are left out; anything missing, unknown or of another shape is an
error.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from avatar.errors import DataError

NESTED = ("state_dict", "model", "params")
"""Under which a file may hold its tensors."""

UNUSED = re.compile(
    r"\.kernel$|\.noise\.weight$|dec\.to_rgb1\.|_mask$|freqs_cis$|^audio_encoder\.wav2vec2\."
)

_DOWN = r"motion_autoencoder\.enc\.net_app\.convs\."
_UP = r"motion_autoencoder\.dec\."
_FLOW = r"flow_transformer\."
_BLOCK = r"flow_transformer\.blocks\.(\d+)\."
_STAGE, _LAYER = r"autoencoder.decoder.stages.\1.", r"transformer.blocks.\1."

RULES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (rf"{_DOWN}0\.0\.", "autoencoder.encoder.first."),
        (rf"{_DOWN}0\.1\.", "autoencoder.encoder.first_activation."),
        (rf"{_DOWN}(\d+)\.conv1\.0\.", r"HALVING\1.first."),
        (rf"{_DOWN}(\d+)\.conv1\.1\.", r"HALVING\1.first_activation."),
        (rf"{_DOWN}(\d+)\.conv2\.1\.", r"HALVING\1.second."),
        (rf"{_DOWN}(\d+)\.conv2\.2\.", r"HALVING\1.second_activation."),
        (rf"{_DOWN}(\d+)\.skip\.1\.", r"HALVING\1.shortcut."),
        (rf"{_DOWN}\d+\.", "autoencoder.encoder.last."),
        (r"motion_autoencoder\.enc\.fc\.", "autoencoder.encoder.head."),
        (rf"{_UP}direction\.weight", "autoencoder.decoder.directions"),
        (rf"{_UP}input\.input", "autoencoder.decoder.start"),
        (rf"{_UP}conv1\.", "autoencoder.decoder.first."),
        (rf"{_UP}convs\.(\d+)\.", r"STYLED\1."),
        (rf"{_UP}to_flows\.(\d+)\.", rf"{_STAGE}flow."),
        (rf"{_UP}to_rgbs\.(\d+)\.conv\.0\.", rf"{_STAGE}colour.conv."),
        (rf"{_UP}to_rgbs\.(\d+)\.conv\.1\.", rf"{_STAGE}colour.activation."),
        (rf"{_UP}to_rgbs\.(\d+)\.", rf"{_STAGE}colour."),
        (r"audio_encoder\.audio_projection\.", "projection."),
        (rf"{_FLOW}x_embedder\.proj\.", "transformer.token."),
        (rf"{_FLOW}t_embedder\.mlp\.", "transformer.level."),
        (rf"{_FLOW}adaLN_modulation\.1\.", "transformer.modulation."),
        (rf"{_FLOW}final_layer\.adaLN_modulation\.1\.", "transformer.last_modulation."),
        (rf"{_FLOW}final_layer\.linear\.", "transformer.out."),
        (rf"{_BLOCK}attn\.qkv\.", rf"{_LAYER}query_key_value."),
        (rf"{_BLOCK}attn\.proj\.", rf"{_LAYER}out."),
        (rf"{_BLOCK}cross_attn\.q\.", rf"{_LAYER}ask."),
        (rf"{_BLOCK}cross_attn\.kv\.", rf"{_LAYER}answer."),
        (rf"{_BLOCK}cross_attn\.proj\.", rf"{_LAYER}cross_out."),
        (rf"{_BLOCK}mlp\.fc1\.", rf"{_LAYER}widen."),
        (rf"{_BLOCK}mlp\.fc2\.", rf"{_LAYER}narrow."),
        (rf"{_FLOW}c_embedder\.motion_embedder\.", "conditions.motion."),
        (rf"{_FLOW}c_embedder\.dual_modal_attn\.", "conditions.user_attention."),
        (rf"{_FLOW}c_embedder\.ln1\.", "conditions.user_norm."),
        (rf"{_FLOW}c_embedder\.user_agent_attn\.", "conditions.reaction_attention."),
        (rf"{_FLOW}c_embedder\.ln2\.", "conditions.reaction_norm."),
        (rf"{_FLOW}c_embedder\.to_cond_user\.", "conditions.out."),
    )
)
"""Beginnings of official names, and what stands for them here; the first that fits counts."""


def our_name(name: str) -> str | None:
    """What a tensor is called here; None for one that has no place."""
    for pattern, ours in RULES:
        found = pattern.match(name)
        if found is None:
            continue
        begin = found.expand(ours)
        if begin.startswith("HALVING"):
            number, _, rest = begin.removeprefix("HALVING").partition(".")
            begin = f"autoencoder.encoder.halvings.{int(number) - 1}.{rest}"
        elif begin.startswith("STYLED"):
            number = int(begin.removeprefix("STYLED").rstrip("."))
            part = "refine" if number % 2 else "enlarge"
            begin = f"autoencoder.decoder.stages.{number // 2}.{part}."
        return begin + name[found.end() :].replace("activate.", "activation.")
    return None


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.pth` or `.safetensors` file by their official names.

    Raises DataError for a file that is none, is cut, or holds code.
    """
    try:
        told: Any = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
    except (OSError, SafetensorError, UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise DataError(
            f"{path}: a checkpoint with tensors and nothing else was expected: {error}"
        ) from error
    for name in NESTED:
        if isinstance(told, Mapping) and isinstance(told.get(name), Mapping):
            told = told[name]
    if not isinstance(told, Mapping):
        raise DataError(f"{path}: tensors by name were expected, a {type(told).__name__} came")
    tensors = {str(name): tensor for name, tensor in told.items() if isinstance(tensor, Tensor)}
    return {name.removeprefix("module."): tensor for name, tensor in tensors.items()}


def load_official(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put official tensors into a model of ours.

    Raises DataError that names what is missing, unknown or of another shape.
    """
    ours: dict[str, Tensor] = {}
    unknown: list[str] = []
    for name, tensor in tensors.items():
        if UNUSED.search(name):
            continue
        place = our_name(name)
        if place is None:
            unknown.append(name)
        else:
            ours[place] = tensor
    wanted = model.state_dict()
    problems = [f"unknown: {name}" for name in [*unknown, *sorted(set(ours) - set(wanted))]]
    problems += [f"missing: {name}" for name in sorted(set(wanted) - set(ours))]
    for name in sorted(set(wanted) & set(ours)):
        if wanted[name].numel() != ours[name].numel():
            problems.append(
                f"{name}: {tuple(wanted[name].shape)} was expected, {tuple(ours[name].shape)} came"
            )
    if problems:
        more = f" and {len(problems) - 8} more" if len(problems) > 8 else ""
        raise DataError("the checkpoint does not fit: " + "; ".join(problems[:8]) + more)
    shaped = {name: tensor.reshape(wanted[name].shape) for name, tensor in ours.items()}
    model.load_state_dict(shaped)
