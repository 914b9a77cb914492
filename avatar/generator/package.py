"""Generators as they ship: a folder with a graph and a `config.json`."""

from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from avatar.errors import DataError
from avatar.generator.learned import LearnedGenerator
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.onnx import OnnxStep
from avatar.generator.percepts import Perception, face_scale
from avatar.graphs import read_card
from avatar.motion import ARKIT58, LATENT512, MotionSpace

CONFIG, GRAPH, FORMAT = "config.json", "step.onnx", 1
SPACES = {space.name: space for space in (ARKIT58, LATENT512)}


def load_generator(
    folder: Path, *, block: int = 1, look_ahead: int | None = None
) -> LearnedGenerator:
    """The generator that a folder holds. Raises DataError that says what is wrong with it."""
    network, codec = read_package(folder)
    step = OnnxStep(folder / GRAPH, network)
    try:
        return LearnedGenerator(
            step,
            codec,
            perception_of(network, codec.space, block),
            user_space=codec.space,
            block=block,
            look_ahead=look_ahead,
        )
    except ValueError as error:
        raise DataError(f"{folder}: {error}") from error


def read_package(folder: Path) -> tuple[MotionNetworkConfig, MotionCodec]:
    """Size and whitening of the network of a folder. Raises DataError when they are not there."""
    card = read_card(folder / CONFIG, "a generator", FORMAT)
    try:
        network = TypeAdapter(MotionNetworkConfig).validate_python(card["network"])
        space = SPACES[card["space"]]
        codec = MotionCodec(space=space, **{k: _numbers(k, v) for k, v in card["codec"].items()})
        _require_fit(network, codec)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise DataError(f"{folder / CONFIG} is not whole ({error}): export it anew") from error
    return network, codec


def perception_of(network: MotionNetworkConfig, space: MotionSpace, block: int) -> Perception:
    """How a network's user is perceived, for blocks of a size."""
    ahead = network.look_ahead + block - 1
    return Perception(space, space.rest, face_scale(space), ahead=ahead)


def _numbers(name: str, values: list[float]) -> np.ndarray:
    return np.array(values, np.int64 if name == "moving" else np.float32)


def _require_fit(network: MotionNetworkConfig, codec: MotionCodec) -> None:
    lengths = {len(row) for row in (codec.mean, codec.scale, codec.low, codec.high)}
    if lengths != {codec.space.dim} or len(codec.change_scale) != len(codec.moving):
        raise ValueError(f"a whitening of {codec.space.dim} channels is needed, got {lengths}")
    if codec.numbers != network.token:
        raise ValueError(f"tokens have {codec.numbers} numbers, the network takes {network.token}")
    for values in (codec.mean, codec.scale, codec.change_scale, codec.low, codec.high):
        if not np.isfinite(values).all():
            raise ValueError("the whitening holds a number that is not finite")
