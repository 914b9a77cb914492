"""When words are said: the voice's own times where it tells them, spread by letters where not."""

import numpy as np
import pytest

from agent.services.tts.words import timed_words
from avatar.tick import Phone, Word
from avatar.voices.base import Speech


def speech(words: tuple[Word, ...] = ()) -> Speech:
    phones = (Phone("", 0.0, 0.5), Phone("a", 0.5, 1.5), Phone("", 1.5, 1.7), Phone("b", 1.7, 2.7))
    return Speech(np.zeros(27_000, np.int16), 10_000, phones, words)


def test_the_voices_times_with_the_words_as_they_are_written() -> None:
    told = (Word("good", 0.5, 1.4), Word("morning", 1.7, 2.6))
    words = timed_words("Good morning!", speech(told))
    assert [word.text for word in words] == ["Good", "morning!"]
    assert [word.start_s for word in words] == [0.5, 1.7]


def test_words_are_spread_over_what_sounds() -> None:
    words = timed_words("ab cdef gh", speech())
    assert [word.start_s for word in words] == [0.0, pytest.approx(1.0), pytest.approx(2.2)]
    assert words[-1].end_s == pytest.approx(2.7)


def test_a_text_without_words_or_phones() -> None:
    assert timed_words("  ", speech()) == ()
    silent = Speech(np.zeros(10_000, np.int16), 10_000, (), ())
    assert [word.end_s for word in timed_words("a b", silent)] == [0.5, 1.0]
