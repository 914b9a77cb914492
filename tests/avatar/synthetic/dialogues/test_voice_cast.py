import shutil

import numpy as np
import pytest

from avatar.errors import PartUnavailable
from avatar.synthetic.dialogues.phrases.languages import LANGUAGES
from avatar.synthetic.dialogues.scene import Person
from avatar.synthetic.dialogues.voice_cast import (
    HELD_OUT_LANGUAGES,
    VOICES,
    cast,
    castable,
    voice_of,
)
from avatar.tick import EMOTIONS
from avatar.voices.espeak import voice_names

needs_festival = pytest.mark.skipif(
    shutil.which("festival") is None, reason="needs the Debian package festival"
)


def people(count: int, seed: int = 0) -> list[Person]:
    rng = np.random.default_rng(seed)
    return [person for _ in range(count) for person in cast(rng)]


def test_the_same_seed_casts_the_same() -> None:
    assert people(8) == people(8)
    assert people(8) != people(8, seed=1)


@needs_festival
def test_splits_share_no_voice_and_no_language_that_is_held_out() -> None:
    train, voices, languages = (
        castable(split) for split in ("train", "held out voice", "held out language")
    )
    assert {voice.engine for voice in voices} == {"festival"}
    assert "festival" not in {voice.engine for voice in (*train, *languages)}
    assert {voice.language for voice in languages} == HELD_OUT_LANGUAGES
    assert {voice.language for voice in train}.isdisjoint(HELD_OUT_LANGUAGES)


def test_there_are_many_voices_in_many_languages() -> None:
    train = castable("train")
    languages = {voice.language for voice in train}
    assert len(languages) >= 10
    assert len(HELD_OUT_LANGUAGES) == 3
    assert {voice.language for voice in VOICES} == set(LANGUAGES)
    for language in languages:
        assert sum(voice.language == language for voice in train) >= 20


def test_espeak_has_the_accents() -> None:
    names = set(voice_names())
    accents = {voice.voice.split("+")[0] for voice in VOICES if voice.engine == "espeak"}
    assert accents <= names


def test_people_differ_and_mostly_share_a_language() -> None:
    crowd = people(120)
    assert all(voice_of(person).split == "train" for person in crowd)
    pairs = list(zip(crowd[::2], crowd[1::2], strict=True))
    assert 0.88 < np.mean([a.language == b.language for a, b in pairs]) <= 1
    assert 0.35 < np.mean([person.language == "en" for person in crowd]) < 0.55
    assert 0.52 < np.mean([person.style.emotion == "neutral" for person in crowd]) < 0.68
    assert {person.style.emotion for person in crowd} == set(EMOTIONS)
    mouths = [person.temperament.mouth for person in crowd]
    assert min(mouths) >= 0.8
    assert max(mouths) <= 1.2
    assert np.std([person.temperament.nods for person in crowd]) > 0.25
    assert np.ptp([person.style.intensity for person in crowd]) > 0.9
    assert all(-26 <= person.level_db <= -16 for person in crowd)


def test_without_flite_and_festival_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert {voice.engine for voice in castable("train")} == {"espeak"}
    with pytest.raises(PartUnavailable, match="apt install festival"):
        cast(np.random.default_rng(0), "held out voice")
