"""Scripted dialogues for the benchmark of conversation: what a visitor does, from a seed.

A visitor asks with a pause inside the sentence or tells a story, then listens to a statement: over
it they make a sound that is no interruption, and later interrupt. Voices, words, places of pauses,
noise and times are drawn; what is said over the avatar is never its own echo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp

import numpy as np
import soxr

from agent.services.tts.words import timed_words
from avatar.behaviour.chance import Chance
from avatar.behaviour.temperament import Temperament
from avatar.clock import SAMPLE_RATE
from avatar.errors import VisavisError
from avatar.synthetic.dialogues.laughter import laugh
from avatar.synthetic.dialogues.noises import NOISES
from avatar.synthetic.dialogues.scene import Person
from avatar.tick import Samples, Style
from avatar.voices.base import Speech, Voice, speak
from pipelines.build import build_voice

VOICES = ("flite:rms", "flite:slt", "flite:awb", "flite:kal16", "festival")
"""Those that the embedded ears understand; where they are not installed, the best that is."""

QUESTIONS = (
    ("Can you tell me", "where I can park my car?"),
    ("I would like to know", "when you are open on Sundays."),
    ("Where is the nearest", "place to eat something?"),
    ("I am here for a meeting and I am looking for the", "meeting rooms."),
    ("How do I get", "to the station from here?"),
    ("Is there a", "lift to the second floor?"),
    ("I have lost my", "umbrella, can you help me?"),
    ("Please tell me what the", "password of the wifi is."),
)
STORY = (
    "I came here by train this morning",
    "and then the bus was late again",
    "so now I would like to sit down and have a coffee.",
)
STATEMENTS = (
    "This house was opened many years ago. It has four floors, two lifts and a garden on the roof. "
    "On the ground floor you find the reception, the library and a small restaurant. Meeting rooms "
    "are on the first and on the second floor, and they can be booked here.",
    "Let me tell you how to get to the garden. Take the lift to the fourth floor and turn left. "
    "Walk along the corridor until you see a blue door. Behind it there are some stairs, and from "
    "there you can see the whole town, the river and the hills behind it.",
)
INTERRUPTIONS = (
    "No wait, I meant the other one.",
    "Sorry, can I ask something else?",
    "Stop, that is not what I asked for.",
    "Hold on, where are the toilets?",
    "But I came here by bus today.",
    "Excuse me, one more question please.",
    "What about the second floor then?",
    "Can you say that again for me?",
    "I already know all of that.",
)
BACKCHANNELS = ("Yes.", "Okay.", "Right.", "Uh-huh.", "I see.", "Yeah.", "Oh really.", "Sure.")
BESIDE = ("The printer is broken again.", "Shall we have lunch at one today?")

SPEECH_DB = -23.0
"""Loudness of a visitor's voice, dB of full scale."""
ROOM_DB = -66.0
QUIETER_BESIDE_DB = 6.0
PAUSE_S, PAUSE_SPREAD = 0.5, 0.4
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 1.0
STORIES = 1 / 8
"""Of the dialogues begin with one."""


class Over(StrEnum):
    """What is heard over the avatar and is no interruption."""

    BACKCHANNEL = "backchannel"
    COUGH = "cough"
    LAUGH = "laugh"
    NOISE = "noise"
    BESIDE = "side speech"


@dataclass(frozen=True, eq=False, slots=True)
class Dialogue:
    """What a visitor says, as sound at 16 kHz, and when.

    `opening` parts are said with `pauses_s` between them. `over_after_s` and
    `interrupt_after_s` count from the statement's first sound and from the end of `over`.
    `noise` lasts a second and is repeated. With `camera` the visitor's mouth is seen.
    """

    opening: tuple[Samples, ...]
    pauses_s: tuple[float, ...]
    statement: str
    over: Samples
    over_kind: Over
    over_after_s: float
    interruption: Samples
    interrupt_after_s: float
    noise: Samples
    camera: bool

    @property
    def lasts_s(self) -> float:
        """Seconds of what the visitor says and pauses."""
        said = (*self.opening, self.over, self.interruption)
        return sum(map(len, said)) / SAMPLE_RATE + sum(self.pauses_s)


