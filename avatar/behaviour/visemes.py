"""From speech sounds to mouth shapes, with coarticulation.

Each phone pulls the mouth toward the shape of its class; neighbours blend by dominance functions
that decay on either side of the phone (Cohen and Massaro 1993). Sounds that need the lips dominate:
a bilabial closes whatever surrounds it.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from avatar.behaviour.face import Face
from avatar.tick import Phone

SHAPE = ("jaw", "close", "funnel", "pucker", "stretch", "lower", "upper", "press", "roll", "tongue")
"""Parameters of a mouth shape; all in [0, 1]."""

Mouth = Float32[np.ndarray, "10"]

ANTICIPATION_S, CARRY_OVER_S = 0.050, 0.040
"""How far a phone reaches ahead of itself and behind."""
CORE = 0.35
"""Part of a phone on either side of its middle in which it is at full strength."""


class _Viseme(NamedTuple):
    dominance: float
    mouth: Mouth


def _viseme(dominance: float, **shape: float) -> _Viseme:
    return _Viseme(dominance, np.array([shape.get(name, 0.0) for name in SHAPE], np.float32))


VISEMES = {
    "silence": _viseme(1.0),
    "bilabial": _viseme(4.5, jaw=0.03, close=0.35, press=0.55, roll=0.15),
    "labiodental": _viseme(2.5, jaw=0.07, roll=0.60, upper=0.25),
    "dental": _viseme(1.2, jaw=0.14, tongue=0.25, lower=0.2),
    "alveolar": _viseme(0.8, jaw=0.11, stretch=0.2, lower=0.25, upper=0.1),
    "sibilant": _viseme(1.3, jaw=0.06, stretch=0.3, lower=0.35, upper=0.15),
    "palatal": _viseme(1.4, jaw=0.12, funnel=0.55, pucker=0.2),
    "velar": _viseme(0.5, jaw=0.20, lower=0.1),
    "rhotic": _viseme(0.9, jaw=0.15, funnel=0.3, pucker=0.25),
    "lateral": _viseme(0.8, jaw=0.21, tongue=0.15, lower=0.25),
    "glide_front": _viseme(0.9, jaw=0.14, stretch=0.35),
    "glide_round": _viseme(1.8, jaw=0.10, pucker=0.8, funnel=0.2),
    "close_front": _viseme(1.2, jaw=0.17, stretch=0.5, lower=0.25, upper=0.2),
    "mid_front": _viseme(1.2, jaw=0.36, stretch=0.3, lower=0.35, upper=0.15),
    "open": _viseme(1.4, jaw=0.66, lower=0.4, upper=0.2),
    "mid_round": _viseme(1.4, jaw=0.50, funnel=0.45, pucker=0.15, lower=0.2),
    "close_round": _viseme(1.5, jaw=0.17, pucker=0.75, funnel=0.25),
    "front_round": _viseme(1.4, jaw=0.20, pucker=0.55, funnel=0.35),
    "central": _viseme(0.8, jaw=0.32, lower=0.25),
}

_CLASSES = {
    "bilabial": "pbmɓ",
    "labiodental": "fvɱʋ",
    "dental": "θð",
    "alveolar": "tdnɾɗɖʈɳ",
    "sibilant": "szʂʐɕʑ",
    "palatal": "ʃʒ",
    "velar": "kgɡŋxɣhqχʔħʕɦcɟçɲʁ",
    "rhotic": "rɹɻʀɽ",
    "lateral": "lɫɬʎɭɮʟ",
    "glide_front": "jʝ",
    "glide_round": "wʍɥβɸ",
    "close_front": "iɪɨ",
    "mid_front": "eɛæɘ",
    "open": "aɑɐɒʌä",
    "mid_round": "oɔɤ",
    "close_round": "uʊɯʉ",
    "front_round": "yʏøœɵ",
    "central": "əɜɚɝɞᵻ",
}
_CLASS_OF = {symbol: name for name, symbols in _CLASSES.items() for symbol in symbols}
STRESS = "ˈ"


def visemes_of(symbol: str) -> tuple[str, ...]:
    """Classes of an IPA symbol: two for a diphthong or an affricate, "silence" for a pause.

    Stress, length and other marks are ignored; a symbol of no known class moves like a schwa.
    """
    known = [_CLASS_OF[char] for char in symbol if char in _CLASS_OF]
    if not known:
        return ("central",) if any(char.isalpha() for char in symbol) else ("silence",)
    merged = [known[0], *(b for a, b in pairwise(known) if b != a)]
    return tuple(merged[:2])


def mouth_shape(phones: Sequence[Phone], at_s: float) -> Mouth:
    """The mouth at a time, silence where no phone is near."""
    total, weights = np.zeros(len(SHAPE), np.float32), 0.05
    for phone in phones:
        classes = visemes_of(phone.symbol)
        length = (phone.end_s - phone.start_s) / len(classes)
        if length < 0.004:
            continue
        for i, name in enumerate(classes):
            dominance, shape = VISEMES[name]
            offset = at_s - (phone.start_s + (i + 0.5) * length)
            reach = ANTICIPATION_S if offset < 0 else CARRY_OVER_S
            away = max(0.0, abs(offset) - CORE * length)
            weight = dominance * exp(-away / reach) * min(1.0, length / 0.05)
            total += np.float32(weight) * shape
            weights += weight
    return total / np.float32(weights)


def apply_mouth(face: Face, mouth: Mouth, amount: float) -> None:
    """Put a mouth shape on a face, scaled."""
    part = dict(zip(SHAPE, (amount * mouth).tolist(), strict=True))
    face.add("jawOpen", part["jaw"])
    face.add("mouthClose", 0.5 * part["close"] * min(1.0, part["jaw"] / 0.1))
    face.add("mouthFunnel", part["funnel"])
    face.add("mouthPucker", part["pucker"])
    face.both("mouthStretch", 0.7 * part["stretch"])
    face.both("mouthLowerDown", part["lower"])
    face.both("mouthUpperUp", part["upper"])
    face.both("mouthPress", part["press"])
    face.add("mouthRollLower", part["roll"])
    face.add("mouthRollUpper", 0.5 * part["close"])
    face.add("tongueOut", 0.3 * part["tongue"] * part["jaw"])
