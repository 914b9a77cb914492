"""Writing files whole or not at all."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from avatar.errors import MediaError


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """A temporary file beside `path` that takes its name when all went well.

    Raises MediaError when the place cannot be written.
    """
    try:
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115  closed at once; only its name is used
            dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix, delete=False
        )
    except OSError as error:
        raise MediaError(f"{path}: cannot be written there ({error.strerror})") from error
    handle.close()
    part = Path(handle.name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        raise MediaError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
