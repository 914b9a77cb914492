import subprocess
import sys

from avatar.voices.espeak_library import PhoneStart, WordStart
from avatar.voices.espeak_worker import LONGEST_CLOSURE, Tiling, TimedSound


def sound(samples: int, value: int = 1) -> bytes:
    return value.to_bytes(2, "little") * samples


def test_sound_waits_until_all_that_begins_in_it_has_ended() -> None:
    tiling = Tiling("hi you")
    assert tiling.add(sound(10), [WordStart(0, 2), PhoneStart("h", 0)]) == []
    assert tiling.add(sound(10), [PhoneStart("aɪ", 12)]) == []
    assert tiling.add(sound(10), [WordStart(3, 6), PhoneStart("j", 25)]) == [
        TimedSound(sound(10), [("h", 0, 12)], [("hi", 0, 25)]),
        TimedSound(sound(10), [("aɪ", 12, 25)], []),
    ]
    assert tiling.finish() == [TimedSound(sound(10), [("j", 25, 30)], [("you", 25, 30)])]


def test_what_comes_before_the_first_phone_is_a_pause_and_pauses_merge() -> None:
    tiling = Tiling("a")
    pauses = [PhoneStart("", 20), PhoneStart("", 25), PhoneStart("", 30)]
    assert tiling.add(sound(30), [WordStart(0, 1), PhoneStart("a", 5), *pauses]) == []
    (rest,) = tiling.finish()
    assert rest.phones == [("", 0, 5), ("a", 5, 20), ("", 20, 30)]
    assert rest.words == [("a", 5, 20)]


def test_words_that_overlap_or_are_said_as_one_are_one() -> None:
    tiling = Tiling("of the 42.")
    starts = [
        WordStart(0, 2),
        PhoneStart("ʌ", 0),
        WordStart(7, 9),
        PhoneStart("f", 10),
        PhoneStart("", 15),
        WordStart(8, 10),
        PhoneStart("t", 20),
    ]
    tiling.add(sound(30), starts)
    (rest,) = tiling.finish()
    assert rest.words == [("of the", 0, 10), ("42.", 10, 30)]


def test_a_voiceless_stop_takes_the_silence_before_its_burst() -> None:
    def starts_of(silence: int, symbol: str) -> list[int]:
        tiling = Tiling("")
        burst = PhoneStart(symbol, 5000 + silence)
        sounds = [
            *tiling.add(sound(5000), [PhoneStart("a", 0)]),
            *tiling.add(sound(silence, 0) + sound(100), [burst]),
            *tiling.finish(),
        ]
        return [start for part in sounds for _, start, _ in part.phones]

    assert starts_of(700, "p") == [0, 5000]
    assert starts_of(700, "ˈtʃ") == [0, 5000]
    assert starts_of(700, "m") == [0, 5700]
    assert starts_of(4000, "k") == [0, 9000 - LONGEST_CLOSURE]


def test_the_worker_imports_nothing_heavy() -> None:
    program = (
        "import sys, avatar.voices.espeak_worker; "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "avatar" in loaded
    assert not {"numpy", "torch", "cv2", "scipy", "jaxtyping", "asyncio"} & set(loaded)
