"""A TTS service's sound, made into the samples of a timeline."""

import numpy as np
import soxr
from pipecat.frames.frames import TTSAudioRawFrame

from agent.nodes.pcm import channels
from avatar.tick import VoiceSamples


class VoiceAudio:
    """Converts TTS frames of any rate to mono samples of one rate; keeps filter state."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler: soxr.ResampleStream | None = None
        self._from = rate

    def samples(self, frame: TTSAudioRawFrame) -> VoiceSamples:
        """The samples of a frame; bytes that do not make a whole sample are dropped."""
        pcm = channels(frame)
        mono = pcm[:, 0] if frame.num_channels == 1 else pcm.mean(axis=1).astype(np.int16)
        if frame.sample_rate != self._from:
            self._from = frame.sample_rate
            self._resampler = None
            if self._from != self._rate:
                self._resampler = soxr.ResampleStream(self._from, self._rate, 1, dtype="int16")
        return mono if self._resampler is None else self._resampler.resample_chunk(mono)

    def rest(self) -> VoiceSamples:
        """What is still inside the filter, at the end of an utterance."""
        if self._resampler is None:
            return np.zeros(0, np.int16)
        tail = self._resampler.resample_chunk(np.zeros(0, np.int16), last=True)
        self._from, self._resampler = self._rate, None
        return tail