class Cast:
    """The voices of visitors, opened once."""

    def __init__(self) -> None:
        self._voices: list[Voice] = []
        for name in VOICES:
            try:
                voice = build_voice(name)
                speak(voice, "Yes.")
            except VisavisError:
                continue
            self._voices.append(voice)
        if not self._voices:
            self._voices = [build_voice("auto")]

    def close(self) -> None:
        """Let go of the voices."""
        for voice in self._voices:
            voice.close()

    def says(self, text: str, number: int) -> Samples:
        """A text in the voice of the visitor of a number."""
        return said(self._voices[number % len(self._voices)], text)

    def dialogue(self, seed: int) -> Dialogue:
        """The dialogue of a seed."""
        chance = Chance(seed)

        def one(what: str, among: int) -> int:
            return int(chance.uniform(what, 0) * among)

        voice = self._voices[one("voice", len(self._voices))]
        other = self._voices[one("other voice", len(self._voices))]
        story = chance.happens("story", 0, STORIES)
        parts = STORY if story else QUESTIONS[one("question", len(QUESTIONS))]
        kind = tuple(Over)[one("over", len(Over))]
        over = {
            Over.BACKCHANNEL: lambda: said(voice, BACKCHANNELS[one("word", len(BACKCHANNELS))]),
            Over.COUGH: lambda: cough(seed),
            Over.LAUGH: lambda: _laugh(seed),
            Over.NOISE: lambda: at_db(noise(seed, 1.5), SPEECH_DB - 10),
            Over.BESIDE: lambda: at_db(
                said(other, BESIDE[one("beside", len(BESIDE))]), SPEECH_DB - QUIETER_BESIDE_DB
            ),
        }[kind]()
        background = (ROOM_DB, ROOM_DB, SPEECH_DB - 30, SPEECH_DB - 20)[one("background", 4)]
        return Dialogue(
            opening=_said_in_parts(voice, parts),
            pauses_s=tuple(_pause_s(chance, i) for i in range(len(parts) - 1)),
            statement=STATEMENTS[one("statement", len(STATEMENTS))],
            over=over,
            over_kind=kind,
            over_after_s=chance.between("over after", 0, 0.4, 0.9),
            interruption=said(voice, INTERRUPTIONS[one("interruption", len(INTERRUPTIONS))]),
            interrupt_after_s=chance.between("interrupt after", 0, 0.1, 0.5),
            noise=at_db(noise(seed + 1, 1.0), background),
            camera=kind is Over.BESIDE or chance.happens("camera", 0, 0.2),
        )


def _pause_s(chance: Chance, number: int) -> float:
    """As speakers pause inside sentences: around half a second, log-normal, at most a second."""
    drawn = PAUSE_S * exp(PAUSE_SPREAD * chance.normal("pause", number))
    return min(LONGEST_PAUSE_S, max(SHORTEST_PAUSE_S, drawn))


def noise(seed: int, seconds: float) -> Samples:
    """Steady pink noise."""
    nobody = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    return NOISES["pink"](np.random.default_rng(seed), nobody, nobody)


def cough(seed: int) -> Samples:
    """One to three bursts of noise with a sharp onset, coloured by a throat."""
    rng = np.random.default_rng(seed)
    pieces: list[Samples] = []
    for _ in range(int(rng.integers(1, 4))):
        length = rng.uniform(0.12, 0.22)
        t = np.arange(round(length * SAMPLE_RATE)) / SAMPLE_RATE
        burst = (
            rng.standard_normal(len(t)) * np.exp(-t / (0.25 * length)) * np.minimum(1, t / 0.004)
        )
        throat = np.sin(2 * np.pi * rng.uniform(350, 700) * t) * np.exp(-t / (0.4 * length))
        pieces += [
            (burst + 0.6 * throat * rng.uniform(0.2, 1)).astype(np.float32),
            np.zeros(round(rng.uniform(0.05, 0.2) * SAMPLE_RATE), np.float32),
        ]
    return at_db(np.concatenate(pieces[:-1]), SPEECH_DB)


def _laugh(seed: int) -> Samples:
    person = Person("flite", "rms" if seed % 2 else "slt", "en", Temperament(), Style())
    return at_db(laugh(np.random.default_rng(seed), person).audio, SPEECH_DB)


def _said_in_parts(voice: Voice, parts: Sequence[str]) -> tuple[Samples, ...]:
    """One sentence with the melody of one, cut where its parts meet."""
    text = " ".join(parts)
    speech = speak(voice, text)
    starts = [word.start_s for word in timed_words(text, speech)]
    sound, cuts, words = _sound(speech), [0], 0
    for part in parts[:-1]:
        words += len(part.split())
        cuts.append(round(starts[words] * SAMPLE_RATE))
    pieces = [sound[a:b] for a, b in zip(cuts, [*cuts[1:], len(sound)], strict=True)]
    return tuple(at_db(_trimmed(piece), SPEECH_DB) for piece in pieces)


def said(voice: Voice, text: str) -> Samples:
    """A text as a visitor says it, at 16 kHz."""
    return at_db(_trimmed(_sound(speak(voice, text))), SPEECH_DB)


def _sound(speech: Speech) -> Samples:
    sound = speech.pcm.astype(np.float32) / np.float32(32768)
    if speech.rate != SAMPLE_RATE:
        sound = soxr.resample(sound, speech.rate, SAMPLE_RATE).astype(np.float32)
    return sound


def _trimmed(sound: Samples) -> Samples:
    """Without the silence at its ends."""
    loud = np.flatnonzero(np.abs(sound) > 0.03 * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


def at_db(sound: Samples, db: float) -> Samples:
    """The loud half of a sound at this level."""
    blocks = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    energy = np.sort((blocks**2).mean(axis=1))[len(blocks) // 2 :].mean()
    scaled = sound * np.float32(10 ** (db / 20) / np.sqrt(energy + 1e-12))
    return np.clip(scaled, -1, 1).astype(np.float32)
