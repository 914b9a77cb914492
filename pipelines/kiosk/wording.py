"""What a kiosk says of its own, by language, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, TypeAlias

from pipelines.kiosk.config import KioskConfig, WordsConfig, read_span

PartOfDay: TypeAlias = Literal["morning", "afternoon", "evening"]

NOON, EVENING = time(12), time(18)


@dataclass(frozen=True, slots=True)
class Wording:
    """All texts of one language; `{name}` in a greeting is the avatar's.

    The `disclosure` is said with the greeting, the `introduction` before the answer to whoever did
    not wait for it; `synthetic` stays on the screen.
    """

    name: str
    greetings: Mapping[PartOfDay, str]
    disclosure: str
    introduction: str
    synthetic: str
    farewell: str
    attract: tuple[str, ...]
    suggestions: tuple[str, ...]
    calling: str
    nobody_comes: str

    def introduced(self, name: str) -> str:
        """Who speaks, and that it is an AI, before the answer to somebody who did not wait."""
        return self.introduction.replace("{name}", name)

    def greeting(self, at: datetime, name: str) -> str:
        """What is said first, at this time of day. It tells that an AI speaks."""
        return f"{self.greetings[part_of_day(at)]} {self.disclosure}".replace("{name}", name)


DEFAULTS = {
    "en": Wording(
        name="English",
        greetings={
            "morning": "Good morning.",
            "afternoon": "Good afternoon.",
            "evening": "Good evening.",
        },
        disclosure="I am {name}, an AI. How can I help you?",
        introduction="I am {name}, an AI.",
        synthetic="You are talking with an AI. Its face and voice are synthetic.",
        farewell="Goodbye. I forget our conversation now.",
        attract=("Can I help you?", "Touch the screen, or just speak.", "Ask me the way."),
        suggestions=("When are you open?", "Where are the toilets?", "Where can I park?"),
        calling="I am calling a colleague. One moment, please.",
        nobody_comes="I am sorry, I cannot reach anybody just now.",
    ),
    "de": Wording(
        name="Deutsch",
        greetings={
            "morning": "Guten Morgen.",
            "afternoon": "Guten Tag.",
            "evening": "Guten Abend.",
        },
        disclosure="Ich bin {name}, eine KI. Wie kann ich helfen?",
        introduction="Ich bin {name}, eine KI.",
        synthetic="Sie sprechen mit einer KI. Gesicht und Stimme sind künstlich.",
        farewell="Auf Wiedersehen. Unser Gespräch vergesse ich jetzt.",
        attract=("Kann ich helfen?", "Berühren Sie den Bildschirm, oder sprechen Sie einfach."),
        suggestions=(
            "Wann haben Sie geöffnet?",
            "Wo sind die Toiletten?",
            "Wo kann ich parken?",
        ),
        calling="Ich rufe jemanden. Einen Moment, bitte.",
        nobody_comes="Es tut mir leid, ich erreiche gerade niemanden.",
    ),
    "es": Wording(
        name="Español",
        greetings={
            "morning": "Buenos días.",
            "afternoon": "Buenas tardes.",
            "evening": "Buenas noches.",
        },
        disclosure="Soy {name}, una IA. ¿En qué puedo ayudarle?",
        introduction="Soy {name}, una IA.",
        synthetic="Está hablando con una IA. La cara y la voz son sintéticas.",
        farewell="Adiós. Ahora olvido nuestra conversación.",
        attract=("¿Puedo ayudarle?", "Toque la pantalla, o simplemente hable."),
        suggestions=(
            "¿Cuál es el horario?",
            "¿Dónde están los aseos?",
            "¿Dónde puedo aparcar?",
        ),
        calling="Estoy llamando a una persona. Un momento, por favor.",
        nobody_comes="Lo siento, ahora no puedo localizar a nadie.",
    ),
    "fr": Wording(
        name="Français",
        greetings={"morning": "Bonjour.", "afternoon": "Bonjour.", "evening": "Bonsoir."},
        disclosure="Je suis {name}, une IA. Que puis-je faire pour vous ?",
        introduction="Je suis {name}, une IA.",
        synthetic="Vous parlez avec une IA. Son visage et sa voix sont synthétiques.",
        farewell="Au revoir. J'oublie maintenant notre conversation.",
        attract=("Puis-je vous aider ?", "Touchez l'écran, ou parlez simplement."),
        suggestions=(
            "Quels sont vos horaires ?",
            "Où sont les toilettes ?",
            "Où puis-je me garer ?",
        ),
        calling="J'appelle quelqu'un. Un instant, s'il vous plaît.",
        nobody_comes="Je suis désolée, je ne peux joindre personne pour le moment.",
    ),
}


def wording_of(config: KioskConfig, language: str) -> Wording:
    """The texts of a language, where the integrator's own go before ours."""
    given = {str(code): words for code, words in config.words.items()}
    ours, own = DEFAULTS[language], given.get(language, WordsConfig())
    return Wording(
        name=ours.name,
        greetings={**ours.greetings, **own.greetings},
        disclosure=own.disclosure or ours.disclosure,
        introduction=ours.introduction,
        synthetic=ours.synthetic,
        farewell=own.farewell or ours.farewell,
        attract=own.attract or ours.attract,
        suggestions=own.suggestions or ours.suggestions,
        calling=own.calling or ours.calling,
        nobody_comes=own.nobody_comes or ours.nobody_comes,
    )


def part_of_day(at: datetime) -> PartOfDay:
    """By the clock on the wall."""
    if at.time() < NOON:
        return "morning"
    return "afternoon" if at.time() < EVENING else "evening"


def is_quiet(spans: tuple[str, ...], at: datetime) -> bool:
    """Whether a time is within one of the spans, some of which go past midnight."""
    now = at.time()
    for span in spans:
        begin, end = read_span(span)
        inside = begin <= now < end if begin <= end else now >= begin or now < end
        if inside:
            return True
    return False
