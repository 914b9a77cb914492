"""Recipes as text: reading them by name or from a file, and writing them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ConfigDict, ValidationError, create_model

from avatar.errors import DataError


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """What every recipe has: a name, which is also that of its run, and the seed of all chance."""

    name: str
    seed: int


R = TypeVar("R", bound=TrainingRecipe)


def recipe_text(recipe: TrainingRecipe) -> str:
    """JSON that `parse_recipe` reads back."""
    return json.dumps(asdict(recipe), indent=2) + "\n"


def find_recipe(name_or_file: str, known: Mapping[str, R], kind: type[R]) -> R:
    """A recipe by name, or from a YAML or JSON file with every key of its kind.

    Raises DataError for an unknown name, an unknown key or a value of the wrong kind.
    """
    if name_or_file in known:
        return known[name_or_file]
    path = Path(name_or_file)
    if not path.is_file():
        raise DataError(
            f"no recipe {name_or_file!r}: give one of {', '.join(known)} or a recipe file"
        )
    try:
        return parse_recipe(path.read_text(encoding="utf-8"), kind)
    except (DataError, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no recipe: {error}") from error


def parse_recipe(text: str, kind: type[R]) -> R:
    """A recipe from YAML or JSON. Raises DataError that names the key at fault."""
    checked: Any = create_model(
        "Checked", __config__=ConfigDict(extra="forbid"), recipe=(kind, ...)
    )
    try:
        recipe: R = checked(recipe=yaml.safe_load(text)).recipe
    except yaml.YAMLError as error:
        raise DataError(f"it is no YAML ({error})") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'][1:])) or 'all of it'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise DataError(faults) from error
    return recipe
