"""The generator of the official Avatar Forcing checkpoints, live.

The avatar's own voice is queued, so a block hears it to its end and beyond. The user is known up to
the present only: a block sees the user as of its own length before, in an order and at a pace as
in a recording, and so answers to the newest tick.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from avatar.clock import TICK
from avatar.errors import DataError
from avatar.motion import Motions, Vector, latent_space
from avatar.nn.forcing import LOOK_AHEAD
from avatar.nn.forcing_sampler import Commit, ForcingSampler, ForcingState, Plan, Request
from avatar.nn.forcing_stream import ForcingModel, Guidance, Heard
from avatar.official.drift import DriftConfig
from avatar.official.hearing import WINDOW, Encoder, Hearing, Voice
from avatar.tick import Samples, Tick

SPAN = 12
"""Frames that conditions attend to at least: a released block with its context."""
REFERENCES = 16
"""Portraits whose rest is remembered."""


@dataclass(frozen=True, eq=False, slots=True)
class OfficialState:
    """One conversation. `plan` was made last and is remembered when it is known how far it went."""

    seed: int
    reference: Float[Tensor, " latent"]
    own: Voice
    user: Voice
    faces: Float32[np.ndarray, "ticks latent"]
    past: ForcingState
    plan: Plan | None
    mean: Float[Tensor, " latent"]


class OfficialGenerator:
    """Generates motion latents; shared by sessions, several of which can take a step together."""

    def __init__(
        self,
        model: ForcingModel,
        encoder: Encoder,
        *,
        block: int | None = None,
        look_ahead: int = 5,
        guidance: Guidance | None = None,
        drift: DriftConfig | None = None,
        dtype: torch.dtype = torch.float32,
        graphs: bool = False,
    ) -> None:
        """`block` is the model's own when None. `dtype` is of the transformer's weights alone.

        Raises ValueError for a block or a look-ahead that cannot be, and DataError for a speech
        network whose features do not fit.
        """
        self._sampler = ForcingSampler(model, guidance, block=block, dtype=dtype, graphs=graphs)
        self.block, self.look_ahead = self._sampler.block, look_ahead
        self.space = self.user_space = latent_space(model.config.latent)
        self._span = max(SPAN, self.block + LOOK_AHEAD)
        if not 0 <= look_ahead <= WINDOW - self._span:
            raise ValueError(
                f"a look-ahead of 0 to {WINDOW - self._span} ticks is possible, not {look_ahead}"
            )
        self._projection, self._clip = model.projection, model.config.clip
        self._hearing = Hearing(encoder, self._sampler.device)
        features = self._hearing.silence.shape[1]
        if features != model.config.features:
            raise DataError(
                f"the speech network makes {features} numbers a frame, "
                f"{model.config.features} are needed: choose the one that belongs to this model"
            )
        self._basis = model.autoencoder.basis.detach()
        self._drift = DriftConfig() if drift is None else drift
        self._rested = lru_cache(REFERENCES)(self._rested_of)

    def start(self, *, seed: int, rest: Vector) -> OfficialState:
        """A face that has rested in silence; `rest` is the portrait's own motion."""
        reference = torch.tensor(rest, device=self._sampler.device)
        return OfficialState(
            seed=seed,
            reference=reference,
            own=Voice.silent(self._hearing.level),
            user=Voice.silent(self._hearing.level),
            faces=np.zeros((self._span, self.space.dim), np.float32),
            past=self._rested(rest.tobytes()),
            plan=None,
            mean=reference,
        )

    def step(self, ticks: Sequence[Tick], state: OfficialState) -> tuple[Motions, OfficialState]:
        """One block of motions from the newest tick on."""
        return self.steps([(ticks, state)])[0]

    @torch.inference_mode()
    def steps(
        self, due: Sequence[tuple[Sequence[Tick], OfficialState]]
    ) -> list[tuple[Motions, OfficialState]]:
        """A step of each of several conversations, in one run of the network."""
        states = self._remembered(due)
        heard = self._heard([ticks[-1] for ticks, _ in due], states)
        requests = [
            Request(self._noise(ticks[-1].index, state.seed), one, state.reference, state.past)
            for (ticks, _), state, one in zip(due, states, heard, strict=True)
        ]
        plans = self._sampler.plans(requests)
        latents = self._drift.corrected(
            torch.stack([plan.latents for plan in plans]),
            torch.stack([state.mean for state in states]),
            torch.stack([state.reference for state in states]),
            self._basis,
        )
        motions = latents.cpu().numpy()
        return [
            (shown, replace(state, plan=replace(plan, latents=made)))
            for shown, state, plan, made in zip(motions, states, plans, latents, strict=True)
        ]

    def _remembered(
        self, due: Sequence[tuple[Sequence[Tick], OfficialState]]
    ) -> list[OfficialState]:
        """The states with what was perceived, and with their last blocks as far as shown."""
        states = [self._perceived(ticks, state) for ticks, state in due]
        made = [row for row, state in enumerate(states) if state.plan is not None]
        commits: list[Commit] = []
        for row in made:
            (ticks, _), state = due[row], states[row]
            assert state.plan is not None
            shown = min(len(ticks), self.block)
            commits.append(Commit(state.plan, shown, state.reference, state.past))
        pasts = self._sampler.commits(commits) if commits else []
        for row, commit, past in zip(made, commits, pasts, strict=True):
            shown = commit.plan.latents[: commit.shown]
            mean = self._drift.mean_after(states[row].mean, shown)
            states[row] = replace(states[row], past=past, plan=None, mean=mean)
        return states

    def _perceived(self, ticks: Sequence[Tick], state: OfficialState) -> OfficialState:
        own, user, faces = state.own, state.user, [state.faces]
        for tick in ticks:
            own = own.after(tick.avatar_audio[:TICK], self._hearing.bands)
            user = user.after(tick.user_audio, self._hearing.bands)
            faces.append(self._face(tick)[None])
        seen = np.concatenate(faces)[-self._span :]
        return replace(state, own=own, user=user, faces=seen)

    def _face(self, tick: Tick) -> Vector:
        """The user's motion; none, as where there is no user, for a face of another space."""
        face = tick.user_face
        if face is None or face.space.name != self.space.name:
            return self.space.rest
        return face.motion

    def _heard(self, newest: Sequence[Tick], states: Sequence[OfficialState]) -> list[Heard]:
        """What the frames up to the end of a block are conditioned on."""
        windows = [
            state.own.window(self._ahead(tick)) for tick, state in zip(newest, states, strict=True)
        ]
        windows += [state.user.window() for state in states]
        own, user = self._hearing.features(windows).split(len(states))
        end = WINDOW - self.look_ahead
        present = np.stack([state.user.present[-self._span :] for state in states])
        heard = Heard(
            self._projection(own[:, end - self._span : end]),
            self._projection(user[:, -self._span :])
            * torch.tensor(present[..., None], device=self._sampler.device),
            torch.tensor(np.stack([state.faces for state in states]), device=self._sampler.device),
        )
        rows = zip(heard.own.split(1), heard.user.split(1), heard.motion.split(1), strict=True)
        return [Heard(*row) for row in rows]

    def _ahead(self, tick: Tick) -> Samples:
        """The own voice after this tick, to the end of the block and as far as is heard ahead."""
        ahead = (self.block - 1 + self.look_ahead) * TICK
        queued = tick.avatar_audio[TICK : TICK + ahead]
        return np.pad(queued, (0, ahead - len(queued)))

    def _noise(self, index: int, seed: int) -> Float[Tensor, "frames latent"]:
        """Of each frame for itself, so that a step can be taken again."""
        frames = [
            np.random.default_rng([seed, index + offset]).standard_normal(
                self.space.dim, np.float32
            )
            for offset in range(self.block)
        ]
        return torch.tensor(np.stack(frames), device=self._sampler.device)

    def _rested_of(self, rest: bytes) -> ForcingState:
        """The cache of a face that has rested for a clip, alone and in silence."""
        reference = torch.tensor(np.frombuffer(rest, np.float32), device=self._sampler.device)
        with torch.inference_mode():
            silence = self._projection(self._hearing.silence[WINDOW // 2])
            own = silence.expand(1, self._clip, -1)
        nothing = torch.zeros_like(own)
        return self._sampler.primed(Heard(own, nothing, nothing), reference)
