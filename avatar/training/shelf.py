"""Networks beside an exported generator, for study: what it was before it was distilled.

Matrices are kept as bytes with a scale for each row, within 0.4 % of the row's largest weight, for
what is never shown to a user should not double what everybody downloads.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.package import read_package
from avatar.nn.motion_network import MotionNetwork

STORED = ("base", "aligned")
"""Names of networks that a folder may keep, in the order in which they are made."""
SCALE = ".scale"
LARGEST, TINIEST = 127, 1e-12


def store(network: MotionNetwork, folder: Path, name: str) -> None:
    """Keep weights. Raises MediaError when the folder cannot be written."""
    weights = dict[str, Tensor]()
    for key, value in network.state_dict().items():
        weights |= _rounded(key, value) if value.ndim > 1 else {key: value.contiguous()}
    path = folder / f"{name}.safetensors"
    with beside(path) as part:
        try:
            save_file(weights, part)
        except SafetensorError as error:
            raise MediaError(f"{path}: cannot be written ({error})") from error


def stored(folder: Path) -> dict[str, tuple[MotionNetwork, MotionCodec]]:
    """Networks that a folder keeps. Raises DataError for one that cannot be used."""
    return {
        name: _load(folder, path)
        for name in STORED
        if (path := folder / f"{name}.safetensors").is_file()
    }


def _rounded(key: str, rows: Tensor) -> dict[str, Tensor]:
    scale = rows.flatten(1).abs().amax(1).clamp_min(TINIEST) / LARGEST
    whole = (rows / scale.view(-1, *[1] * (rows.ndim - 1))).round().to(torch.int8)
    return {key: whole.contiguous(), key + SCALE: scale.contiguous()}


def _restored(kept: Mapping[str, Tensor]) -> dict[str, Tensor]:
    weights = {key: value for key, value in kept.items() if not key.endswith(SCALE)}
    for key in [key for key in kept if key.endswith(SCALE)]:
        name = key.removesuffix(SCALE)
        whole = weights[name]
        weights[name] = whole.float() * kept[key].view(-1, *[1] * (whole.ndim - 1))
    return weights


def _load(folder: Path, path: Path) -> tuple[MotionNetwork, MotionCodec]:
    config, codec = read_package(folder)
    network = MotionNetwork(config)
    try:
        network.load_state_dict(_restored(load_file(path)))
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        raise DataError(f"{path} does not hold this network ({error}): get it anew") from error
    return network.eval(), codec
