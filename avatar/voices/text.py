"""Text made fit for a speech engine: no control characters, pieces of a bearable length, ASCII."""

import re
import unicodedata

from avatar.errors import VoiceError

ABBREVIATIONS = ("Dr", "Mr", "Mrs", "Ms", "Prof", "St", "Jr", "Sr", "vs", "etc", "e.g", "i.e")
"""A full stop after these does not end a sentence."""

SENTENCE_END = re.compile(
    "".join(rf"(?<!\b{re.escape(word)}\.)" for word in ABBREVIATIONS) + r"(?<=[.!?])\s+"
)

PUNCTUATION = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": ", ",
        "—": ", ",
        "…": "...",
        "\N{SOFT HYPHEN}": "",
    }
)
"""ASCII for signs whose decomposition has none."""


def spoken_text(text: str) -> str:
    """Text without control characters and unpaired surrogates, with single spaces.

    Raises VoiceError when nothing is left.
    """
    sayable = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    spoken = " ".join(sayable.split())
    if not spoken:
        raise VoiceError("there is nothing to say: the text is blank")
    return spoken


def ascii_text(text: str, engine: str) -> str:
    """Spoken text in ASCII for an engine that knows no more; accents are dropped.

    Raises VoiceError when the text has letters and none of them is left.
    """
    spoken = spoken_text(text)
    plain = unicodedata.normalize("NFKD", spoken.translate(PUNCTUATION))
    plain = " ".join(plain.encode("ascii", "ignore").decode().split())
    if any(map(str.isalnum, spoken)) and not any(map(str.isalnum, plain)):
        raise VoiceError(f"{engine} reads Latin letters only; the text has none")
    return plain


def sentences(text: str, longest: int) -> tuple[str, ...]:
    """Text cut behind sentences, and between words where one has more than `longest` characters.

    Pieces without a letter or digit are left out. A single word may be longer than `longest`.
    """
    pieces: list[str] = []
    for sentence in SENTENCE_END.split(text):
        piece = ""
        for word in sentence.split():
            if piece and len(piece) + 1 + len(word) > longest:
                pieces.append(piece)
                piece = word
            else:
                piece = f"{piece} {word}".strip()
        pieces.append(piece)
    return tuple(piece for piece in pieces if any(map(str.isalnum, piece)))
