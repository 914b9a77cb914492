"""Words of a text, as they are compared."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")
_APOSTROPHE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]")

LONGEST_ENDING = 2


def utterance(text: str) -> str:
    """Lower-case words with single blanks between; apostrophes and punctuation are gone."""
    return " ".join(_APOSTROPHE.sub("", word) for word in spoken(text))


def spoken(text: str) -> list[str]:
    """The words of `utterance`, with their apostrophes."""
    composed = unicodedata.normalize("NFC", text.lower())
    return [part for word in _WORD.findall(composed) for part in word.split("-")]


def tokens(text: str) -> list[str]:
    """Words to look up: "what's" is 'what', "l'eau" 'l' and 'eau', 'Wi-Fi' 'wi', 'fi' and 'wifi'.

    What follows an apostrophe is an ending where it has no more than two letters.
    """
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text.lower())):
        if word.isalnum():
            found.append(word)
            continue
        first, *others = _APOSTROPHE.split(word)
        for stem in (first, *(other for other in others if len(other) > LONGEST_ENDING)):
            parts = stem.split("-")
            found.extend(part for part in parts if part)
            if len(parts) > 1:
                found.append("".join(parts))
    return found


def unaccented(text: str) -> str:
    """As many characters, each without its accent: whoever types leaves them out."""
    return "".join(unicodedata.normalize("NFD", sign)[0] for sign in text)
