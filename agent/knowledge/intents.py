"""What a user says that no page answers: greetings, yes and no, who are you."""

import re

from agent.knowledge.languages import Intent, Language
from agent.knowledge.words import utterance


class IntentReader:
    """Reads the stock phrases at the beginning of what a user said."""

    def __init__(self, language: Language) -> None:
        self._fillers = language.fillers
        self._patterns = {
            intent: re.compile(rf"(?:{pattern})(?: please)?(?= |$)")
            for intent, pattern in language.intents.items()
        }

    def read(self, text: str) -> tuple[tuple[Intent, ...], str]:
        """The intents found, the weightiest first, and the words after them.

        When words are left, the user said more than a stock phrase.
        """
        rest = self._without_fillers(utterance(text))
        found: set[Intent] = set()
        while rest:
            lengths = {
                intent: match.end()
                for intent, pattern in self._patterns.items()
                if (match := pattern.match(rest))
            }
            if not lengths:
                break
            longest = max(lengths, key=lambda intent: lengths[intent])
            found.add(longest)
            rest = self._without_fillers(rest[lengths[longest] :])
        return tuple(intent for intent in Intent if intent in found), rest

    def _without_fillers(self, said: str) -> str:
        """Without fillers at the beginning."""
        words = said.split()
        while words and words[0] in self._fillers:
            del words[0]
        return " ".join(words)
