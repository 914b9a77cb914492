"""What the official generator hears while a conversation runs.

The released features are those of a whole recording: normalised by all of it, and heard to its end.
Here a network hears the last seconds of each voice, the avatar's own as far ahead as it is queued,
and the level of a voice is followed instead of a recording's being known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor

from avatar.clock import FPS, SAMPLE_RATE, TICK
from avatar.nn.forcing_speech import filters, normed_features
from avatar.nn.speech_encoder import SpeechEncoder
from avatar.tick import Samples

WINDOW = 60
"""Ticks that the network hears at once."""

Encoder = Callable[[Tensor, int], Tensor]
"""Normalised sound of some rows (16 kHz) and a number of frames in, features of each frame out."""

TYPICAL = 0.06
"""Level of speech before anyone has spoken: root mean square, of full scale."""
QUIETEST, LOUDEST = 0.005, 0.3
"""Bounds of the level, so that a silent room is not taken for a whisper."""
GATE = 0.2
"""Ticks below this share of the level tell nothing of it."""
KNOWN_FROM = 12
"""Ticks of voice that the level before anyone has spoken counts as."""
REMEMBERED = 5 * FPS
"""Ticks of voice that the level is a mean of."""
FADE = 0.5 ** (1 / (5 * FPS))
"""Of the level's power, a tick between a room and a voice: who goes on quietly is found again."""
FALL = 0.82
"""Of a filter of one pole: the long-term spectrum of speech falls from about 500 Hz."""
SPOKEN = 0.5
"""Share of a recording that is speech, as recordings of conversations go; the rest is pause."""


@dataclass(frozen=True, eq=False, slots=True)
class Bands:
    """The first filters of a network, whose powers it norms by; there may be none."""

    taps: Float32[np.ndarray, "taps channels"]
    stride: int

    def powers(self, samples: Samples) -> Float32[np.ndarray, " channels"]:
        """Mean power of the sound behind each filter."""
        places = np.lib.stride_tricks.sliding_window_view(samples, len(self.taps))[:: self.stride]
        return np.square(places @ self.taps).mean(0)

    def typical(self) -> "Level":
        """Of a voice that has not spoken yet: noise that falls as speech does, to high tones."""
        white = np.random.default_rng(0).standard_normal(SAMPLE_RATE, np.float32)
        noise = np.convolve(white, FALL ** np.arange(64, dtype=np.float32))
        return Level(TYPICAL**2, KNOWN_FROM, self.powers(noise) / np.square(noise).mean())


@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """How someone speaks: the mean power of ticks that hold voice, and of each band's share."""

    power: float
    voiced: int
    shares: Float32[np.ndarray, " channels"]

    def after(self, samples: Samples, bands: Bands) -> "Level":
        """One tick later."""
        power = float(np.square(samples, dtype=np.float64).mean())
        if power <= QUIETEST**2:
            return self
        if power <= GATE**2 * self.power:
            return replace(self, power=self.power * FADE)
        voiced = min(self.voiced + 1, REMEMBERED)
        mean = self.power + (power - self.power) / voiced
        kept = (1 - 1 / voiced) * self.power / mean
        shares = kept * self.shares + bands.powers(samples) / np.float32(voiced * mean)
        return Level(min(mean, LOUDEST**2), voiced, shares.astype(np.float32))

    @property
    def deviation(self) -> float:
        """What the standard deviation of a recording of this voice would be."""
        return (SPOKEN * self.power) ** 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Voice:
    """The last ticks of a voice, oldest first, and which of them there was any sound of."""

    samples: Float32[np.ndarray, "ticks 640"]
    present: Bool[np.ndarray, " ticks"]
    level: Level

    @staticmethod
    def silent(level: Level) -> "Voice":
        """Nothing yet."""
        return Voice(np.zeros((WINDOW, TICK), np.float32), np.zeros(WINDOW, np.bool_), level)

    def after(self, samples: Samples | None, bands: Bands) -> "Voice":
        """One tick later; None where there is no microphone."""
        heard = np.zeros(TICK, np.float32) if samples is None else samples
        return Voice(
            np.concatenate([self.samples[1:], heard[None]]),
            np.append(self.present[1:], samples is not None),
            self.level if samples is None else self.level.after(samples, bands),
        )

    def window(self, ahead: Samples | None = None) -> "Window":
        """The last seconds, up to sound that is known ahead, at the level of this voice."""
        sound = self.samples.ravel()
        if ahead is not None:
            sound = np.concatenate([sound, ahead])[-len(sound) :]
        normal = (sound / self.level.deviation).astype(np.float32)
        return Window(normal, self.level.shares)


class Window(NamedTuple):
    """Seconds of sound at the level of its voice, and the share of each band in that voice."""

    sound: Samples
    shares: Float32[np.ndarray, " channels"]


class Hearing:
    """A network that hears windows of sound. Silence, which is most of a conversation, is known."""

    def __init__(self, encoder: Encoder, device: torch.device) -> None:
        self._encoder, self._device = encoder, device
        self.bands = _bands(encoder)
        self.level = self.bands.typical()
        nothing = Window(np.zeros(WINDOW * TICK, np.float32), self.level.shares)
        self.silence: Float[Tensor, "ticks features"] = self._heard([nothing])[0]

    def features(self, windows: Sequence[Window]) -> Float[Tensor, "rows ticks features"]:
        """Of each window of `WINDOW` ticks."""
        sounding = [row for row, window in enumerate(windows) if window.sound.any()]
        heard = self.silence.repeat(len(windows), 1, 1)
        if sounding:
            heard[sounding] = self._heard([windows[row] for row in sounding])
        return heard

    @torch.inference_mode()
    def _heard(self, windows: Sequence[Window]) -> Float[Tensor, "rows ticks features"]:
        sound, shares = (
            torch.tensor(np.stack(rows), device=self._device) for rows in zip(*windows, strict=True)
        )
        if isinstance(self._encoder, SpeechEncoder):
            return normed_features(self._encoder, sound, WINDOW, shares).float()
        return self._encoder(sound, WINDOW).float()


def _bands(encoder: Encoder) -> Bands:
    if not isinstance(encoder, SpeechEncoder):
        return Bands(np.zeros((1, 0), np.float32), TICK)
    taps, stride = filters(encoder)
    return Bands(np.ascontiguousarray(taps.float().cpu().numpy().T), stride)
