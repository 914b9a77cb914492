"""Casting: which voices there are, which of them are kept from training, and people who have them.

No voice and no language of one split is in another, so that what is measured on a held-out split
was never trained on.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from avatar.behaviour.temperament import Temperament
from avatar.errors import PartUnavailable
from avatar.synthetic.dialogues.phrases.languages import LANGUAGES
from avatar.synthetic.dialogues.scene import Person
from avatar.tick import EMOTIONS, Style

Split: TypeAlias = Literal["train", "held out voice", "held out language"]

HELD_OUT_LANGUAGES = frozenset({"fi", "pl", "tr"})
"""A Uralic, a Slavic and a Turkic language."""

HELD_OUT_ENGINE = "festival"

FESTIVAL_VOICES = Path("/usr/share/festival/voices")

ACCENTS: dict[str, tuple[str, ...]] = {
    "en": ("en-US", "en-GB-x-rp", "en-GB-scotland", "en-US-nyc", "en-GB-x-gbclan", "en-029"),
    "de": ("de",),
    "fr": ("fr", "fr-BE", "fr-CH"),
    "es": ("es", "es-419"),
    "it": ("it",),
    "pt": ("pt", "pt-BR"),
    "nl": ("nl",),
    "ru": ("ru",),
    "sv": ("sv",),
    "cs": ("cs",),
    "el": ("el",),
    "fi": ("fi",),
    "pl": ("pl",),
    "tr": ("tr",),
}
"""Voices of espeak-ng by language."""

HIGH_VARIANTS = (
    "f1", "f4", "Andrea", "Annie", "anika", "aunty", "belinda", "linda", "shelby", "steph",
    "steph2", "steph3",
)  # fmt: skip
LOW_VARIANTS = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "Denis", "Hugo", "Marco", "Michael", "adam",
    "antonio", "boris", "david", "john", "max", "pablo", "paul", "rob", "travis",
)  # fmt: skip
"""Variants of espeak-ng that sound like people, by how high they speak.

Those with breath, such as f2, are left out: espeak-ng takes its noise from the clock.
"""

ENGINE_SHARE = {"espeak": 0.6, "flite": 0.4, "festival": 0.4}
"""How often an engine is cast where several speak a language."""

ENGLISH_SHARE = 0.45
"""Of the conversations in training."""

OTHER_LANGUAGE = 0.04
"""Probability that the two parties speak different languages."""

SPEEDS = (145, 160, 175, 190)
"""Words a minute. Few steps, so that a sentence is soon found among those already said."""

PITCHES = (25, 40, 50, 60, 75)

LEVELS_DB = (-26.0, -16.0)

STRAIGHT_AHEAD_SHARE = 0.5
"""People who are not told where the other's eyes are."""
GAZE_SPREAD = (0.18, 0.10)
"""Standard deviations of where they are, in radians of yaw and pitch."""
NEUTRAL_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class CastVoice:
    """A voice that can be cast; `high` says that it speaks like most women."""

    engine: str
    voice: str
    language: str
    high: bool

    @property
    def split(self) -> Split:
        """The only split that it belongs to."""
        if self.engine == HELD_OUT_ENGINE:
            return "held out voice"
        return "held out language" if self.language in HELD_OUT_LANGUAGES else "train"


VOICES: tuple[CastVoice, ...] = (
    *(
        CastVoice("espeak", f"{accent}+{variant}", language, variant in HIGH_VARIANTS)
        for language, accents in ACCENTS.items()
        if language in LANGUAGES
        for accent in accents
        for variant in (*HIGH_VARIANTS, *LOW_VARIANTS)
    ),
    CastVoice("flite", "slt", "en", high=True),
    CastVoice("flite", "rms", "en", high=False),
    CastVoice("flite", "awb", "en", high=False),
    CastVoice("festival", "cmu_us_slt_arctic_hts", "en", high=True),
    CastVoice("festival", "kal_diphone", "en", high=False),
)
"""All voices. flite's kal is left out: it joins the very recordings of festival's `kal_diphone`."""


