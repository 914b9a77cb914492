import numpy as np
import pytest

from avatar.tracking.places import TOLD
from avatar.tracking.settling import MOST_REST, PLACE, Rest, Smooth, expressed, settle, smooth

RATE = 25
NUMBERS = PLACE + len(TOLD)
SMILE = PLACE + TOLD.index("mouthSmileLeft")


def smoothed(values: np.ndarray) -> np.ndarray:
    state: Smooth | None = None
    out: list[float] = []
    for value in values:
        state = smooth(np.full(NUMBERS, value), state, 1 / RATE)
        out.append(float(state.values[1]))
    return np.array(out)


@pytest.mark.parametrize("hertz", [1.0, 2.0, 4.0])
def test_a_nod_is_late_by_at_most_40_ms(hertz: float) -> None:
    times = np.arange(8 * RATE) / RATE
    nod = smoothed(0.1 * np.sin(2 * np.pi * hertz * times))[2 * RATE :]
    wave = np.exp(2j * np.pi * hertz * times[2 * RATE :])
    late = -np.angle(1j * (nod * wave.conj()).sum()) / (2 * np.pi * hertz)
    assert 0 < late <= 0.040


def test_trembling_is_calmed() -> None:
    noise = np.random.default_rng(1).normal(0, 0.005, 20 * RATE)
    assert smoothed(noise).std() < 0.8 * noise.std()


def rest_after(values: np.ndarray) -> np.ndarray:
    rest: Rest | None = None
    for value in values:
        rest = settle(np.full(NUMBERS, value), rest, 1 / RATE)
    assert rest is not None
    return rest.values


def test_the_rest_is_the_median_of_the_first_moments() -> None:
    first = np.full(RATE, 0.2)
    first[:5] = 3.0
    assert rest_after(first) == pytest.approx(np.full(NUMBERS, 0.2))


def test_a_nod_does_not_move_the_rest_but_a_new_seat_does() -> None:
    still, times = np.zeros(3 * RATE), np.arange(3 * RATE) / RATE
    assert abs(rest_after(np.r_[still, 0.15 * np.sin(4 * np.pi * times)])[0]) < 0.005
    assert rest_after(np.r_[still, np.ones(60 * RATE)])[0] > 0.9


def test_a_smile_that_lasts_is_no_rest_but_a_face_that_hangs_is() -> None:
    still = np.zeros(3 * RATE)
    assert rest_after(np.r_[still, np.full(60 * RATE, 0.6)])[SMILE] < 0.02
    assert rest_after(np.r_[still, np.full(60 * RATE, 0.1)])[SMILE] == pytest.approx(0.1, abs=0.01)


def test_who_smiles_at_first_sight_still_smiles() -> None:
    first = np.full(NUMBERS, 0.9)
    rest = settle(first, None, 1 / RATE)
    assert rest.values[SMILE] == MOST_REST
    assert expressed(first, rest)[SMILE] > 0.7
    assert expressed(first, rest)[0] == 0.0


def test_a_full_expression_stays_a_full_one() -> None:
    rest = settle(np.full(NUMBERS, 0.3), None, 1 / RATE)
    assert expressed(np.ones(NUMBERS), rest)[SMILE] == pytest.approx(1.0)
