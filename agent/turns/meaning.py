"""What an utterance over the avatar's own speech means: a sign of listening, or a wish to speak."""

import re

LISTENING = frozenset(
    {"ah", "aha", "alright", "cool", "exactly", "fine", "good", "great", "ha", "haha", "hm", "hmm",
     "huh", "i", "mhm", "mm", "mmhm", "nice", "oh", "ok", "okay", "really", "right", "see", "sure",
     "thanks", "uh", "uhhuh", "understand", "wow", "yeah", "yep", "yes"}
)  # fmt: skip
"""Words of which signs of listening are made."""
STOPPING = frozenset({"but", "excuse", "hold", "listen", "no", "sorry", "stop", "wait"})
"""Words that take the floor at once."""
MOST_LISTENING = 3
"""Words of a sign of listening at most."""
ENOUGH_WORDS = 2
"""Words from which an utterance that is no sign of listening takes the floor."""


def words_of(text: str) -> list[str]:
    """Words in lower case, without what is written between and inside of them."""
    return [re.sub(r"[^\w]", "", word) for word in text.lower().split() if re.search(r"\w", word)]


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
