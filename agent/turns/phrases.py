"""What the avatar says to keep a conversation going, by language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Short words in the avatar's own voice; of several one is taken by chance.

    `backchannels_a_minute` is how often listeners of this language say that they listen, while
    somebody speaks.
    """

    backchannels: tuple[str, ...]
    backchannels_a_minute: float
    hold: tuple[str, ...]
    apology: tuple[str, ...]
    reprompt: tuple[str, ...]


PHRASES = {
    "en": Phrases(
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
        backchannels=("Ja.", "Verstehe.", "Aha.", "Genau."),
        backchannels_a_minute=5,
        hold=("Einen Moment.", "Ich sehe nach."),
        apology=(
            "Entschuldigung, da ist etwas schiefgegangen. Fragen Sie mich bitte noch einmal.",
        ),
        reprompt=("Kann ich sonst noch helfen?",),
    ),
    "es": Phrases(
        backchannels=("Ya.", "Claro.", "Aj\u00e1."),
        backchannels_a_minute=6,
        hold=("Un momento.", "Déjeme ver."),
        apology=("Perdón, algo ha fallado. ¿Puede repetirlo?",),
        reprompt=("¿Necesita algo más?",),
    ),
    "fr": Phrases(
        backchannels=("D'accord.", "Oui.", "Je vois."),
        backchannels_a_minute=5,
        hold=("Un instant.", "Je regarde."),
        apology=("Pardon, quelque chose s'est mal passé. Pouvez-vous répéter ?",),
        reprompt=("Puis-je encore vous aider ?",),
    ),
}
