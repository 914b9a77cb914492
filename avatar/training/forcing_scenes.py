"""What a student of the official generator is taught in: two voices as features, a user's motion.

Scenes come from clips that a person has; else voices come from synthetic conversations, or without
a speech network from smooth noise, and motion from smooth noise: a student follows its teacher as
well as it does only in what is like its scenes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from avatar.clock import FPS, TICK
from avatar.errors import DataError
from avatar.nn.forcing_stream import ForcingModel, Heard
from avatar.nn.speech_encoder import SpeechEncoder
from avatar.synthetic.dialogues.conversation import converse
from avatar.synthetic.dialogues.speech import Speaker
from avatar.tick import Samples
from avatar.training.corpus import Made

OWN, USER, MOTION = CLIP = ("own", "user", "motion")
"""Tensors of a clip: speech features of both, [frames, features], and the user's motion."""
SETTLES = 0.85
"""How much of smooth noise is kept from frame to frame: its memory is a quarter of a second."""


@dataclass(frozen=True, eq=False, slots=True)
class Scenes:
    """Conversations as the generator is told of them, and what its portraits show at rest."""

    heard: Heard
    reference: Float[Tensor, "scenes latent"]


Source: TypeAlias = Callable[[np.random.Generator, int, int], Scenes]
"""Gives so many scenes of so many frames."""


def smooth_noise(
    chance: np.random.Generator, scenes: int, frames: int, width: int
) -> Float[Tensor, "scenes frames width"]:
    """Gaussian numbers of deviation 1 that change by and by."""
    rows = torch.from_numpy(chance.standard_normal((scenes, frames, width), np.float32))
    fresh = (1 - SETTLES**2) ** 0.5
    for frame in range(1, frames):
        rows[:, frame] = SETTLES * rows[:, frame - 1] + fresh * rows[:, frame]
    return rows


@dataclass(frozen=True, eq=False, slots=True)
class NoiseScenes:
    """Smooth noise for features; smooth motion, and portraits, on the model's motion basis."""

    model: ForcingModel

    @torch.no_grad()
    def __call__(self, chance: np.random.Generator, scenes: int, frames: int) -> Scenes:
        """Scenes on the CPU."""
        config, basis = self.model.config, self.model.autoencoder.basis.detach().cpu()
        own, user = (
            _projected(self.model, smooth_noise(chance, scenes, frames, config.features))
            for _ in range(2)
        )
        directions = basis.shape[1]
        motion = smooth_noise(chance, scenes, frames, directions) @ basis.T
        at_rest = chance.standard_normal((scenes, directions), np.float32)
        return Scenes(Heard(own, user, motion), torch.from_numpy(at_rest) @ basis.T)


@dataclass(frozen=True, eq=False, slots=True)
class RecordedScenes:
    """Windows of clips: `.safetensors` with `own`, `user` and `motion`, 25 frames a second.

    A portrait's rest is a frame of the motion of another window. Raises DataError for a folder that
    holds no clips, or one that does not fit.
    """

    model: ForcingModel
    folder: Path

    @torch.no_grad()
    def __call__(self, chance: np.random.Generator, scenes: int, frames: int) -> Scenes:
        """Scenes on the CPU; a clip that is too short holds its last frame."""
        paths = sorted(self.folder.glob("*.safetensors"))
        if not paths:
            raise DataError(
                f"{self.folder}: clips were expected: .safetensors of {', '.join(CLIP)}, "
                f"{FPS} frames a second"
            )
        rows: list[tuple[Tensor, ...]] = []
        for _ in range(scenes):
            clip = _read(paths[int(chance.integers(len(paths)))], self.model)
            length = len(clip[OWN])
            begin = int(chance.integers(max(1, length - frames + 1)))
            at = torch.arange(begin, begin + frames).clamp(max=length - 1)
            rest = clip[MOTION][int(chance.integers(length))]
            rows.append((clip[OWN][at], clip[USER][at], clip[MOTION][at], rest))
        own, user, motion, rest = (torch.stack(column) for column in zip(*rows, strict=True))
        heard = Heard(_projected(self.model, own), _projected(self.model, user), motion)
        return Scenes(heard, rest[torch.from_numpy(chance.permutation(scenes))])


