"""Dialogues made by hand: a voice of harmonics that goes through given phones."""

from collections.abc import Sequence

import numpy as np

from avatar.behaviour.temperament import Temperament
from avatar.clock import FPS, SAMPLE_RATE, TICK
from avatar.data.clip import Role
from avatar.synthetic.dialogues.scene import Act, Dialogue, Line, Person
from avatar.tick import Phone, Samples, Style

WORDS = ("m", "ˈa", "b", "i", "s", "ˈo", "p", "u", "n", "ˈɛ", "f", "a", "w", "i", "θ", "ɑ")
PHONE_S = 0.09


def person(intensity: float = 0.8, emotion: str = "neutral") -> Person:
    return Person("espeak", "en", "en", Temperament(), Style(intensity, emotion))


def sound(seconds: float, *, calls_hz: float = 4.0, pitch_hz: float = 140.0) -> Samples:
    """Harmonics whose loudness rises and falls, in whole ticks."""
    t = np.arange(round(seconds * FPS) * TICK) / SAMPLE_RATE
    voice = np.sum([np.sin(2 * np.pi * pitch_hz * k * t) / k for k in range(1, 12)], axis=0)
    loud = 0.04 + 0.12 * np.sin(np.pi * calls_hz * t) ** 2
    return (loud * voice).astype(np.float32)


def phones(seconds: float, symbols: Sequence[str] = WORDS) -> tuple[Phone, ...]:
    count = int(seconds / PHONE_S)
    return tuple(
        Phone(symbols[i % len(symbols)], i * PHONE_S, (i + 1) * PHONE_S) for i in range(count)
    )


def line(
    party: Role,
    start_s: float,
    seconds: float = 2.0,
    act: Act = Act.STATEMENT,
    *,
    ends_turn: bool = True,
) -> Line:
    audio = sound(seconds, calls_hz=4.8 if act is Act.LAUGH else 4.0)
    symbols = ("h", "a") if act is Act.LAUGH else WORDS
    return Line(party, act, round(start_s * FPS), audio, phones(seconds, symbols), ends_turn)


def script(seed: int, lines: Sequence[Line], seconds: float, *persons: Person) -> Dialogue:
    first, second = persons or (person(), person())
    return Dialogue(seed, (first, second), tuple(lines), round(seconds * FPS))


def conversation(seed: int, seconds: float, intensity: float = 0.8) -> Dialogue:
    """Two people who take turns and use every act."""
    rng = np.random.default_rng([seed, 1000])
    acts = tuple(Act)
    lines, now, party, number = list[Line](), 1.0, 0, seed
    while now < seconds - 4:
        act = acts[number % len(acts)]
        length = 0.6 if act is Act.BACKCHANNEL else float(rng.uniform(1.2, 3.2))
        ends = bool(rng.random() < 0.6)
        lines.append(line(0 if party == 0 else 1, now, length, act, ends_turn=ends))
        now += length + float(rng.uniform(0.3, 1.2))
        party = 1 - party if ends else party
        number += 1
    moods = ("neutral", "happy", "sad", "surprised", "concerned")
    emotions = rng.choice(moods, 2)
    both = [person(intensity, str(emotion)) for emotion in emotions]
    return script(seed, lines, seconds, *both)
