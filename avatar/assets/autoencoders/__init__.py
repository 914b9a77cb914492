"""Auto-encoders that ship, a folder for each."""

from pathlib import Path

from avatar.errors import UnknownPart

AUTOENCODERS = Path(__file__).parent
CARD = "config.json"
"""The file that makes a folder an auto-encoder."""


def shipped_autoencoders() -> tuple[str, ...]:
    """Names of the auto-encoders that ship, in alphabetical order."""
    return tuple(sorted(card.parent.name for card in AUTOENCODERS.glob(f"*/{CARD}")))


def autoencoder_folder(name_or_folder: str) -> Path:
    """The folder of an auto-encoder that ships, or a folder as given.

    Raises UnknownPart for what is neither.
    """
    for folder in (AUTOENCODERS / name_or_folder, Path(name_or_folder)):
        if (folder / CARD).is_file():
            return folder
    known = ", ".join(shipped_autoencoders()) or "none"
    raise UnknownPart(
        f"there is no auto-encoder {name_or_folder!r}; these ship: {known}; or give a folder with "
        f"a {CARD}, which visavis train autoencoder --export writes"
    )
