"""Echo cancellation for a microphone that hears the avatar's own voice out of a loudspeaker."""

from typing import Any

import numpy as np
from jaxtyping import Int16

from agent.client.errors import DeviceUnavailable

FRAME_S = 0.01
"""WebRTC's audio processing takes frames of ten milliseconds."""


class EchoCanceller:
    """WebRTC's echo canceller and noise suppression, from LiveKit's package (extra `media`).

    `far` is given what the loudspeaker plays, `near` what the microphone hears at the same time;
    both in frames of 10 ms, in this order. `delay_s` lies between a frame given to `far` and its
    echo given to `near`.
    """

    def __init__(self, rate: int, delay_s: float = 0.0) -> None:
        """Raises DeviceUnavailable without the extra."""
        try:
            from livekit.rtc import AudioFrame
            from livekit.rtc.apm import AudioProcessingModule
        except ImportError as error:
            raise DeviceUnavailable(
                "echo cancellation needs LiveKit's audio processing: pip install 'visavis[media]'"
            ) from error
        self._frame: Any = AudioFrame
        self._rate = rate
        self._module = AudioProcessingModule(
            echo_cancellation=True, noise_suppression=True, high_pass_filter=True
        )
        self.delayed(delay_s)

    @property
    def samples(self) -> int:
        """Samples of a frame."""
        return round(self._rate * FRAME_S)

    def delayed(self, by_s: float) -> None:
        """The echo comes so much later."""
        self._module.set_stream_delay_ms(round(1000 * by_s))

    def far(self, played: Int16[np.ndarray, " n"]) -> None:
        """What is played."""
        self._module.process_reverse_stream(self._framed(played))

    def near(self, heard: Int16[np.ndarray, " n"]) -> Int16[np.ndarray, " n"]:
        """What was heard, without what was played."""
        frame = self._framed(heard)
        self._module.process_stream(frame)
        return np.frombuffer(bytes(frame.data), "<i2")

    def _framed(self, pcm: Int16[np.ndarray, " n"]) -> Any:
        return self._frame(pcm.astype("<i2").tobytes(), self._rate, 1, len(pcm))
