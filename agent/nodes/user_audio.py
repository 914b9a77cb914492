"""The user's sound as transports bring it, made into what a timeline hears."""

import numpy as np
import soxr
from pipecat.frames.frames import InputAudioRawFrame

from agent.nodes.pcm import channels
from avatar.clock import SAMPLE_RATE
from avatar.tick import Samples


class UserAudio:
    """Converts a stream of PCM16 frames of one rate to mono 16 kHz samples; keeps filter state."""

    def __init__(self) -> None:
        self._rate = SAMPLE_RATE
        self._resampler: soxr.ResampleStream | None = None

    def samples(self, frame: InputAudioRawFrame) -> Samples:
        """The samples of a frame; bytes that do not make a whole sample are dropped."""
        pcm = channels(frame)
        mono = pcm.mean(axis=1, dtype=np.float32) / np.float32(32768)
        if frame.sample_rate != self._rate:
            self._rate = frame.sample_rate
            self._resampler = None
            if self._rate != SAMPLE_RATE:
                self._resampler = soxr.ResampleStream(
                    self._rate, SAMPLE_RATE, 1, dtype="float32", quality=_quality(self._rate)
                )
        return mono if self._resampler is None else self._resampler.resample_chunk(mono)


def _quality(rate: int) -> str:
    """The shortest filter that does no harm: a reaction waits for it (6 ms from 48 kHz)."""
    return "QQ" if rate < SAMPLE_RATE else "LQ"
