"""From trained weights to what ships: one ONNX graph and a `config.json` that says what it is."""

import json
import subprocess
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from avatar.errors import DataError
from avatar.files import beside
from avatar.generator.motion_codec import NUMBERS, MotionCodec
from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.network_step import Counts, StepInputs, StepOutputs, geometry
from avatar.generator.package import CONFIG, FORMAT, GRAPH
from avatar.nn.motion_network import MotionNetwork
from avatar.nn.step import StreamingStep
from avatar.training.recipes import Recipe
from avatar.training.run import Run

OPSET = 17
DYNAMIC: dict[str, dict[int, str]] = {
    "own": {1: "frames"},
    "hearing": {1: "new"},
    "sight": {1: "new"},
    "control": {1: "frames"},
    "intents": {1: "frames"},
    "noise": {1: "frames"},
    "done": {1: "done"},
    "done_condition": {1: "done"},
    "heard_mask": {0: "new", 1: "heard_known"},
    "user_mask": {0: "frames", 1: "user_known"},
    "mask": {0: "both", 1: "all"},
    "heard_at": {0: "heard_known"},
    "user_at": {0: "user_known"},
    "frames_at": {0: "frames"},
    "tokens_at": {0: "all"},
    "made_tokens": {1: "frames"},
    "made_condition": {1: "frames"},
}
"""Axes whose length differs from step to step."""


def export(
    run: Run[Recipe],
    network: MotionNetwork,
    codec: MotionCodec,
    folder: Path,
    *,
    evaluation: Mapping[str, Any] | None = None,
) -> None:
    """Write graph and configuration, with what was measured of it.

    Raises MediaError when the folder cannot be written, DataError for a network that no stream can
    run.
    """
    if network.config.obstacle is not None:
        raise DataError(f"{run.folder} cannot be exported: {network.config.obstacle}")
    folder.mkdir(parents=True, exist_ok=True)
    with beside(folder / GRAPH) as part:
        write_step(network, part)
    card = {
        "format": FORMAT,
        "recipe": asdict(run.recipe),
        "network": asdict(network.config),
        "codec": {name: np.asarray(getattr(codec, name)).tolist() for name in NUMBERS},
        "space": codec.space.name,
        "licence": "Apache-2.0",
        "commit": commit(),
        "evaluation": evaluation,
    }
    with beside(folder / CONFIG) as part:
        part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def commit() -> str | None:
    """The version of the code, where it is known."""
    try:
        said = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip()


def write_step(network: MotionNetwork, path: Path) -> None:
    """The streaming step as ONNX, its weights kept in half precision."""
    step = StreamingStep(network).eval()
    given = example_inputs(network.config, new=2, frames=2)
    tensors = {name: torch.from_numpy(value) for name, value in given._asdict().items()}
    made = tuple(f"made_{name}" for name in StepOutputs._fields)
    export_graph(step, path, tensors, made, DYNAMIC)


def write_graph(
    network: nn.Module, path: Path, given: Mapping[str, Tensor], made: tuple[str, ...]
) -> None:
    """A network for one picture at a time as ONNX, whole or not at all.

    Raises MediaError when it cannot be written.
    """
    with beside(path) as part:
        export_graph(network.eval(), part, given, made)


def export_graph(
    network: nn.Module,
    path: Path,
    given: Mapping[str, Tensor],
    made: tuple[str, ...],
    dynamic: Mapping[str, Mapping[int, str]] | None = None,
) -> None:
    """A network as ONNX by the names of its inputs and outputs, its weights in half precision.

    `dynamic` names the axes whose length differs from step to step.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            tuple(given.values()),
            path,
            input_names=list(given),
            output_names=list(made),
            dynamic_axes=dynamic,
            opset_version=OPSET,
            dynamo=False,
        )
    halve(path)


def halve(path: Path) -> None:
    """Keep the weights of a graph in half precision; they are widened when it is loaded."""
    model: Any = onnx.load(path)
    graph, kept, casts = model.graph, [], []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 64:
            kept.append(weight)
            continue
        stored = weight.name + ".half"
        kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(
            onnx.helper.make_node("Cast", [stored], [weight.name], to=onnx.TensorProto.FLOAT)
        )
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, path)


def example_inputs(config: MotionNetworkConfig, *, new: int, frames: int) -> StepInputs:
    """Inputs of the right shapes, random and with full memories."""
    chance = np.random.default_rng(0)
    counts = Counts(
        new=new,
        done=new,
        frames=frames,
        heard=config.user_memory - 1,
        user=config.reaction_memory - 1,
        tokens=config.visibility.context,
    )

    def numbers(*shape: int) -> np.ndarray:
        return chance.standard_normal(shape, np.float32)

    cache = (config.depth, config.heads, config.visibility.context, config.width // config.heads)
    return StepInputs(
        own=numbers(1, frames, (config.own_past + config.look_ahead + 1) * config.spoken),
        hearing=numbers(1, new, config.hearing_window * config.heard),
        sight=numbers(1, new, config.sight_window * config.sight),
        control=numbers(1, frames, config.controls),
        traits=numbers(1, config.traits),
        intents=numbers(1, frames, config.kinds),
        noise=numbers(1, frames, config.token),
        done=numbers(1, new, config.token),
        done_condition=numbers(1, new, config.width),
        heard=numbers(1, config.user_memory - 1, config.encoder),
        user=numbers(1, config.reaction_memory - 1, config.encoder),
        keys=numbers(*cache),
        values=numbers(*cache),
        **geometry(config, counts)._asdict(),
    )
