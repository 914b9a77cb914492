"""When the words of a text are said, for captions and for a context that ends where it was cut."""

import re
from itertools import pairwise

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
    total = sum(letters)
    ends = [sum(letters[: i + 1]) / total for i in range(len(letters))]
    bounds = [0.0, *(_at(share, speech) for share in ends)]
    return tuple(
        Word(word, start, end) for word, (start, end) in zip(written, pairwise(bounds), strict=True)
    )


def _at(share: float, speech: Speech) -> float:
    """The moment at which a share of the sounding phones has passed."""
    sounding = [phone for phone in speech.phones if phone.symbol]
    left = share * sum(phone.end_s - phone.start_s for phone in sounding)
    for phone in sounding:
        lasts = phone.end_s - phone.start_s
        if left <= lasts:
            return phone.start_s + left
        left -= lasts
    return sounding[-1].end_s if sounding else share * speech.duration_s
