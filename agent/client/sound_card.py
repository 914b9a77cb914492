"""This machine's microphone and loudspeaker, without the one in the other."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import soxr
from jaxtyping import Int16

from agent.client.echo import FRAME_S, EchoCanceller
from agent.client.errors import DeviceUnavailable
from agent.client.player import Player

CARD_RATE = 48_000
"""Samples a second of sound cards, and of echo cancellation."""

MICROPHONE_RATE = 16_000
VOICE_RATE = 24_000


class FullDuplex:
    """Ten milliseconds of a sound card at a time: what to play, and what was heard besides.

    `heard` is given the microphone at 16 kHz. Playing and hearing may be threads of their own.
    """

    def __init__(self, player: Player, heard: Callable[[Int16[np.ndarray, " n"]], None]) -> None:
        """Raises DeviceUnavailable as `EchoCanceller` does."""
        self._player, self._heard = player, heard
        self._echo = EchoCanceller(CARD_RATE)
        self._up = soxr.ResampleStream(VOICE_RATE, CARD_RATE, 1, dtype="int16", quality="LQ")
        self._down = soxr.ResampleStream(CARD_RATE, MICROPHONE_RATE, 1, dtype="int16", quality="LQ")
        self._ready = np.zeros(0, np.int16)
        self._sounds_in_s = 0.0

    def play(self, sounds_in_s: float = 0.0) -> Int16[np.ndarray, " n"]:
        """The next frame for the loudspeaker, which will sound so much later."""
        while len(self._ready) < self._echo.samples:
            samples = round(VOICE_RATE * FRAME_S)
            voice = np.frombuffer(self._player.sound(samples, sounds_in_s), np.int16)
            self._ready = np.concatenate([self._ready, self._up.resample_chunk(voice)])
        played, self._ready = np.split(self._ready, [self._echo.samples])
        self._sounds_in_s = sounds_in_s
        self._echo.far(played)
        return played

    def hear(self, frame: Int16[np.ndarray, " n"], sounded_before_s: float = 0.0) -> None:
        """A frame of the microphone, whose first sample sounded so long ago."""
        self._echo.delayed(self._sounds_in_s + sounded_before_s)
        near = self._down.resample_chunk(self._echo.near(frame))
        if len(near):
            self._heard(near)


@contextmanager
def sound_card(duplex: FullDuplex) -> Generator[None]:
    """Play and hear with the default devices while the context lasts.

    Raises DeviceUnavailable without the extra `media`, PortAudio, or devices.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceUnavailable(
            f"a microphone needs PortAudio (apt install libportaudio2) and "
            f"`pip install 'visavis[media]'`: {error}"
        ) from error

    def hears(heard: Any, _frames: int, times: Any, _status: Any) -> None:
        before_s = max(0.0, times.currentTime - times.inputBufferAdcTime)
        duplex.hear(np.frombuffer(heard, "<i2"), before_s)

    def plays(played: Any, _frames: int, times: Any, _status: Any) -> None:
        in_s = max(0.0, times.outputBufferDacTime - times.currentTime)
        played[:] = duplex.play(in_s).astype("<i2").tobytes()

    # One stream for both directions does not always start its microphone over PulseAudio.
    card: dict[str, Any] = {
        "samplerate": CARD_RATE,
        "blocksize": round(CARD_RATE * FRAME_S),
        "channels": 1,
        "dtype": "int16",
        "latency": "low",
    }
    with ExitStack() as streams:
        try:
            streams.enter_context(sounddevice.RawOutputStream(**card, callback=plays))
            streams.enter_context(sounddevice.RawInputStream(**card, callback=hears))
        except sounddevice.PortAudioError as error:
            raise DeviceUnavailable(
                f"no microphone and loudspeaker can be opened ({error}); open the page instead"
            ) from error
        yield