def castable(split: Split) -> tuple[CastVoice, ...]:
    """The voices of a split that this machine has.

    Raises PartUnavailable when it has none.
    """
    voices = tuple(voice for voice in VOICES if voice.split == split)
    missing = {engine for engine in {voice.engine for voice in voices} if not _can_run(engine)}
    voices = tuple(voice for voice in voices if voice.engine not in missing and _installed(voice))
    if not voices:
        raise PartUnavailable(
            f"no voice of the split {split!r} is installed: "
            "apt install festival festvox-us-slt-hts festvox-kallpc16k"
        )
    return voices


def cast(rng: np.random.Generator, split: Split = "train") -> tuple[Person, Person]:
    """Two people who mostly share a language and mostly not a voice.

    The same state of `rng` casts the same on machines that have the same engines.
    Raises PartUnavailable when the split's voices are not installed.
    """
    voices = castable(split)
    language = _language(rng, voices)
    other = language if rng.random() >= OTHER_LANGUAGE else _language(rng, voices)
    first, second = (
        _voice(rng, [voice for voice in voices if voice.language == spoken])
        for spoken in (language, other)
    )
    return _person(rng, first), _person(rng, second)


def voice_of(person: Person) -> CastVoice:
    """The voice of a person. Raises ValueError when it is not in `VOICES`."""
    for voice in VOICES:
        if (voice.engine, voice.voice) == (person.engine, person.voice):
            return voice
    raise ValueError(f"there is no voice {person.voice!r} of {person.engine!r} in the cast")


def _can_run(engine: str) -> bool:
    return engine == "espeak" or shutil.which(engine) is not None


def _installed(voice: CastVoice) -> bool:
    return voice.engine != "festival" or any(FESTIVAL_VOICES.glob(f"*/{voice.voice}"))


def _language(rng: np.random.Generator, voices: Sequence[CastVoice]) -> str:
    languages = sorted({voice.language for voice in voices})
    if "en" in languages and (len(languages) == 1 or rng.random() < ENGLISH_SHARE):
        return "en"
    return str(rng.choice([language for language in languages if language != "en"]))


def _voice(rng: np.random.Generator, voices: Sequence[CastVoice]) -> CastVoice:
    engines = sorted({voice.engine for voice in voices})
    shares = np.array([ENGINE_SHARE[engine] for engine in engines])
    engine = str(rng.choice(engines, p=shares / shares.sum()))
    high = bool(rng.random() < 0.5)
    of_engine = [voice for voice in voices if voice.engine == engine]
    alike = [voice for voice in of_engine if voice.high == high]
    choice = alike or of_engine
    return choice[int(rng.integers(len(choice)))]


def _person(rng: np.random.Generator, voice: CastVoice) -> Person:
    emotion = "neutral"
    if rng.random() >= NEUTRAL_SHARE:
        emotion = str(rng.choice([name for name in EMOTIONS if name != "neutral"]))
    return Person(
        engine=voice.engine,
        voice=voice.voice,
        language=voice.language,
        temperament=_temperament(rng),
        style=Style(
            intensity=round(float(rng.uniform(0, 1)), 3), emotion=emotion, gaze=_where_to_look(rng)
        ),
        words_per_minute=int(rng.choice(SPEEDS)),
        pitch=int(rng.choice(PITCHES)),
        level_db=float(rng.uniform(*LEVELS_DB)),
    )


def _where_to_look(rng: np.random.Generator) -> tuple[float, float] | None:
    """Where the other's eyes are, straight ahead where it is not known."""
    if rng.random() < STRAIGHT_AHEAD_SHARE:
        return None
    yaw, pitch = rng.standard_normal(2) * GAZE_SPREAD
    return float(np.clip(yaw, -0.45, 0.45)), float(np.clip(pitch, -0.25, 0.25))


def _temperament(rng: np.random.Generator) -> Temperament:
    """Wider than `Temperament.drawn`: a learner should see people at the edges too."""

    def around_one(spread: float, low: float, high: float) -> float:
        return float(np.clip(1 + spread * rng.standard_normal(), low, high))

    return Temperament(
        nods=around_one(0.35, 0.4, 1.8),
        smiles=around_one(0.35, 0.4, 1.8),
        head=around_one(0.3, 0.5, 1.7),
        mouth=around_one(0.12, 0.8, 1.2),
        blinks_listening=float(rng.uniform(10, 22)),
        blinks_speaking=float(rng.uniform(17, 30)),
        smile_lean=float(rng.uniform(-0.2, 0.2)),
    )
