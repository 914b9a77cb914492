"""The languages in which the knowledge base can hold a conversation."""

from collections.abc import Mapping
from types import MappingProxyType

from agent.knowledge.languages.base import Intent, Language, Phrase
from agent.knowledge.languages.english import ENGLISH

DEFAULT_LANGUAGE = "en"

LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH})
"""By the code that a page names in its front matter. A new one is a module like `english`."""

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Intent", "Language", "Phrase"]
