"""One step of a stream as one graph: everything that a conversation needs between two ticks.

The block that was made last is committed to history in the same pass that makes the next one, so a
one-step student costs one pass of the transformer for each block. All memories are explicit inputs
and outputs. Keys are kept unturned and are turned by their distance when they are used, so that
positions never grow and a conversation never ends.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from avatar.generator.network_step import StepInputs, StepOutputs
from avatar.nn.motion_network import COMMIT_LEVEL, MotionNetwork
from avatar.nn.rotary import rotation


class StepTensors(NamedTuple):
    """`StepInputs` as tensors."""

    own: Float[Tensor, "1 frames own_window"]
    hearing: Float[Tensor, "1 new hearing_window"]
    sight: Float[Tensor, "1 new sight_window"]
    control: Float[Tensor, "1 frames controls"]
    traits: Float[Tensor, "1 traits"]
    intents: Float[Tensor, "1 frames kinds"]
    noise: Float[Tensor, "1 frames token"]
    done: Float[Tensor, "1 done token"]
    done_condition: Float[Tensor, "1 done width"]
    heard: Float[Tensor, "1 heard_past encoder"]
    user: Float[Tensor, "1 user_past encoder"]
    keys: Float[Tensor, "depth heads context head"]
    values: Float[Tensor, "depth heads context head"]
    heard_mask: Float[Tensor, "new heard_known"]
    user_mask: Float[Tensor, "frames user_known"]
    mask: Float[Tensor, "both all"]
    heard_at: Int[Tensor, " heard_known"]
    user_at: Int[Tensor, " user_known"]
    frames_at: Int[Tensor, " frames"]
    tokens_at: Int[Tensor, " all"]


class StepResult(NamedTuple):
    """`StepOutputs` as tensors."""

    tokens: Float[Tensor, "1 frames token"]
    condition: Float[Tensor, "1 frames width"]
    beginnings: Float[Tensor, "expected kinds"]
    strengths: Float[Tensor, " kinds"]
    heard: Float[Tensor, "1 heard_past encoder"]
    user: Float[Tensor, "1 user_past encoder"]
    keys: Float[Tensor, "depth heads context head"]
    values: Float[Tensor, "depth heads context head"]


class StreamingStep(nn.Module):
    """The step of a one-step student with joint conditioning."""

    def __init__(self, network: MotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, *tensors: Tensor) -> StepResult:
        """Perceive what is new, commit what is done, make the next block.

        `tensors` are the fields of `StepTensors` in order.
        """
        given = StepTensors(*tensors)
        encoder, config = self.network.encoder, self.network.config
        heard = torch.cat([given.heard, encoder.hearing(given.hearing)], dim=1)
        new_at = given.heard_at[given.heard.shape[1] :]
        perceived = encoder.perceive_user(
            given.sight, heard, given.heard_mask, new_at, given.heard_at
        )
        user = torch.cat([given.user, perceived], dim=1)
        conditions = encoder.condition(
            given.own, user, given.user_mask, given.frames_at, given.user_at
        )
        known = self.network.complete(conditions, given.control, given.traits, given.intents)
        expected = known.expected
        if expected is None:
            raise ValueError("a stream draws intents: the network must have them")
        tokens, keys, values = self._make(given, known.condition)
        return StepResult(
            tokens=tokens,
            condition=known.condition,
            beginnings=expected.beginnings[0, -1],
            strengths=expected.strengths[0, -1],
            heard=heard[:, -(config.user_memory - 1) :],
            user=user[:, -(config.reaction_memory - 1) :],
            keys=keys,
            values=values,
        )

    def _make(
        self, given: StepTensors, condition: Float[Tensor, "1 frames width"]
    ) -> tuple[Float[Tensor, "1 frames token"], Tensor, Tensor]:
        config, done = self.network.config, given.done.shape[1]
        both = torch.cat([given.done, given.noise], dim=1)
        levels = torch.cat(
            [
                torch.full_like(given.done[..., 0], COMMIT_LEVEL),
                torch.ones_like(given.noise[..., 0]),
            ],
            dim=1,
        )
        conditions = torch.cat([given.done_condition, condition], dim=1)
        turned = rotation(given.tokens_at, config.width // config.heads)
        here = tuple(part[-both.shape[1] :] for part in turned)
        past = [(given.keys[i][None], given.values[i][None]) for i in range(config.depth)]
        tokens, made = self.network.transformer(
            both, levels, conditions, given.mask, ((here[0], here[1]), turned), past
        )
        keys = torch.stack([key[0] for key, _ in made])[:, :, :done]
        values = torch.stack([value[0] for _, value in made])[:, :, :done]
        context = config.visibility.context
        return (
            tokens[:, done:],
            torch.cat([given.keys, keys], dim=2)[:, :, -context:],
            torch.cat([given.values, values], dim=2)[:, :, -context:],
        )


class TorchStep:
    """A network's step in torch, for studying one that is not exported."""

    def __init__(self, network: MotionNetwork) -> None:
        self.config = network.config
        self._step = StreamingStep(network).eval()

    @torch.no_grad()
    def __call__(self, given: StepInputs) -> StepOutputs:
        """One step."""
        result = self._step(*(torch.from_numpy(np.ascontiguousarray(value)) for value in given))
        return StepOutputs(*(value.numpy() for value in result))
