"""The learned generator: perceives ticks, draws intents, takes one network step for each block.

A block is remembered only as far as it was shown. When speech that a block was planned with is
taken back, the next step simply comes earlier and the rest of the block never happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from avatar.behaviour.chance import Chance
from avatar.behaviour.temperament import Temperament
from avatar.generator.intents import Expectation, IntentState, Pulses, draw
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.network_step import Counts, NetworkStep, StepInputs, geometry
from avatar.generator.percepts import Perception, PerceptionState, Percepts
from avatar.generator.traits import Traits, traits_of
from avatar.motion import Motions, MotionSpace, Vector
from avatar.tick import Tick

Rows = Float32[np.ndarray, "_ _"]


@dataclass(frozen=True, eq=False, slots=True)
class Memory:
    """What the network keeps between steps, and how much of it is filled."""

    heard: Float32[np.ndarray, "1 heard_past encoder"]
    user: Float32[np.ndarray, "1 user_past encoder"]
    keys: Float32[np.ndarray, "depth heads context width"]
    values: Float32[np.ndarray, "depth heads context width"]
    counts: Counts


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """The block that was made last, of which the next step will know how much was shown.

    `intents` holds the state after each of its frames; `before` is the motion before its first.
    """

    motions: Motions
    condition: Float32[np.ndarray, "frames width"]
    intents: tuple[IntentState, ...]
    expected: Expectation | None
    before: Vector


@dataclass(frozen=True, eq=False, slots=True)
class Recent:
    """The last ticks of each sense, oldest first."""

    own: Rows
    hearing: Rows
    sight: Rows

    def add(self, percepts: Percepts) -> "Recent":
        """One tick later."""
        return Recent(
            own=np.concatenate([self.own[1:], percepts.own[:1]]),
            hearing=np.concatenate([self.hearing[1:], percepts.hearing[None]]),
            sight=np.concatenate([self.sight[1:], percepts.sight[None]]),
        )


@dataclass(frozen=True, eq=False, slots=True)
class LearnedState:
    """One conversation."""

    seed: int
    chance: Chance
    traits: Traits
    rest: Vector
    perception: PerceptionState
    recent: Recent
    made: Made
    memory: Memory


class LearnedGenerator:
    """Generates motions with a network. `look_ahead` ticks of the own voice are heard ahead."""

    def __init__(
        self,
        network: NetworkStep,
        codec: MotionCodec,
        perception: Perception,
        *,
        user_space: MotionSpace,
        block: int = 1,
        look_ahead: int | None = None,
    ) -> None:
        """Raises ValueError for a block or a look-ahead that the network cannot do."""
        most, obstacle = network.config.look_ahead, network.config.obstacle
        if obstacle is not None:
            raise ValueError(f"this network cannot be streamed in one step: {obstacle}")
        look_ahead = most if look_ahead is None else look_ahead
        if not 0 <= look_ahead <= most or block < 1:
            raise ValueError(
                f"a block of at least 1 and a look-ahead of 0 to {most} are possible, "
                f"not {block} and {look_ahead}"
            )
        self.space, self.user_space = codec.space, user_space
        self.block, self.look_ahead = block, look_ahead
        self._network, self._codec, self._perception = network, codec, perception

    def start(self, *, seed: int, rest: Vector) -> LearnedState:
        """A person drawn from the seed, at rest."""
        chance, config = Chance(seed), self._network.config
        width = config.width // config.heads
        cache = np.zeros((config.depth, config.heads, config.visibility.context, width), np.float32)
        return LearnedState(
            seed=seed,
            chance=chance,
            traits=traits_of(Temperament.drawn(chance)),
            rest=rest,
            perception=self._perception.start(),
            recent=Recent(
                np.zeros((config.own_past + 1, config.spoken), np.float32),
                np.zeros((config.hearing_window, config.heard), np.float32),
                np.zeros((config.sight_window, config.sight), np.float32),
            ),
            made=Made(
                motions=rest[None],
                condition=np.zeros((1, config.width), np.float32),
                intents=(IntentState.start(),),
                expected=None,
                before=rest,
            ),
            memory=Memory(
                heard=np.zeros((1, config.user_memory - 1, config.encoder), np.float32),
                user=np.zeros((1, config.reaction_memory - 1, config.encoder), np.float32),
                keys=cache,
                values=cache,
                counts=Counts(new=0, done=0, frames=0, heard=0, user=0, tokens=0),
            ),
        )

    def step(self, ticks: Sequence[Tick], state: LearnedState) -> tuple[Motions, LearnedState]:
        """One block of motions from the newest tick on."""
        state, windows, percepts = self._perceive(ticks, state)
        shown = min(len(ticks), len(state.made.motions))
        pulses, intents = self._intend(ticks[-1].index, shown, state)
        given, counts = self._given(ticks, state, windows, percepts, pulses)
        result = self._network(given)
        before = state.made.motions[shown - 1]
        motions = self._codec.decode(result.tokens[0], before, state.rest)
        made = Made(
            motions=motions,
            condition=result.condition[0],
            intents=intents,
            expected=Expectation(result.beginnings, result.strengths),
            before=before,
        )
        memory = Memory(result.heard, result.user, result.keys, result.values, counts)
        return motions, replace(state, made=made, memory=memory)

    def _perceive(
        self, ticks: Sequence[Tick], state: LearnedState
    ) -> tuple[LearnedState, tuple[Rows, Rows], Percepts]:
        """Windows of what was heard and seen at every new tick, and the newest percepts."""
        perception, recent = state.perception, state.recent
        hearing: list[Rows] = []
        sight: list[Rows] = []
        perceived: list[Percepts] = []
        for tick in ticks:
            percepts, perception = self._perception.step(tick, perception)
            recent = recent.add(percepts)
            perceived.append(percepts)
            hearing.append(recent.hearing.ravel())
            sight.append(recent.sight.ravel())
        state = replace(state, perception=perception, recent=recent)
        return state, (np.stack(hearing), np.stack(sight)), perceived[-1]

    def _intend(
        self, index: int, shown: int, state: LearnedState
    ) -> tuple[Pulses, tuple[IntentState, ...]]:
        made = state.made
        lead = max(1, shown - len(made.motions) + 1)
        intents, rows, states = made.intents[shown - 1], list[Pulses](), list[IntentState]()
        for offset in range(self.block):
            if made.expected is None:
                row = np.zeros((1, self._network.config.kinds), np.float32)
            else:
                row, intents = draw(
                    made.expected, index + offset, lead + offset, 1, state.chance, intents
                )
            rows.append(row)
            states.append(intents)
        return np.concatenate(rows), tuple(states)

    def _given(
        self,
        ticks: Sequence[Tick],
        state: LearnedState,
        windows: tuple[Rows, Rows],
        percepts: Percepts,
        pulses: Pulses,
    ) -> tuple[StepInputs, Counts]:
        config, made, memory = self._network.config, state.made, state.memory
        shown = min(len(ticks), len(made.motions))
        counts = memory.counts.after(config, frames=self.block, new=len(ticks), done=shown)
        done = self._codec.encode(made.motions[:shown], made.before, state.rest)
        given = StepInputs(
            own=self._own_windows(state.recent, percepts)[None],
            hearing=windows[0][None],
            sight=windows[1][None],
            control=np.tile(percepts.control, (1, self.block, 1)),
            traits=state.traits[None],
            intents=pulses[None],
            noise=self._noise(ticks[-1].index, state.seed)[None],
            done=done[None],
            done_condition=made.condition[None, :shown],
            heard=memory.heard,
            user=memory.user,
            keys=memory.keys,
            values=memory.values,
            **geometry(config, counts)._asdict(),
        )
        return given, counts

    def _own_windows(self, recent: Recent, percepts: Percepts) -> Rows:
        """For every frame of the block, the own voice of ticks before it and queued after it."""
        config = self._network.config
        heard = np.concatenate([recent.own[:-1], percepts.own])
        length = config.own_past + config.look_ahead + 1
        missing = max(0, self.block - 1 + length - len(heard))
        heard = np.concatenate([heard, np.zeros((missing, config.spoken), np.float32)])
        rows = [heard[frame : frame + length].copy() for frame in range(self.block)]
        for row in rows:
            row[config.own_past + self.look_ahead + 1 :] = 0
        return np.stack(rows).reshape(self.block, -1)

    def _noise(self, index: int, seed: int) -> Rows:
        frames = [
            np.random.default_rng([seed, index + offset]).standard_normal(
                self._codec.numbers, np.float32
            )
            for offset in range(self.block)
        ]
        return np.stack(frames)
