import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.behaviour.visemes import SHAPE, VISEMES, mouth_shape, visemes_of
from avatar.tick import Phone

JAW, PRESS, PUCKER = (SHAPE.index(name) for name in ("jaw", "press", "pucker"))


@pytest.mark.parametrize(
    ("symbol", "classes"),
    [
        ("p", ("bilabial",)),
        ("ˈiː", ("close_front",)),
        ("aɪ", ("open", "close_front")),
        ("oʊ", ("mid_round", "close_round")),
        ("tʃ", ("alveolar", "palatal")),
        ("ɡ", ("velar",)),
        ("", ("silence",)),
        ("ɧ", ("central",)),
        ("œ̃", ("front_round",)),
    ],
)
def test_ipa_symbols_have_classes(symbol: str, classes: tuple[str, ...]) -> None:
    assert visemes_of(symbol) == classes


@given(st.text(max_size=6))
def test_any_symbol_has_a_class(symbol: str) -> None:
    assert all(name in VISEMES for name in visemes_of(symbol))


def test_shapes_reach_their_targets_in_long_phones() -> None:
    assert mouth_shape([Phone("ɑ", 0.0, 0.4)], 0.2)[JAW] > 0.6
    assert mouth_shape([Phone("u", 0.0, 0.4)], 0.2)[PUCKER] > 0.65
    assert mouth_shape([Phone("m", 0.0, 0.4)], 0.2)[PRESS] > 0.5
    assert mouth_shape([], 0.2).max() == 0.0


def test_rounding_is_anticipated() -> None:
    rounded = [Phone("t", 0.0, 0.08), Phone("u", 0.08, 0.25)]
    spread = [Phone("t", 0.0, 0.08), Phone("i", 0.08, 0.25)]
    assert mouth_shape(rounded, 0.06)[PUCKER] > mouth_shape(spread, 0.06)[PUCKER] + 0.15


def test_a_short_bilabial_closes_between_open_vowels() -> None:
    phones = [Phone("a", 0.0, 0.12), Phone("b", 0.12, 0.19), Phone("a", 0.19, 0.32)]
    open_jaw, closed = mouth_shape(phones, 0.06)[JAW], mouth_shape(phones, 0.155)[JAW]
    assert closed < 0.35 * open_jaw
    assert mouth_shape(phones, 0.155)[PRESS] > 0.3


@given(st.floats(-1, 2), st.lists(st.tuples(st.text(max_size=2), st.floats(0.01, 0.3)), max_size=8))
def test_shapes_stay_in_range(at: float, parts: list[tuple[str, float]]) -> None:
    phones, start = list[Phone](), 0.0
    for symbol, length in parts:
        phones.append(Phone(symbol, start, start + length))
        start += length
    mouth = mouth_shape(phones, at)
    assert np.isfinite(mouth).all()
    assert mouth.min() >= 0
    assert mouth.max() <= 1
