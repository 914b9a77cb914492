"""What a user says that no page answers: greetings, yes and no, who are you."""

import re

from agent.knowledge.languages import Intent, Language
from agent.knowledge.words import spoken, unaccented, utterance


class IntentReader:
    """Reads the stock phrases at the beginning of what a user said."""

    def __init__(self, language: Language) -> None:
        self._fillers = {*language.fillers, *map(unaccented, language.fillers)}
        please = language.please
        self._patterns = {
            intent: re.compile(
                unaccented(rf"(?:(?:{please}) )?(?:{pattern})(?: (?:{please}))?(?= |$)")
            )
            for intent, pattern in language.intents.items()
        }

    def read(self, text: str) -> tuple[tuple[Intent, ...], str]:
        """The intents found, the weightiest first, and the words after them.

        When words are left, the user said more than a stock phrase.
        """
        words = spoken(text)
        said = utterance(text).split()
        rest = self._without_fillers(said)
        found: set[Intent] = set()
        while rest:
            now = unaccented(" ".join(rest))
            lengths = {
                intent: match.end()
                for intent, pattern in self._patterns.items()
                if (match := pattern.match(now))
            }
            if not lengths:
                break
            longest = max(lengths, key=lambda intent: lengths[intent])
            found.add(longest)
            rest = self._without_fillers(now[lengths[longest] :].split())
        left = " ".join(words[len(words) - len(rest) :])
        return tuple(intent for intent in Intent if intent in found), left

    def _without_fillers(self, said: list[str]) -> list[str]:
        """Without fillers at the beginning."""
        begin = next((at for at, word in enumerate(said) if word not in self._fillers), len(said))
        return said[begin:]