@dataclass(frozen=True, eq=False, slots=True)
class SpokenScenes:
    """Windows of conversations that were heard by the speech network, each from either side.

    `voices` are both parties of each, projected; motion and portraits are those of `noise`.
    """

    voices: Sequence[tuple[Tensor, Tensor]]
    noise: NoiseScenes

    @classmethod
    @torch.no_grad()
    def made(
        cls, model: ForcingModel, speech: SpeechEncoder, *, count: int, length_s: float, made: Made
    ) -> "SpokenScenes":
        """Synthesise `count` conversations of `length_s` seconds, and hear them."""
        voices: list[tuple[Tensor, Tensor]] = []
        with Speaker() as speaker:
            for seed in range(count):
                clip = converse(seed, length_s=length_s, split="train", speaker=speaker)
                one, other = (_heard(party.audio, speech, model) for party in clip.parties)
                voices.append((one, other))
                made(seed + 1, count)
        return cls(voices, NoiseScenes(model))

    def __call__(self, chance: np.random.Generator, scenes: int, frames: int) -> Scenes:
        """Scenes on the CPU; a conversation that is too short holds its last frame."""
        drawn = self.noise(chance, scenes, frames)
        rows: list[tuple[Tensor, ...]] = []
        for _ in range(scenes):
            pair = self.voices[int(chance.integers(len(self.voices)))]
            order = (0, 1) if chance.random() < 0.5 else (1, 0)
            begin = int(chance.integers(max(1, len(pair[0]) - frames + 1)))
            at = torch.arange(begin, begin + frames).clamp(max=len(pair[0]) - 1)
            rows.append(tuple(pair[party][at] for party in order))
        own, user = (torch.stack(column) for column in zip(*rows, strict=True))
        return Scenes(Heard(own, user, drawn.heard.motion), drawn.reference)


def _heard(
    audio: Samples, speech: SpeechEncoder, model: ForcingModel
) -> Float[Tensor, "frames latent"]:
    """What is projected of a whole recording, normalised by all of it as in the papers."""
    sound = (audio - audio.mean()) / max(float(audio.std()), 1e-5)
    device = next(speech.parameters()).device
    features = speech(torch.from_numpy(sound)[None].float().to(device), len(audio) // TICK)
    return _projected(model, features)[0]


def dropped(scenes: Scenes, chance: np.random.Generator, *, own: float, user: float) -> Scenes:
    """The same, some without their own voice or their user: as probable as given."""
    count = len(scenes.reference)
    keep_own, keep_user = (
        torch.from_numpy((chance.random(count) >= share).astype(np.float32))[:, None, None]
        for share in (own, user)
    )
    heard = scenes.heard
    kept = Heard(heard.own * keep_own, heard.user * keep_user, heard.motion * keep_user)
    return Scenes(kept, scenes.reference)


def _projected(
    model: ForcingModel, features: Float[Tensor, "scenes frames features"]
) -> Float[Tensor, "scenes frames latent"]:
    device = next(model.projection.parameters()).device
    return model.projection(features.to(device)).cpu()


def _read(path: Path, model: ForcingModel) -> dict[str, Tensor]:
    try:
        clip = {name: x.float() for name, x in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: a clip was expected: {error}") from error
    widths = dict(
        zip(CLIP, (model.config.features, model.config.features, model.config.latent), strict=True)
    )
    shapes = {name: list(x.shape) for name, x in clip.items()}
    length = max((shape[0] for shape in shapes.values() if shape), default=0)
    wanted = {name: [length, width] for name, width in widths.items()}
    if length == 0 or {name: shapes.get(name) for name in CLIP} != wanted:
        raise DataError(f"{path}: a clip has {wanted}, this one {shapes}")
    if not all(torch.isfinite(clip[name]).all() for name in CLIP):
        raise DataError(f"{path}: holds what is no finite number")
    return clip
