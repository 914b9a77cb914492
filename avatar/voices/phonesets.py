"""The phones of English engines, in IPA as espeak-ng writes American English."""

from avatar.errors import VoiceError

PAUSE = ""
"""The symbol of a pause."""

ARPABET: dict[str, str] = {
    "aa": "ɑː",
    "ae": "æ",
    "ah": "ʌ",
    "ao": "ɔː",
    "aw": "aʊ",
    "ax": "ə",
    "axr": "ɚ",
    "ay": "aɪ",
    "b": "b",
    "ch": "tʃ",
    "d": "d",
    "dh": "ð",
    "dx": "ɾ",
    "eh": "ɛ",
    "el": "əl",
    "em": "əm",
    "en": "ən",
    "er": "ɜː",
    "ey": "eɪ",
    "f": "f",
    "g": "ɡ",
    "h": "h",
    "hh": "h",
    "hv": "h",
    "ih": "ɪ",
    "ix": "ɪ",
    "iy": "iː",
    "jh": "dʒ",
    "k": "k",
    "l": "l",
    "m": "m",
    "n": "n",
    "ng": "ŋ",
    "nx": "n",
    "ow": "oʊ",
    "oy": "ɔɪ",
    "p": "p",
    "r": "ɹ",
    "s": "s",
    "sh": "ʃ",
    "t": "t",
    "th": "θ",
    "uh": "ʊ",
    "uw": "uː",
    "v": "v",
    "w": "w",
    "y": "j",
    "z": "z",
    "zh": "ʒ",
    "pau": PAUSE,
    "sil": PAUSE,
    "ssil": PAUSE,
    "brth": PAUSE,
    "h#": PAUSE,
    "#": PAUSE,
}
"""ARPAbet as the CMU and Radio phone sets of flite and festival spell it."""


def from_arpabet(name: str) -> str:
    """IPA of a phone. Raises VoiceError for a name that is in none of the English sets."""
    symbol = ARPABET.get(name)
    if symbol is None:
        raise VoiceError(
            f"the voice uses the phone {name!r}, which no English phone set has: "
            "choose an English voice"
        )
    return symbol
