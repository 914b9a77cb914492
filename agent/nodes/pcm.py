"""The samples in the bytes of an audio frame."""

import numpy as np
from jaxtyping import Int16
from pipecat.frames.frames import AudioRawFrame


def channels(frame: AudioRawFrame) -> Int16[np.ndarray, "samples channels"]:
    """The samples of every channel; bytes that do not make a whole sample are dropped."""
    width = 2 * frame.num_channels
    whole = frame.audio[: len(frame.audio) // width * width]
    return np.frombuffer(whole, np.int16).reshape(-1, frame.num_channels)
