"""Words of a text, as they are compared."""

import re

_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")
_APOSTROPHE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]")


def utterance(text: str) -> str:
    """Lower-case words with single blanks between; apostrophes and punctuation are gone."""
    words = (_APOSTROPHE.sub("", word) for word in _WORD.findall(text.lower()))
    return " ".join(words).replace("-", " ")


def tokens(text: str) -> list[str]:
    """Words to look up: 'what's' is 'what', 'Wi-Fi' is 'wi', 'fi' and 'wifi'."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        stem = _APOSTROPHE.split(word)[0]
        parts = stem.split("-")
        found.extend(parts)
        if len(parts) > 1:
            found.append("".join(parts))
    return found
