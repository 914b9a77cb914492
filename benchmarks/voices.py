"""Which English voice is understood best: word errors of pocketsphinx on what each voice says.

A voice that a recogniser understands is likely to be easier for people as well; this decides the
default English voice. It also says what a second pass of the recogniser is worth and what it costs.

python benchmarks/voices.py
"""

import re
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from agent.services.stt.pocketsphinx import pocketsphinx_recogniser
from agent.services.stt.recogniser import Recogniser
from avatar.errors import PartUnavailable
from avatar.tick import VoiceSamples
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from avatar.voices.festival import FestivalConfig, FestivalVoice
from avatar.voices.flite import FliteConfig, FliteVoice

QUESTIONS = (
    "When do you open in the morning?",
    "Are you open on public holidays?",
    "What time does the museum close tonight?",
    "Until when can I still go in?",
    "How much is the entrance fee?",
    "Do students get a discount?",
    "Is it free for small children?",
    "Can I pay with a credit card?",
    "Do you sell family tickets?",
    "Where can I buy a ticket?",
    "Can I book a ticket online?",
    "I lost my ticket, what should I do?",
    "May I leave and come back later?",
    "Where are the toilets?",
    "Is there a lift to the upper floors?",
    "Can I get around in a wheelchair?",
    "Where is the emergency exit?",
    "Where can I leave my coat?",
    "Are there lockers for large bags?",
    "Someone found my umbrella, where is it kept?",
    "Is there a place to eat in the building?",
    "Does the coffee shop have vegetarian food?",
    "Can I bring my own sandwiches?",
    "Where can I fill my water bottle?",
    "Is there a room to feed my baby?",
    "How do I get to the second floor?",
    "Which way is the main hall?",
    "Where does the guided tour begin?",
    "How long does the tour take?",
    "Is there a tour in another language?",
    "Do you have a map of the building?",
    "May I take photographs in here?",
    "Can I touch any of the objects?",
    "What is new this month?",
    "Which room has the oldest painting?",
    "Who painted the picture behind you?",
    "How old is this house?",
    "Where can I see the dinosaurs?",
    "What do you recommend for children?",
    "Is there something to do for teenagers?",
    "Where is the gift shop?",
    "Can I return something that I bought?",
    "How can I become a member?",
    "Do you need any volunteers?",
    "I have a meeting with the director.",
    "Please tell my colleague that I am here.",
    "Where should I sign in?",
    "I would like to make an appointment.",
    "Which office issues passports?",
    "Where do I hand in this form?",
    "What documents do I have to bring?",
    "How long will I have to wait?",
    "Can I speak to a real person?",
    "Where does the bus to the station stop?",
    "Is there parking near the entrance?",
    "Where can I lock my bicycle?",
    "Could you call a taxi for me?",
    "Is there wireless internet for visitors?",
    "I cannot hear you, please speak louder.",
    "Thank you for your help, goodbye.",
)

EDGE_S, PIECE_S = 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Score:
    """Word errors and words of all questions, and how long each transcript was waited for."""

    errors: int
    words: int
    waits_s: tuple[float, ...]

    @property
    def error_rate(self) -> float:
        """Word error rate in percent."""
        return 100 * self.errors / self.words


def voices() -> dict[str, Voice]:
    """The English voices that this machine has."""
    makers = {
        "espeak en-us": lambda: EspeakVoice(EspeakConfig()),
        "espeak en-us slow": lambda: EspeakVoice(EspeakConfig(words_per_minute=140)),
        "espeak en-us+f3": lambda: EspeakVoice(EspeakConfig(voice="en-us+f3")),
        "espeak en-gb-x-rp": lambda: EspeakVoice(EspeakConfig(voice="en-gb-x-rp")),
        "flite slt": lambda: FliteVoice(FliteConfig("slt")),
        "flite rms": lambda: FliteVoice(FliteConfig("rms")),
        "flite kal16": lambda: FliteVoice(FliteConfig("kal16")),
        "festival slt": lambda: FestivalVoice(FestivalConfig()),
    }
    made: dict[str, Voice] = {}
    for name, make in makers.items():
        try:
            made[name] = make()
        except PartUnavailable as missing:
            print(f"{name:<20} left out: {missing}")
    return made


def words_of(text: str) -> list[str]:
    """Words in lower case without punctuation."""
    return re.findall(r"[a-z']+", text.lower())


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Fewest words to insert, delete or replace."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]


def transcript(recogniser: Recogniser, speech: Speech) -> tuple[str, float]:
    """What is understood, and the seconds from the last sound to it."""
    edge: VoiceSamples = np.zeros(round(EDGE_S * speech.rate), np.int16)
    pcm = np.concatenate([edge, speech.pcm, edge])
    step = round(PIECE_S * speech.rate)
    recogniser.start(speech.rate)
    for at in range(0, len(pcm), step):
        recogniser.hear(pcm[at : at + step].tobytes())
    begin = time.perf_counter()
    return recogniser.end().text, time.perf_counter() - begin


def score(speeches: Sequence[Speech], passes: int) -> Score:
    """All questions in one voice, one after the other."""
    errors, words = 0, 0
    waits_s: list[float] = []
    with closing(Recogniser(pocketsphinx_recogniser(passes))) as recogniser:
        for question, speech in zip(QUESTIONS, speeches, strict=True):
            heard, wait_s = transcript(recogniser, speech)
            said = words_of(question)
            errors += word_errors(said, words_of(heard))
            words += len(said)
            waits_s.append(wait_s)
    return Score(errors, words, tuple(waits_s))


def main() -> None:
    """Print the figures."""
    print(f"{len(QUESTIONS)} questions; wait: median and longest time from sound's end to text")
    print(f"{'voice':<20}{'words wrong, 1 pass':>24}{'wait ms':>12}{'2 passes':>12}{'wait ms':>12}")
    for name, voice in voices().items():
        with closing(voice):
            speeches = [speak(voice, question) for question in QUESTIONS]
        line = f"{name:<20}"
        for passes, width in ((1, 24), (2, 12)):
            result = score(speeches, passes)
            waits = np.array(result.waits_s) * 1000
            shown = f"{np.median(waits):.0f} / {waits.max():.0f}"
            line += f"{result.error_rate:>{width - 2}.1f} %{shown:>12}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
