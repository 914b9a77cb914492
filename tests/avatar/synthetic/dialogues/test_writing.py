import re

import numpy as np
import pytest

from avatar.errors import UnknownPart
from avatar.synthetic.dialogues.phrases.languages import LANGUAGES
from avatar.synthetic.dialogues.scene import Act
from avatar.synthetic.dialogues.writing import LONGEST_TURN, greet, sentence, tell, write

SPOKEN_ACTS = set(Act) - {Act.LAUGH}


def written(language: str, turns: int, seed: int = 0) -> list[tuple[Act, str]]:
    rng = np.random.default_rng(seed)
    heard: Act | None = None
    remarks: list[tuple[Act, str]] = []
    for _ in range(turns):
        turn = write(rng, language, heard)
        heard = turn[-1].act
        remarks += turn
    return remarks


def test_the_same_seed_writes_the_same() -> None:
    assert written("en", 50) == written("en", 50)
    assert written("en", 50) != written("en", 50, seed=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_do_everything(language: str) -> None:
    rng = np.random.default_rng(0)
    phrases = LANGUAGES[language]
    assert set(phrases.sentences) == SPOKEN_ACTS
    for act in SPOKEN_ACTS:
        assert len(set(phrases.sentences[act])) >= 3
        for _ in range(20):
            text = sentence(rng, language, act)
            assert "{" not in text
            assert text[0] == text[0].upper()
            assert text[-1] in ".,!?;"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_have_a_place(language: str) -> None:
    phrases = LANGUAGES[language]
    texts = [
        *(text for texts in phrases.sentences.values() for text in texts),
        *(text for texts in phrases.words.values() for text in texts),
    ]
    assert {slot for text in texts for slot in re.findall(r"{(\w+)}", text)} == set(phrases.words)


def test_a_conversation_has_every_act_that_takes_a_turn() -> None:
    acts = {act for act, _ in written("en", 400)} | {
        remark.act for remark in greet(np.random.default_rng(0), "en")
    }
    assert acts == SPOKEN_ACTS - {Act.BACKCHANNEL}


def test_english_has_many_sentences_full_of_lip_sounds() -> None:
    texts = {text for _, text in written("en", 600)}
    assert len(texts) > 300
    letters = "".join(texts).lower()
    lips = sum(letters.count(letter) for letter in "pbmfvw") / sum(map(str.isalpha, letters))
    assert lips > 0.13


def test_turns_are_short_and_questions_end_them() -> None:
    rng = np.random.default_rng(2)
    turns = [write(rng, "de", Act.STATEMENT) for _ in range(400)]
    lengths = [len(turn) for turn in turns]
    assert 1.3 < np.mean(lengths) < 2.2
    assert max(lengths) in (LONGEST_TURN, LONGEST_TURN + 1)
    for turn in turns:
        assert turn[-1].act is not Act.HESITATION
        assert all(remark.act is not Act.QUESTION for remark in turn[:-1])


def test_a_question_is_answered() -> None:
    rng = np.random.default_rng(3)
    first = [write(rng, "fr", Act.QUESTION)[0].act for _ in range(300)]
    assert {Act.ANSWER, Act.HESITATION, Act.DENIAL, Act.AGREEMENT} == set(first)
    assert 0.4 < first.count(Act.ANSWER) / 300 < 0.6


def test_a_monologue_is_as_long_as_asked_and_asks_nothing() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        remarks = tell(rng, "en", 30.0)
        letters = sum(len(remark.text) for remark in remarks)
        assert 300 < letters < 700
        assert all(remark.act is not Act.QUESTION for remark in remarks)


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(UnknownPart, match=r"'xx'.*en"):
        write(np.random.default_rng(0), "xx")
