"""Networks beside an exported generator, for study: what it was before it was distilled."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.package import read_package
from avatar.nn.motion_network import MotionNetwork

STORED = ("base", "aligned")
"""Names of networks that a folder may keep, in the order in which they are made."""


def store(network: MotionNetwork, folder: Path, name: str) -> None:
    """Keep weights in half precision. Raises MediaError when the folder cannot be written."""
    weights = {key: value.half().contiguous() for key, value in network.state_dict().items()}
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


def _load(folder: Path, path: Path) -> tuple[MotionNetwork, MotionCodec]:
    config, codec = read_package(folder)
    network = MotionNetwork(config)
    try:
        weights = {key: value.float() for key, value in load_file(path).items()}
        network.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise DataError(f"{path} does not hold this network ({error}): get it anew") from error
    return network.eval(), codec
