"""Networks of a run as methods: before and after preference optimisation, with many steps."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from avatar.behaviour.chance import Chance
from avatar.behaviour.temperament import Temperament
from avatar.evaluation.conversations import Case, everything
from avatar.evaluation.methods import Method
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.package import perception_of
from avatar.generator.percepts import Percepts
from avatar.generator.traits import traits_of
from avatar.motion import Motions
from avatar.nn.motion_network import MotionNetwork, Senses
from avatar.training.rollout import Guidance, Rollout


def rolled_out(
    network: MotionNetwork, codec: MotionCodec, *, steps: int, guidance: Guidance, block: int = 1
) -> Method:
    """A network with a solver of `steps` and guidance, all cases at once."""
    rollout = Rollout(network, codec, block=block, steps=steps, guidance=guidance)

    def motions(cases: Sequence[Case], seed: int) -> list[Motions]:
        longest = max(case.clip.length for case in cases)
        parts = [
            _perceived(case, network, codec, longest, seed + i) for i, case in enumerate(cases)
        ]
        made = rollout.run(Senses.joined(parts), seed).motions.numpy()
        return [
            _as_long(motions, case.clip.length) for motions, case in zip(made, cases, strict=True)
        ]

    return motions


def _perceived(
    case: Case, network: MotionNetwork, codec: MotionCodec, longest: int, seed: int
) -> Senses:
    ticks = case.ticks(everything, look_ahead=network.config.look_ahead)
    perceived = perception_of(network.config, codec.space, 1).whole(ticks)
    percepts = Percepts(*(_as_long(getattr(perceived, f.name), longest) for f in fields(perceived)))
    return Senses.of(percepts, traits_of(Temperament.drawn(Chance(seed))))


def _as_long(rows: np.ndarray, length: int) -> np.ndarray:
    """Cut to a length, or with the last row held."""
    missing = max(0, length - len(rows))
    return np.concatenate([rows[:length], np.repeat(rows[-1:], missing, axis=0)])
