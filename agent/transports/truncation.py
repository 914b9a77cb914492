"""Having a language model forget words that nobody heard."""

from collections.abc import Callable
from typing import Any


def shortened(said: str, heard: str) -> Callable[[list[Any]], list[Any]]:
    """A change of a context's messages: the newest that says `said` says `heard` from then on.

    One of which nothing was heard is left out; where none says it, nothing changes.
    """

    def change(messages: list[Any]) -> list[Any]:
        for place in reversed(range(len(messages))):
            message = messages[place]
            if _says(message, said):
                kept = [{**message, "content": heard}] if heard else []
                return [*messages[:place], *kept, *messages[place + 1 :]]
        return messages

    return change


def _says(message: Any, words: str) -> bool:
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return False
    content = message.get("content")
    return isinstance(content, str) and content.split() == words.split()
