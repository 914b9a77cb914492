"""What keeps a conversation going, by language, and how a language is asked for."""

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Short words in the avatar's own voice; of several one is taken by chance.

    `backchannels_a_minute` is how often listeners of this language say that they listen, while
    somebody speaks. `name` is the language's in English, `names` are what speakers of the languages
    here call it.
    """

    name: str
    names: tuple[str, ...]
    backchannels: tuple[str, ...]
    backchannels_a_minute: float
    hold: tuple[str, ...]
    apology: tuple[str, ...]
    reprompt: tuple[str, ...]


PHRASES = {
    "en": Phrases(
        name="English",
        names=("english", "englisch", "inglés", "ingles", "anglais"),
        # Voices spell out what has no vowel: "Mm-hm." becomes four letters.
        backchannels=("I see.", "Uh-huh.", "Right.", "Okay."),
        backchannels_a_minute=6,
        hold=("Let me see.", "One moment.", "Let me check that."),
        apology=(
            "I'm sorry, I lost my thread. Could you say that again?",
            "I'm sorry, something went wrong. Could you ask me once more?",
        ),
        reprompt=("Is there anything else?", "Can I help you with anything else?"),
    ),
    "de": Phrases(
        name="German",
        names=("german", "deutsch", "alemán", "aleman", "allemand"),
        backchannels=("Ja.", "Verstehe.", "Aha.", "Genau."),
        backchannels_a_minute=5,
        hold=("Einen Moment.", "Ich sehe nach."),
        apology=(
            "Entschuldigung, da ist etwas schiefgegangen. Fragen Sie mich bitte noch einmal.",
        ),
        reprompt=("Kann ich sonst noch helfen?",),
    ),
    "es": Phrases(
        name="Spanish",
        names=("spanish", "spanisch", "español", "espanol", "espagnol"),
        backchannels=("Ya.", "Claro.", "Aj\u00e1."),
        backchannels_a_minute=6,
        hold=("Un momento.", "Déjeme ver."),
        apology=("Perdón, algo ha fallado. ¿Puede repetirlo?",),
        reprompt=("¿Necesita algo más?",),
    ),
    "fr": Phrases(
        name="French",
        names=("french", "französisch", "francés", "frances", "français", "francais"),
        backchannels=("D'accord.", "Oui.", "Je vois."),
        backchannels_a_minute=5,
        hold=("Un instant.", "Je regarde."),
        apology=("Pardon, quelque chose s'est mal passé. Pouvez-vous répéter ?",),
        reprompt=("Puis-je encore vous aider ?",),
    ),
}

LONGEST_REQUEST = 8
"""Words of a request for a language; what is longer is about something else."""

_ASKING = frozenset(
    (
        *("speak", "talk", "switch", "change", "continue", "please"),
        *("sprechen", "sprich", "reden", "wechseln", "bitte"),
        *("hablar", "habla", "hable", "podemos", "favor"),
        *("parler", "parlez", "parle", "continuer", "plaît", "plait"),
    )
)
_INTO = frozenset(("in", "auf", "en"))


def asked_language(text: str, known: Collection[str]) -> str | None:
    """The language that a user asks for ("Deutsch, bitte", "Can we speak English?"), if it is one
    of the `known` ones.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or len(words) > LONGEST_REQUEST:
        return None
    asks = len(words) == 1 or words[0] in _INTO or not _ASKING.isdisjoint(words)
    named = [code for code in known if not set(PHRASES[code].names).isdisjoint(words)]
    return named[0] if asks and len(named) == 1 else None
