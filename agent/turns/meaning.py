"""What an utterance means for the floor: a sign of listening, a wish to speak, half a sentence."""

import re

LISTENING = frozenset(
    {"ah", "aha", "alright", "cool", "exactly", "fine", "good", "great", "ha", "haha", "hm", "hmm",
     "huh", "i", "mhm", "mm", "mmhm", "nice", "oh", "ok", "okay", "really", "right", "see", "sure",
     "thanks", "uh", "uhhuh", "um", "understand", "wow", "yeah", "yep", "yes"}
)  # fmt: skip
"""Words of which signs of listening are made."""
STOPPING = frozenset({"but", "excuse", "hold", "listen", "no", "sorry", "stop", "wait"})
"""Words that take the floor at once."""
DANGLING = frozenset(
    {"a", "about", "an", "and", "are", "at", "because", "but", "by", "can", "could", "do", "does",
     "for", "from", "how", "i", "if", "in", "into", "is", "it's", "like", "my", "of", "on", "or",
     "our", "so", "than", "that", "the", "their", "then", "these", "this", "to", "uh", "um", "was",
     "were", "what", "when", "where", "which", "while", "who", "why", "with", "would", "your"}
)  # fmt: skip
"""Words with which hardly any sentence ends."""
WHOLE, HALF, UNTOLD = 1.5, -2.5, 0.3
"""Log odds of a sentence with its mark at the end, of one that certainly goes on, and of one of
which nothing is told.
"""
ENDS, ENDS_EACH = 2.4, 2.2
"""Log odds from the logarithm of a sentence's end, as fitted (docs/experiments.md)."""
MOST_LISTENING = 3
"""Words of a sign of listening at most."""
ENOUGH_WORDS, MANY_WORDS = 2, 3
"""Words from which an utterance that is no sign of listening takes the floor: one that lasts, and
one that does not.
"""
LONG_S = 0.65
"""A sign of listening is shorter."""
REPEATED = 3


def words_of(text: str) -> list[str]:
    """Words in lower case, without what is written between and around them."""
    return re.findall(r"[\w']+", text.lower().replace("-", ""))


def is_laughter(text: str) -> bool:
    """What recognisers make of laughter: one short word over and over."""
    words = words_of(text)
    return len(words) >= REPEATED and len(set(words[-REPEATED:])) == 1


def is_backchannel(text: str) -> bool:
    """Whether somebody says only that they listen, or laughs."""
    words = words_of(text)
    listens = 0 < len(words) <= MOST_LISTENING and all(word in LISTENING for word in words)
    return listens or is_laughter(text)


def takes_floor(text: str, spoken_s: float) -> bool:
    """Whether somebody wants to speak: a word that stops, or enough of others.

    Recognisers make two words of a "yes" now and then, but it does not take as long.
    """
    words = words_of(text)
    if any(word in STOPPING for word in words):
        return True
    different = sum(word != before for word, before in zip(words, ["", *words], strict=False))
    enough = ENOUGH_WORDS if spoken_s >= LONG_S else MANY_WORDS
    return different >= enough and not is_backchannel(text)


def wholeness(text: str, ends_log10: float | None) -> float:
    """Log odds that a sentence is whole with these words.

    Where the recogniser's language model tells how likely a sentence ends here, that decides;
    else punctuation does, if the recogniser writes it.
    """
    words = words_of(text)
    if len(words) > 1 and words[-1] in DANGLING:
        return HALF
    if ends_log10 is not None:
        return ENDS + ENDS_EACH * ends_log10
    if re.search(r"[.!?]['\")]?\s*$", text) and not text.rstrip().endswith("..."):
        return WHOLE
    written = re.search(r"[.,!?]|[A-Z]", text.replace("I", ""))
    return HALF if written else UNTOLD
