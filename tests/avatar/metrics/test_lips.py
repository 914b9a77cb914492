import numpy as np
import pytest

from avatar.data.clip import Utterance
from avatar.metrics import lips
from avatar.motion import ARKIT58, Motions
from avatar.tick import Phone

JAW = ARKIT58.index("jawOpen")
PRESS = slice(ARKIT58.index("mouthPressLeft"), ARKIT58.index("mouthPressRight") + 1)


def speech(seed: int = 0, ticks: int = 200) -> Motions:
    """Every channel of the mouth moves on its own."""
    motion = np.zeros((ticks, 58), np.float32)
    for place, name in enumerate(lips.MOUTH):
        motion[:, ARKIT58.index(name)] = np.random.default_rng([seed, place]).random(ticks)
    return motion


def test_the_truth_correlates_with_itself_and_with_nothing_else() -> None:
    truth, always = speech(), np.ones(200, bool)
    assert lips.jaw_correlation(truth, truth, always) == pytest.approx(1)
    assert lips.mouth_correlation(0.5 * truth, truth, always) == pytest.approx(1)
    other = lips.mouth_correlation(speech(1), truth, always)
    assert other is not None
    assert abs(other) < 0.1


def test_only_ticks_of_speech_count() -> None:
    truth, speaking = speech(), np.arange(200) < 100
    generated = truth.copy()
    generated[100:] = 0
    assert lips.jaw_correlation(generated, truth, speaking) == pytest.approx(1)
    assert lips.jaw_correlation(generated, truth, np.zeros(200, bool)) is None


def test_a_channel_that_stays_still_counts_as_nothing() -> None:
    truth, always = speech(), np.ones(200, bool)
    generated = truth.copy()
    generated[:, JAW] = 0.3
    value = lips.mouth_correlation(generated, truth, always)
    assert value == pytest.approx(1 - 1 / len(lips.MOUTH))


def bilabial_speech() -> tuple[Motions, tuple[Utterance, ...]]:
    """Ten syllables "ma", 0.4 s each, from tick 20."""
    phones = [
        phone
        for start in np.arange(10) * 0.4
        for phone in (
            Phone("m", float(start), float(start) + 0.08),
            Phone("ˈa", float(start) + 0.08, float(start) + 0.4),
        )
    ]
    motion = np.zeros((140, 58), np.float32)
    for tick in range(20, 120):
        closed = (tick - 20) % 10 < 2
        motion[tick, JAW] = 0.03 if closed else 0.5
        motion[tick, PRESS] = 0.5 if closed else 0.0
    sound = np.zeros(100 * 640, np.float32)
    return motion, (Utterance(20, sound, tuple(phones), ends_turn=True),)


def test_bilabials_are_found_in_ticks() -> None:
    _, utterances = bilabial_speech()
    spans = lips.bilabials(utterances, 140)
    assert [span.start for span in spans] == list(range(20, 120, 10))
    assert len(lips.bilabials(utterances, 100)) == 8


@pytest.mark.parametrize(
    ("late", "firmness", "reached"),
    [(0, 1.0, 10), (1, 1.0, 10), (4, 1.0, 0), (0, 0.7, 10), (0, 0.4, 0)],
)
def test_lips_close_in_time_and_firmly_or_not(late: int, firmness: float, reached: int) -> None:
    truth, utterances = bilabial_speech()
    generated = np.roll(truth, late, axis=0)
    generated[:, PRESS] *= firmness
    spans = lips.bilabials(utterances, 140)
    assert lips.closures(generated, truth, spans) == (reached, 10)


def test_an_open_mouth_never_closes() -> None:
    truth, utterances = bilabial_speech()
    generated = truth.copy()
    generated[:, JAW] = 0.5
    assert lips.closures(generated, truth, lips.bilabials(utterances, 140)) == (0, 10)


def test_true_lips_that_stay_open_ask_for_nothing() -> None:
    truth, utterances = bilabial_speech()
    truth[:, PRESS] = 0
    assert lips.closures(truth, truth, lips.bilabials(utterances, 140)) == (0, 0)


def test_silence_is_away_from_speech_and_from_true_laughs() -> None:
    truth, speaking = np.zeros((100, 58), np.float32), np.zeros(100, bool)
    speaking[20:40] = True
    truth[60:70, JAW] = 0.5
    silent = lips.silent_ticks(truth, speaking)
    assert np.flatnonzero(silent).tolist() == [*range(15), *range(45, 60), *range(70, 100)]
    generated = truth.copy()
    generated[50, JAW] = 0.6
    assert lips.silence_jaw(generated, silent) == pytest.approx(0.6 / 60)
    assert lips.silence_jaw(generated, np.zeros(100, bool)) is None


def test_a_motion_that_is_not_finite_is_refused() -> None:
    truth, always = speech(), np.ones(200, bool)
    broken = truth.copy()
    broken[3, JAW] = np.nan
    with pytest.raises(ValueError, match="generated motion: tick 3, jawOpen is nan"):
        lips.jaw_correlation(broken, truth, always)
    with pytest.raises(ValueError, match="true motion: tick 3"):
        lips.mouth_correlation(truth, broken, always)
