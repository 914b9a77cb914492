"""How far what is heard live lies from what a whole recording would have told."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from avatar.clock import FPS, TICK
from avatar.errors import DataError
from avatar.official.hearing import (
    SPOKEN,
    WINDOW,
    Encoder,
    Hearing,
    Level,
    Voice,
    Window,
)
from avatar.tick import Samples

BATCH = 8
"""Windows that are heard at once."""
GROUPS = 3
"""Parts that the layers are told of in."""


@dataclass(frozen=True, slots=True)
class HearingError:
    """Relative root mean square errors of features, of the lower, middle and upper layers.

    `ahead` is how many ticks beyond a block were heard. `level` says whether the level of the voice
    was followed, or known from the whole recording.
    """

    ahead: int
    level: str
    layers: tuple[float, ...]


def hearing_errors(
    encoder: Encoder, samples: Samples, *, block: int, looks: tuple[int, ...], device: torch.device
) -> list[HearingError]:
    """Compare windows as in a live conversation with the whole recording (16 kHz).

    Of each window the frames count that a block is made with: `block` of them, and as many ticks
    ahead as `looks` says are heard beyond. Raises DataError for less than a window of sound.
    """
    ticks = len(samples) // TICK
    if ticks < WINDOW:
        raise DataError(f"at least {WINDOW / FPS:.1f} s of sound are needed, not {ticks / FPS:.1f}")
    samples = samples[: ticks * TICK]
    normal = (samples - samples.mean()) / (samples.std() + 1e-7)
    with torch.inference_mode():
        sound = torch.from_numpy(normal[None].astype(np.float32)).to(device)
        whole = encoder(sound, ticks)[0].float()
    hearing = Hearing(encoder, device)
    told: list[HearingError] = []
    for ahead in looks:
        ends = np.arange(block + ahead, ticks + 1, block)
        at = torch.tensor(ends[:, None] - ahead - block + np.arange(block), device=device)
        for level in ("known", "followed"):
            windows = _windows(samples, ends, ahead, hearing, known=level == "known")
            heard = torch.cat(
                [
                    hearing.features(windows[begin : begin + BATCH])
                    for begin in range(0, len(windows), BATCH)
                ]
            )
            last = WINDOW - ahead
            layers = _relative(heard[:, last - block : last], whole[at])
            told.append(HearingError(ahead, level, layers))
    return told


def _windows(
    samples: Samples, ends: Int[np.ndarray, " blocks"], ahead: int, hearing: Hearing, *, known: bool
) -> list[Window]:
    """What is heard at the end of each block; what is heard ahead does not tell the level."""
    voices: list[Voice] = [Voice.silent(hearing.level)]
    for tick in samples.reshape(-1, TICK):
        voices.append(voices[-1].after(tick, hearing.bands))
    power = float(np.square(samples).mean())
    whole = Level(power / SPOKEN, 1, hearing.bands.powers(samples) / np.float32(power))
    return [
        replace(voices[end], level=whole if known else voices[end - ahead].level).window()
        for end in ends
    ]


def _relative(
    made: Float[Tensor, "blocks frames features"], wanted: Float[Tensor, "blocks frames features"]
) -> tuple[float, ...]:
    """Of each group of layers."""
    pairs = zip(made.tensor_split(GROUPS, -1), wanted.tensor_split(GROUPS, -1), strict=True)
    return tuple(float((a - b).square().mean().sqrt() / b.square().mean().sqrt()) for a, b in pairs)
