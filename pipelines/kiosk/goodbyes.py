"""Whether somebody says goodbye."""

from functools import cache

from agent.knowledge.intents import IntentReader
from agent.knowledge.languages import LANGUAGES, Intent


def is_goodbye(text: str, language: str) -> bool:
    """Whether these words end a visit: a goodbye, and nothing that is still to be answered."""
    intents, rest = _reader(language if language in LANGUAGES else "en").read(text)
    return Intent.GOODBYE in intents and not rest


@cache
def _reader(language: str) -> IntentReader:
    return IntentReader(LANGUAGES[language])
