"""Reading a configuration from a file: YAML, checked to the last name."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from avatar.errors import VisavisError
from pipelines.config import ServeConfig


class ConfigurationError(VisavisError):
    """A configuration cannot be used; says where and why."""


def read_configuration(path: Path) -> dict[str, Any]:
    """What a YAML file says. Raises ConfigurationError for a file that is none, with the line."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is no YAML: {error}") from error
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise ConfigurationError(f"{path}: settings such as `avatar: ana` were expected")
    return told


def checked(settings: dict[str, Any], source: str = "") -> ServeConfig:
    """A configuration. Raises ConfigurationError that names each setting that cannot be."""
    try:
        return ServeConfig(**settings)
    except ValidationError as error:
        where = f"{source}: " if source else ""
        raise ConfigurationError(
            "\n".join(
                f"{where}{_name(problem['loc'])}: {problem['msg']}"
                for problem in error.errors(include_url=False, include_input=False)
            )
        ) from error


def _name(place: tuple[int | str, ...]) -> str:
    """The setting's own path; pydantic names the branches of a choice, too."""
    return ".".join(str(part) for part in place if part not in ("str", "CustomService", "Language"))
