"""What words mean for the floor, and what a mouth tells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.turns.meaning import is_backchannel, takes_floor, wholeness
from agent.turns.mouth import Mouth
from agent.turns.sentiment import felt, may_be_tag, tagged
from avatar.motion import ARKIT58, FaceObservation, latent_space


@pytest.mark.parametrize(
    ("said", "short", "long"),
    [
        ("mhm", False, False),
        ("okay, I see", False, False),
        ("ha ha ha ha", False, False),
        ("f f f f f", False, False),
        ("I'm glad", False, True),
        ("where is it", True, True),
        ("Stop!", True, True),
        ("excuse me", True, True),
        ("lift", False, False),
        ("", False, False),
    ],
)
def test_what_takes_the_floor(said: str, *, short: bool, long: bool) -> None:
    assert takes_floor(said, 0.4) is short
    assert takes_floor(said, 0.9) is long


@given(st.text(max_size=60), st.floats(0, 5))
def test_any_text_can_be_judged(text: str, seconds: float) -> None:
    assert not (is_backchannel(text) and takes_floor(text, seconds)) or "no" in text.lower()
    assert np.isfinite(wholeness(text, None))


def test_how_whole_a_sentence_is() -> None:
    assert wholeness("Where is the lift?", None) > wholeness("where is the lift", None) > 0
    assert wholeness("Where is the", None) < wholeness("Where is the lift and", None) + 1e-9 < 0
    assert wholeness("Well, the lift", None) < 0
    assert wholeness("where is the lift", -0.4) > 1 > 0 > wholeness("can you tell me", -1.3)


@pytest.mark.parametrize(
    ("text", "emotion", "rest"),
    [
        ("[happy] Hello.", "happy", "Hello."),
        (" [SAD]  Oh.", "sad", "Oh."),
        ("[angry] No.", None, "[angry] No."),
        ("Hello [happy]", None, "Hello [happy]"),
    ],
)
def test_tags(text: str, emotion: str | None, rest: str) -> None:
    assert tagged(text) == (emotion, rest)


def test_a_tag_that_may_still_come() -> None:
    assert may_be_tag("[")
    assert may_be_tag(" [conc")
    assert not may_be_tag("[happy]")
    assert not may_be_tag("[x")
    assert not may_be_tag("Hello")


def test_words_that_tell_a_feeling() -> None:
    assert felt("Unfortunately we are closed.") == "concerned"
    assert felt("Welcome!") == "happy"
    assert felt("The lift is to the left.") == "neutral"


def seen(jaw: float, *, mouth: bool = True) -> FaceObservation:
    motion = ARKIT58.rest.copy()
    motion[ARKIT58.index("jawOpen")] = jaw
    known = np.full(ARKIT58.dim, mouth, np.bool_)
    return FaceObservation(ARKIT58, motion, known)


def test_a_mouth_moves_rests_or_is_not_seen() -> None:
    mouth = Mouth()
    assert mouth.moves(0.0) is None
    for n in range(10):
        mouth.see(seen(0.01 * (n % 2)), n * 0.08)
    assert mouth.moves(0.8) is False
    for n in range(5):
        mouth.see(seen(0.3 * (n % 2)), 0.8 + n * 0.08)
    assert mouth.moves(1.2) is True
    assert mouth.moves(3.0) is None, "what was seen long ago tells nothing"
    mouth.see(seen(0.0, mouth=False), 3.1)
    assert mouth.moves(3.1) is None


def test_a_face_in_latents_neither_moves_the_mouth_nor_hides_it() -> None:
    mouth, space = Mouth(), latent_space(4)
    for n in range(10):
        latent = np.full(4, n % 2, np.float32)
        mouth.see(FaceObservation(space, latent, np.ones(4, bool)), n * 0.08)
        assert mouth.moves(n * 0.08) is None
    for n in range(5):
        mouth.see(seen(0.3 * (n % 2)), 0.8 + n * 0.08)
        mouth.see(FaceObservation(space, space.rest, np.ones(4, bool)), 0.8 + n * 0.08)
    assert mouth.moves(1.2) is True
