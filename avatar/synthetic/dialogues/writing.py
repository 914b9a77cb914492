"""Writing: what somebody says in a turn, as acts and sentences.

What is said answers the last act of the other one, so that reactions have something to be about.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from avatar.errors import UnknownPart
from avatar.synthetic.dialogues.phrases.languages import LANGUAGES
from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

LONGEST_TURN = 5
"""Utterances in a turn."""

TURN_GOES_ON = 0.5
"""Probability of one more utterance."""

GREETING_ASKS = 0.35

LETTERS_A_SECOND = 15.0
"""Of speech in European languages."""

SLOT = re.compile(r"\{(\w+)\}")

Weights = Mapping[Act, float]

OPENINGS: Weights = {Act.STATEMENT: 0.5, Act.QUESTION: 0.3, Act.GOOD_NEWS: 0.1, Act.BAD_NEWS: 0.1}

REPLIES: Mapping[Act, Weights] = {
    Act.GREETING: {Act.GREETING: 0.7, Act.QUESTION: 0.2, Act.STATEMENT: 0.1},
    Act.STATEMENT: {
        Act.AGREEMENT: 0.26,
        Act.QUESTION: 0.22,
        Act.STATEMENT: 0.2,
        Act.DENIAL: 0.14,
        Act.SURPRISE: 0.1,
        Act.HESITATION: 0.08,
    },
    Act.QUESTION: {
        Act.ANSWER: 0.5,
        Act.HESITATION: 0.18,
        Act.DENIAL: 0.16,
        Act.AGREEMENT: 0.16,
    },
    Act.ANSWER: {
        Act.AGREEMENT: 0.2,
        Act.THANKS: 0.2,
        Act.QUESTION: 0.25,
        Act.SURPRISE: 0.15,
        Act.STATEMENT: 0.2,
    },
    Act.GOOD_NEWS: {
        Act.SURPRISE: 0.45,
        Act.AGREEMENT: 0.2,
        Act.QUESTION: 0.25,
        Act.GOOD_NEWS: 0.1,
    },
    Act.BAD_NEWS: {Act.SURPRISE: 0.35, Act.QUESTION: 0.4, Act.BAD_NEWS: 0.1, Act.HESITATION: 0.15},
    Act.SURPRISE: {Act.AGREEMENT: 0.45, Act.STATEMENT: 0.35, Act.DENIAL: 0.1, Act.JOKE: 0.1},
    Act.JOKE: {Act.JOKE: 0.3, Act.STATEMENT: 0.3, Act.SURPRISE: 0.2, Act.QUESTION: 0.2},
    Act.DENIAL: {
        Act.AGREEMENT: 0.2,
        Act.DENIAL: 0.2,
        Act.QUESTION: 0.3,
        Act.SURPRISE: 0.15,
        Act.STATEMENT: 0.15,
    },
    Act.AGREEMENT: {
        Act.STATEMENT: 0.34,
        Act.QUESTION: 0.23,
        Act.THANKS: 0.08,
        Act.JOKE: 0.15,
        Act.GOOD_NEWS: 0.1,
        Act.BAD_NEWS: 0.1,
    },
    Act.HESITATION: {Act.QUESTION: 0.5, Act.STATEMENT: 0.5},
    Act.THANKS: {Act.AGREEMENT: 0.5, Act.STATEMENT: 0.3, Act.QUESTION: 0.2},
}
"""What the other one begins a turn with, by the act that ended the turn before."""

CONTINUATIONS: Weights = {
    Act.STATEMENT: 0.5,
    Act.QUESTION: 0.16,
    Act.JOKE: 0.1,
    Act.GOOD_NEWS: 0.06,
    Act.BAD_NEWS: 0.06,
    Act.HESITATION: 0.07,
    Act.DENIAL: 0.05,
}
"""How a speaker goes on."""

NEVER_LAST = Act.HESITATION
"""Something follows it."""


class Remark(NamedTuple):
    """What is said in one breath."""

    act: Act
    text: str


def write(
    rng: np.random.Generator, language: str, heard: Act | None = None, utterances: int | None = None
) -> tuple[Remark, ...]:
    """The remarks of one turn, which answers the act that ended the other's.

    There are `utterances` of them, else 1 to `LONGEST_TURN` by chance; a question ends a turn, and
    one more follows a hesitation. Raises UnknownPart for a language without a table.
    """
    count = min(int(rng.geometric(1 - TURN_GOES_ON)), LONGEST_TURN)
    acts = _acts(rng, heard, utterances or count)
    return tuple(Remark(act, sentence(rng, language, act)) for act in acts)


def greet(rng: np.random.Generator, language: str) -> tuple[Remark, ...]:
    """A greeting, often with a question behind it."""
    acts = (Act.GREETING, Act.QUESTION) if rng.random() < GREETING_ASKS else (Act.GREETING,)
    return tuple(Remark(act, sentence(rng, language, act)) for act in acts)


def tell(rng: np.random.Generator, language: str, seconds: float) -> tuple[Remark, ...]:
    """A monologue that takes about so many seconds to say."""
    stories = {act: weight for act, weight in CONTINUATIONS.items() if act is not Act.QUESTION}
    remarks: list[Remark] = []
    told_s = 0.0
    while told_s < seconds or remarks[-1].act is NEVER_LAST:
        act = _drawn(rng, stories)
        remarks.append(Remark(act, sentence(rng, language, act)))
        told_s += 0.5 + len(remarks[-1].text) / LETTERS_A_SECOND
    return tuple(remarks)


def sentence(rng: np.random.Generator, language: str, act: Act) -> str:
    """One sentence that does this. Raises UnknownPart for a language without a table."""
    phrases = phrases_of(language)
    return _filled(rng, str(rng.choice(phrases.sentences[act])), phrases)


def phrases_of(language: str) -> Phrases:
    """The table of a language. Raises UnknownPart when there is none."""
    if language not in LANGUAGES:
        raise UnknownPart(
            f"nobody speaks {language!r}: the languages are {', '.join(sorted(LANGUAGES))}"
        )
    return LANGUAGES[language]


def _acts(rng: np.random.Generator, heard: Act | None, count: int) -> list[Act]:
    acts = [_drawn(rng, OPENINGS if heard is None else REPLIES[heard])]
    while len(acts) < count and acts[-1] is not Act.QUESTION:
        acts.append(_drawn(rng, CONTINUATIONS))
    if acts[-1] is NEVER_LAST:
        acts.append(Act.ANSWER if heard is Act.QUESTION else Act.STATEMENT)
    return acts


def _drawn(rng: np.random.Generator, weights: Weights) -> Act:
    acts = tuple(weights)
    shares = np.cumsum([weights[act] for act in acts])
    return acts[min(int(np.searchsorted(shares, rng.random() * shares[-1])), len(acts) - 1)]


def _filled(rng: np.random.Generator, template: str, phrases: Phrases) -> str:
    while slot := SLOT.search(template):
        word = str(rng.choice(phrases.words[slot[1]]))
        template = template[: slot.start()] + word + template[slot.end() :]
    return template[0].upper() + template[1:]
