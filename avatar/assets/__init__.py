"""What ships with the package: avatar bundles."""

from pathlib import Path

from avatar.errors import UnknownPart

BUNDLES = Path(__file__).parent / "bundles"
SUFFIX = ".avatar"


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
