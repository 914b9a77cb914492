import numpy as np

from avatar.behaviour.visemes import SHAPE
from avatar.clock import FPS, TICK_S
from avatar.synthetic.dialogues.lips import Lips, lips
from avatar.synthetic.dialogues.scene import Act, Line
from avatar.tick import Phone
from tests.avatar.synthetic.dialogues.scripts import line, phones, sound

JAW, PRESS, PUCKER = SHAPE.index("jaw"), SHAPE.index("press"), SHAPE.index("pucker")


def of(*lines: Line, seconds: float = 6.0) -> Lips:
    return lips(lines, round(seconds * FPS))


def test_the_mouth_is_exactly_at_rest_before_and_after_a_line() -> None:
    said = line(0, 1.0)
    mouths = of(said).mouths
    assert not mouths[: said.start].any()
    assert not mouths[said.end + 8 :].any()
    assert mouths[said.start : said.end, JAW].mean() > 0.08


def test_every_bilabial_closes_the_lips() -> None:
    said = line(0, 1.0, 4.0)
    mouths = of(said).mouths
    closed = [
        mouths[said.start + int((p.start_s + p.end_s) / 2 / TICK_S)]
        for p in said.phones
        if p.symbol in "mbp"
    ]
    assert len(closed) >= 6
    assert max(mouth[JAW] for mouth in closed) < 0.06
    assert min(mouth[PRESS] for mouth in closed) > 0.35


def test_rounding_and_opening_follow_the_vowel() -> None:
    def held(symbol: str) -> np.ndarray:
        vowel = Line(0, Act.STATEMENT, 25, sound(2.0), phones(2.0, (symbol,)), ends_turn=True)
        return of(vowel).mouths[35:65].mean(axis=0)

    assert held("u")[PUCKER] > 0.4 > held("a")[PUCKER] + 0.3
    assert held("a")[JAW] > 2 * held("u")[JAW]


def test_the_jaw_follows_loudness_within_a_vowel() -> None:
    vowel = Line(0, Act.STATEMENT, 25, sound(3.0, calls_hz=1.5), phones(3.0, ("a",)), True)
    levels = np.sqrt((vowel.audio.reshape(-1, 640) ** 2).mean(axis=1))
    jaw = of(vowel).mouths[vowel.start : vowel.end, JAW]
    ahead = np.corrcoef(np.log(levels[4:]), jaw[3:-1])[0, 1]
    assert ahead > 0.85


def test_a_silent_stretch_of_a_line_leaves_the_mouth_at_rest() -> None:
    audio = sound(4.0)
    audio[16_000:40_000] = 0
    said = Line(0, Act.STATEMENT, 0, audio, phones(4.0), ends_turn=True)
    mouths = of(said).mouths
    assert not mouths[35:56].any()
    assert mouths[70:95, JAW].mean() > 0.08


def test_lips_do_not_know_what_follows() -> None:
    said = line(0, 1.0)
    alone, followed = of(said), of(said, line(0, 4.0))
    assert np.array_equal(alone.mouths[:100], followed.mouths[:100])
    assert np.array_equal(alone.loudness[:100], followed.loudness[:100])


def test_laughter_opens_the_jaw_at_every_call() -> None:
    laugh = line(0, 1.0, 1.5, Act.LAUGH)
    jaw = of(laugh).mouths[laugh.start : laugh.end, JAW]
    assert jaw.max() > 0.5
    peaks = (jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:])
    assert 5 <= peaks.sum() <= 8


def test_the_shortest_line_and_one_without_phones_are_fine() -> None:
    short = Line(0, Act.BACKCHANNEL, 10, sound(0.08), (Phone("m", 0.0, 0.08),), ends_turn=False)
    mute = Line(0, Act.STATEMENT, 40, sound(1.0), (), ends_turn=True)
    mouths = of(short, mute).mouths
    assert np.isfinite(mouths).all()
    assert mouths[10:13, PRESS].max() > 0.2


def test_accents_are_stressed_phones() -> None:
    said = line(0, 1.0, 1.4)
    stressed = {said.start + int(p.start_s / TICK_S + 1e-9) for p in said.phones if "ˈ" in p.symbol}
    assert of(said).accents == stressed
