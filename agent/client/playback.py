"""What waits to be played: the avatar's turns, which may be held and dropped at once."""

from collections import deque
from threading import Lock

import numpy as np
from jaxtyping import Int16

FADE_S = 0.01
CUSHION_S = 0.08
"""Sound that is there before anything is played, against the jitter of a network."""


class Playback:
    """A queue of PCM16 between an event loop that adds and an audio thread that takes."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._pieces: deque[tuple[int, Int16[np.ndarray, " n"]]] = deque()
        self._lock = Lock()
        self._playing = False

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that wait."""
        with self._lock:
            return self._waiting / self._rate

    def add(self, turn: int, pcm: Int16[np.ndarray, " n"]) -> None:
        """Play this behind what waits; `turn` 0 is no turn, and is never dropped."""
        with self._lock:
            self._pieces.append((turn, pcm))

    def drop(self, turn: int) -> None:
        """Fade out, and forget all turns up to this one."""
        with self._lock:
            if self._playing and self._pieces and 0 < self._pieces[0][0] <= turn:
                tail = self._next(round(FADE_S * self._rate))
                faded = (tail * np.linspace(1, 0, len(tail))).astype(np.int16)
                self._pieces.appendleft((0, faded))
            kept = [piece for piece in self._pieces if not 0 < piece[0] <= turn]
            self._pieces = deque(kept)

    def take(self, samples: int) -> Int16[np.ndarray, " n"]:
        """The next samples, silence where there are none."""
        out = np.zeros(samples, np.int16)
        with self._lock:
            cushion = round(CUSHION_S * self._rate)
            self._playing = self._waiting >= (1 if self._playing else cushion)
            if self._playing:
                said = self._next(samples)
                out[: len(said)] = said
        return out

    @property
    def _waiting(self) -> int:
        return sum(len(piece) for _, piece in self._pieces)

    def _next(self, samples: int) -> Int16[np.ndarray, " n"]:
        """Up to so many samples from the front."""
        taken: list[Int16[np.ndarray, " n"]] = []
        while self._pieces and samples:
            turn, piece = self._pieces.popleft()
            taken.append(piece[:samples])
            if len(piece) > samples:
                self._pieces.appendleft((turn, piece[samples:]))
            samples -= len(taken[-1])
        return np.concatenate(taken) if taken else np.zeros(0, np.int16)
