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
MOST_LISTENING = 3
"""Words of a sign of listening at most."""
ENOUGH_WORDS = 2
"""Words from which an utterance that is no sign of listening takes the floor."""


def words_of(text: str) -> list[str]:
    """Words in lower case, without what is written between and around them."""
    return re.findall(r"[\w']+", text.lower().replace("-", ""))


def is_backchannel(text: str) -> bool:
    """Whether somebody says only that they listen."""
    words = words_of(text)
    return 0 < len(words) <= MOST_LISTENING and all(word in LISTENING for word in words)


def takes_floor(text: str) -> bool:
    """Whether somebody wants to speak: a word that stops, or enough of others."""
    words = words_of(text)
    if any(word in STOPPING for word in words):
        return True
    return len(words) >= ENOUGH_WORDS and not is_backchannel(text)


def is_unfinished(text: str) -> bool:
    """Whether a sentence certainly goes on after these words."""
    words = words_of(text)
    return bool(words) and words[-1] in DANGLING and len(words) > 1
