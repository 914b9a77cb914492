"""What ships with the package: avatar bundles, generators, and what sees the user."""

from pathlib import Path

from avatar.errors import UnknownPart

BUNDLES = Path(__file__).parent / "bundles"
SUFFIX = ".avatar"
GENERATORS = Path(__file__).parent / "generators"
TRACKER = Path(__file__).parent / "tracker"
"""Networks that see the user's face."""
CARD = "config.json"
"""The file that makes a folder a generator."""


def shipped_avatars() -> tuple[str, ...]:
    """Names of the avatars that ship, in alphabetical order."""
    return tuple(sorted(folder.stem for folder in BUNDLES.glob("*" + SUFFIX)))


def bundle_folder(name_or_folder: str) -> Path:
    """The folder of an avatar that ships, or a folder as given.

    Raises UnknownPart for a name that no avatar has.
    """
    shipped = BUNDLES / (name_or_folder + SUFFIX)
    if shipped.is_dir():
        return shipped
    folder = Path(name_or_folder)
    if folder.exists() or folder.suffix == SUFFIX or len(folder.parts) > 1:
        return folder
    raise UnknownPart(
        f"there is no avatar {name_or_folder!r}; these ship: {', '.join(shipped_avatars())}; "
        "or give the folder of a bundle"
    )


def shipped_generators() -> tuple[str, ...]:
    """Names of the generators that ship, in alphabetical order."""
    return tuple(sorted(card.parent.name for card in GENERATORS.glob(f"*/{CARD}")))


def generator_folder(name_or_folder: str) -> Path:
    """The folder of a generator that ships, or a folder as given.

    Raises UnknownPart for what is neither.
    """
    for folder in (GENERATORS / name_or_folder, Path(name_or_folder)):
        if (folder / CARD).is_file():
            return folder
    raise UnknownPart(
        f"there is no generator {name_or_folder!r}; these ship: {', '.join(shipped_generators())}; "
        f"or give a folder with a {CARD}, which visavis export writes"
    )
