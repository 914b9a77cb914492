"""Writing files whole or not at all."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from avatar.errors import MediaError


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """A temporary file beside `path` that takes its name when all went well.

    Raises MediaError when the place cannot be written.
    """
    part = path.parent / f".{path.stem}-{uuid4().hex}{path.suffix}"
    try:
        part.touch(exist_ok=False)
    except OSError as error:
        raise MediaError(f"{path}: cannot be written there ({error.strerror})") from error
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise MediaError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


def require_place(path: Path) -> None:
    """Raise MediaError unless a file of this name can be written now: before long work begins."""
    if path.is_dir():
        raise MediaError(f"{path}: a folder; name a file in it")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise MediaError(f"{path}: cannot be written there; make the folder, or one that is yours")
