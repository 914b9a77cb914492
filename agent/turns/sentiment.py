"""Which emotion an answer is said with: a tag of the language model, or a light rule of words."""

import re

from agent.turns.meaning import words_of
from avatar.tick import EMOTIONS

_FELT = {
    "concerned": {"afraid", "apologise", "apologize", "careful", "sorry", "unfortunately"},
    "surprised": {"amazing", "incredible", "really", "wow"},
    "happy": {
        "congratulations", "delighted", "enjoy", "excellent", "glad", "great", "happy", "hello",
        "lovely", "perfect", "pleasure", "thank", "thanks", "welcome", "wonderful",
    },
    "sad": {"lost", "miss", "sad", "sadly"},
}  # fmt: skip
_TAG = re.compile(r"\s*\[(" + "|".join(EMOTIONS) + r")\]\s*", re.IGNORECASE)
LONGEST_TAG = 2 + max(len(emotion) for emotion in EMOTIONS)


def tagged(text: str) -> tuple[str | None, str]:
    """The emotion of a tag such as `[happy]` at the beginning, and the text without it."""
    match = _TAG.match(text)
    return (None, text) if match is None else (match[1].lower(), text[match.end() :])


def may_be_tag(text: str) -> bool:
    """Whether more of the text must come before it is known that it begins with no tag."""
    begun = text.lstrip().lower()
    tags = [f"[{emotion}]" for emotion in EMOTIONS]
    return any(tag.startswith(begun) and tag != begun for tag in tags)


def felt(text: str) -> str:
    """The emotion of a sentence: of the first word that tells one."""
    for word in words_of(text):
        for emotion, words in _FELT.items():
            if word in words:
                return emotion
    return "neutral"
