"""The stream against whole conversations, in torch and as a graph."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.errors import DataError
from avatar.generator.base import MotionGenerator
from avatar.generator.learned import LearnedGenerator, LearnedState
from avatar.generator.network_step import NetworkStep, StepInputs, StepOutputs
from avatar.generator.onnx import OnnxStep
from avatar.generator.package import perception_of
from avatar.generator.visibility import block_starts
from avatar.motion import ARKIT58, Motions
from avatar.nn.motion_network import Senses
from avatar.nn.step import StepTensors, TorchStep
from avatar.tick import Tick
from avatar.training.export import write_step
from tests.avatar.generator.streams import SMALL, codec, network, ticks


class Recorded:
    """A step that keeps what it was given and what it made."""

    def __init__(self, step: NetworkStep) -> None:
        self.config, self._step = step.config, step
        self.given: list[StepInputs] = []
        self.made: list[StepOutputs] = []

    def __call__(self, given: StepInputs) -> StepOutputs:
        self.given.append(given)
        self.made.append(self._step(given))
        return self.made[-1]


def generator(step: NetworkStep, block: int = 1, look_ahead: int = 4) -> LearnedGenerator:
    return LearnedGenerator(
        step,
        codec(),
        perception_of(step.config, ARKIT58, block),
        user_space=ARKIT58,
        block=block,
        look_ahead=look_ahead,
    )


def stream(
    made: LearnedGenerator, given: Sequence[Tick], *, seed: int = 1
) -> tuple[Motions, LearnedState]:
    state = made.start(seed=seed, rest=ARKIT58.rest)
    motions, state = made.step([given[0]], state)
    result = [motions]
    for begin in range(1, len(given) - made.block + 1, made.block):
        motions, state = made.step(given[begin : begin + made.block], state)
        result.append(motions)
    return np.concatenate(result), state


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "step.onnx"
    write_step(network(), path)
    return path


@pytest.mark.parametrize("block", [1, 2, 5])
def test_streaming_equals_offline(block: int) -> None:
    net, count = network(), 61
    step = Recorded(TorchStep(net))
    made = generator(step, block)
    given = ticks(count + 1, look_ahead=made.look_ahead + block - 1)
    motions, _ = stream(made, given)
    perceived = perception_of(SMALL, ARKIT58, 1).whole(given)
    # The stream goes on from one resting frame before the first tick.
    length = min(len(motions), len(given)) // block * block
    senses = Senses.of(perceived, step.given[0].traits[0]).part(slice(None), slice(length))
    intents = np.concatenate([given.intents[0] for given in step.given])[:length]
    starts = block_starts(length, block)
    with torch.no_grad():
        known = net.understand(senses, torch.from_numpy(intents)[None], starts)
    conditions = np.concatenate([made.condition[0] for made in step.made])[:length]
    np.testing.assert_allclose(conditions, known.condition[0].numpy(), atol=1e-5)
    tokens = np.concatenate([made.tokens[0] for made in step.made])[:length]
    noise = np.concatenate([given.noise[0] for given in step.given])[:length]
    shown = made._codec.encode(motions[:length], ARKIT58.rest, ARKIT58.rest)
    with torch.no_grad():
        offline = net.denoise_after(
            torch.from_numpy(shown)[None],
            torch.from_numpy(noise)[None],
            torch.ones(1, length),
            known.condition,
            starts,
            block,
        )[0].numpy()
    forgotten = SMALL.depth * (SMALL.visibility.context + block) + 1
    np.testing.assert_allclose(tokens[forgotten:], offline[forgotten:], atol=1e-5)


@pytest.mark.parametrize("block", [1, 2, 5])
def test_the_graph_equals_torch(graph: Path, block: int) -> None:
    given = ticks(41, look_ahead=4 + block - 1)
    in_torch, _ = stream(generator(TorchStep(network()), block), given)
    as_graph, _ = stream(generator(OnnxStep(graph, SMALL), block), given)
    np.testing.assert_allclose(as_graph, in_torch, atol=1e-4)


def test_a_step_changes_nothing_and_can_be_taken_again(graph: Path) -> None:
    made = generator(OnnxStep(graph, SMALL), block=2)
    assert isinstance(made, MotionGenerator)
    given = ticks(30, look_ahead=5)
    _, state = stream(made, given[:21])
    first, _ = made.step(given[21:23], state)
    again, _ = made.step(given[21:23], state)
    np.testing.assert_array_equal(first, again)


def test_what_was_not_shown_never_happened(graph: Path) -> None:
    made = generator(OnnxStep(graph, SMALL), block=5)
    given = ticks(40, look_ahead=8)
    _, state = stream(made, given[:21])
    assert state.memory.counts.done == 5
    early, after = made.step(given[21:23], state)
    assert after.memory.counts.done == 2
    np.testing.assert_array_equal(after.made.before, state.made.motions[1])
    assert np.abs(early[0] - state.made.motions[1]).max() < 1


def test_a_smile_reaches_the_motion_in_its_own_tick(graph: Path) -> None:
    made = generator(OnnxStep(graph, SMALL))
    without, _ = stream(made, ticks(40, look_ahead=4))
    smiled, _ = stream(made, ticks(40, look_ahead=4, smile_at=25))
    differs = np.abs(without - smiled).max(axis=1) > 0
    assert differs.nonzero()[0][0] == 25


def test_every_condition_can_be_absent(graph: Path) -> None:
    made = generator(OnnxStep(graph, SMALL))
    for absent in ("voice", "camera", "microphone"):
        motions, _ = stream(made, ticks(15, look_ahead=4, **{absent: False}))
        assert np.isfinite(motions).all()


def test_look_ahead_is_a_number_of_the_run(graph: Path) -> None:
    short = generator(OnnxStep(graph, SMALL), look_ahead=1)
    assert short.look_ahead == 1
    long = ticks(20, look_ahead=4)
    cut = ticks(20, look_ahead=1)
    np.testing.assert_allclose(stream(short, long)[0], stream(short, cut)[0], atol=1e-6)
    for wrong in (-1, 5):
        with pytest.raises(
            ValueError, match=f"look-ahead of 0 to 4 are possible, not 1 and {wrong}"
        ):
            generator(OnnxStep(graph, SMALL), look_ahead=wrong)


def test_a_long_conversation_costs_and_keeps_the_same(graph: Path) -> None:
    made = generator(OnnxStep(graph, SMALL))
    given = ticks(400, look_ahead=4)
    motions, state = stream(made, given)
    assert state.memory.counts.tokens == SMALL.visibility.context
    assert state.memory.keys.shape[2] == SMALL.visibility.context
    assert np.isfinite(motions).all()


def test_files_that_are_no_graph_of_this_version_are_refused(graph: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(graph.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"cut\.onnx is no graph that can be run"):
        OnnxStep(cut, SMALL)


def test_torch_and_graph_take_the_same_inputs() -> None:
    assert StepTensors._fields == StepInputs._fields
