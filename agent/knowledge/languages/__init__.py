"""The languages in which the knowledge base can hold a conversation."""

from collections.abc import Mapping
from types import MappingProxyType

from agent.knowledge.languages.base import Calendar, Intent, Language, Phrase
from agent.knowledge.languages.english import ENGLISH
from agent.knowledge.languages.french import FRENCH
from agent.knowledge.languages.german import GERMAN
from agent.knowledge.languages.spanish import SPANISH

DEFAULT_LANGUAGE = "en"

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
)
"""By the code that a page names in its front matter. A new one is a module like `english`."""

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Calendar", "Intent", "Language", "Phrase"]
