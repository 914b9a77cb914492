"""A folder to begin a kiosk with: what can be set, answers, a logo, and how it starts at boot."""

import json
import shutil
from pathlib import Path
from uuid import uuid4

from avatar.errors import VisavisError
from pipelines.config import ServeConfig

STARTER = Path(__file__).parent / "starter"
CONFIGURATION = "kiosk.yaml"
SCHEMA = "kiosk.schema.json"
"""What editors complete the configuration by; its first line names it."""


class StartError(VisavisError):
    """A kiosk's folder cannot be made."""


def init(folder: Path) -> tuple[Path, ...]:
    """Make the folder of a kiosk, whole or not at all; returns its files.

    Raises StartError for a folder that has something in it, and where none can be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StartError(f"{folder} is not empty: name a folder that is, or is not there yet")
    part = folder.parent / f".{folder.name}-{uuid4().hex}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(STARTER, part)
        (part / SCHEMA).write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
        part.replace(folder)
    except OSError as error:
        raise StartError(f"{folder} cannot be made: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def schema() -> dict[str, object]:
    """The JSON Schema of a kiosk's configuration, for editors."""
    settings = ServeConfig.model_json_schema()
    # Secrets are not written into files.
    del settings["properties"]["token"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **settings,
        "title": "A kiosk of visavis",
    }
