import numpy as np
import pytest

from avatar.metrics.dependence import Encounter, boxes, shift_null

TICKS, SIGNALS = 1500, 4


def happenings(seed: int, mean_gap: int = 150) -> np.ndarray:
    """Signals in which smooth bumps of 1 s come at random over slow noise."""
    rng = np.random.default_rng(seed)
    starts = rng.random((TICKS, SIGNALS)) < 1 / mean_gap
    columns = [np.convolve(column, np.hanning(26))[:TICKS] for column in starts.astype(float).T]
    return np.stack(columns, axis=1) + 0.02 * rng.normal(0, 1, (TICKS, SIGNALS))


def answering(user: np.ndarray, seed: int, delay: int = 14, share: float = 1.0) -> np.ndarray:
    late = np.roll(user, delay, axis=0)
    late[:delay] = 0
    return share * late + (1 - share) * happenings(seed)


def encounter(avatar: np.ndarray, user: np.ndarray) -> Encounter:
    return Encounter(avatar, np.zeros((TICKS, 1)), user)


def test_who_answers_the_user_shows_it() -> None:
    users = [happenings(seed) for seed in range(3)]
    result = shift_null(
        [encounter(answering(u, 10 + i, share=0.6), u) for i, u in enumerate(users)]
    )
    assert result is not None
    assert result.p < 0.01
    assert result.gain > 50


def test_a_partner_of_another_conversation_gives_no_gain() -> None:
    users = [happenings(seed) for seed in range(4)]
    avatars = [answering(user, 10 + i, share=0.6) for i, user in enumerate(users)]
    pairs = zip(avatars, users[1:], strict=False)
    result = shift_null([encounter(avatar, user) for avatar, user in pairs])
    assert result is not None
    assert result.p > 0.05
    assert abs(result.gain) < 50


def test_the_null_is_right_about_as_often_as_it_says() -> None:
    found = 0
    for trial in range(40):
        result = shift_null(
            [encounter(happenings(900 + trial), happenings(500 + trial))], shifts=39, seed=trial
        )
        assert result is not None
        found += result.p <= 0.05
    assert found <= 6


def test_a_user_who_follows_the_avatar_is_no_gain() -> None:
    avatars = [happenings(seed) for seed in range(3)]
    led = shift_null([encounter(avatar, answering(avatar, 0)) for avatar in avatars])
    lead = shift_null([encounter(answering(user, 0), user) for user in avatars])
    assert led is not None
    assert lead is not None
    assert led.gain < 0.05 * lead.gain


def test_what_follows_from_the_own_voice_is_no_gain() -> None:
    made = list[Encounter]()
    for seed in range(3):
        user = happenings(seed)
        own = answering(user, 0)
        made.append(Encounter(answering(own, 50 + seed, delay=3, share=0.8), own, user))
    known = shift_null(made)
    unknown = shift_null([encounter(each.avatar, each.user) for each in made])
    assert known is not None
    assert unknown is not None
    assert unknown.p < 0.01
    assert known.gain < 0.1 * unknown.gain


def test_the_same_seed_gives_the_same_result() -> None:
    made = [encounter(happenings(1), happenings(2))]
    assert shift_null(made, shifts=20, seed=3) == shift_null(made, shifts=20, seed=3)


def test_what_is_still_or_too_short_has_no_result() -> None:
    still = encounter(np.zeros((TICKS, SIGNALS)), happenings(0))
    assert shift_null([still]) is None
    assert shift_null([]) is None
    short = Encounter(np.ones((200, 1)), np.ones((200, 1)), np.ones((200, 1)))
    assert shift_null([short]) is None


def test_boxes_average_the_past() -> None:
    signals = np.arange(100.0)[:, None]
    columns = boxes(signals, (0, 1, 4), ahead=5)
    assert columns[50].tolist() == [45.0, 43.0]


@pytest.mark.parametrize("part", ["avatar", "itself", "user"])
def test_a_signal_that_is_not_finite_is_named(part: str) -> None:
    parts = {"avatar": happenings(0), "itself": happenings(1), "user": happenings(2)}
    parts[part][88, 2] = np.nan
    with pytest.raises(ValueError, match=f"conversation 1, {part}: tick 88, signal 2 is nan"):
        shift_null([encounter(happenings(0), happenings(1)), Encounter(**parts)])
