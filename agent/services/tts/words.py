"""When the words of a text are said, for captions and for a context that ends where it was cut."""

import re
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from avatar.tick import Word
from avatar.voices.base import Speech


def timed_words(text: str, speech: Speech) -> tuple[Word, ...]:
    """The words of a text as they are written, with times from the start of its sound.

    Where the voice tells as many words as are written, its times hold; else the words are spread
    over what sounds, by their letters.
    """
    written = text.split()
    if len(speech.words) == len(written):
        return tuple(
            Word(word, told.start_s, told.end_s)
            for word, told in zip(written, speech.words, strict=True)
        )
    return _spread(written, speech)


def _spread(written: list[str], speech: Speech) -> tuple[Word, ...]:
    letters = [max(1, len(re.sub(r"\W", "", word))) for word in written]
    shares = np.concatenate([[0.0], np.cumsum(letters) / max(1, sum(letters))])
    bounds = _moments(shares, speech).tolist()
    return tuple(
        Word(word, start, end) for word, (start, end) in zip(written, pairwise(bounds), strict=True)
    )


def _moments(
    shares: Float64[np.ndarray, " bounds"], speech: Speech
) -> Float64[np.ndarray, " bounds"]:
    """The moments at which shares of the sounding phones have passed; the first is 0."""
    sounding = [phone for phone in speech.phones if phone.symbol]
    if not sounding:
        return shares * speech.duration_s
    starts = np.array([phone.start_s for phone in sounding])
    ends = np.array([phone.end_s for phone in sounding])
    passed = np.concatenate([[0.0], np.cumsum(ends - starts)])
    wanted = shares * passed[-1]
    phone = np.clip(np.searchsorted(passed, wanted, side="left") - 1, 0, len(sounding) - 1)
    moments = np.minimum(starts[phone] + wanted - passed[phone], ends[phone])
    moments[0] = 0.0
    return moments
