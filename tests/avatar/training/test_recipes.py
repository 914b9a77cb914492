from dataclasses import replace
from pathlib import Path

import pytest

from avatar.errors import DataError
from avatar.training.recipe_files import parse_recipe, recipe_text
from avatar.training.recipes import EMBEDDED, PAPER, RECIPES, TINY, Recipe, load_recipe


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_come_back_from_their_text(name: str) -> None:
    assert parse_recipe(recipe_text(RECIPES[name]), Recipe) == RECIPES[name]
    assert load_recipe(name) is RECIPES[name]


def test_the_paper_keeps_its_numbers() -> None:
    network, preference = PAPER.network, PAPER.preference
    assert (network.depth, network.width, network.heads) == (8, 1024, 8)
    assert (network.conditioning, network.kinds, network.condition_reach) == ("cross", 0, 2)
    assert (preference.beta, preference.weight, preference.optimiser.steps) == (1000.0, 0.1, 5000)
    assert PAPER.forcing.optimiser.steps == 2_000_000
    assert PAPER.forcing.loss == "l1"


def test_a_recipe_file_may_change_any_number(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(recipe_text(TINY).replace('"seed": 1', '"seed": 9'))
    assert load_recipe(str(path)) == replace(TINY, seed=9)


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ('"seed": 1,', '"seed": 1, "sead": 1,', "sead: Unexpected keyword argument"),
        ('"depth": 4', '"depth": "four"', "network.depth: Input should be a valid integer"),
        ('"blockwise"', '"backwards"', "network.visibility.policy: Input should be 'released'"),
        ('"width": 192', '"width": 190', "a width of 190 cannot be shared by 4 heads"),
        ('"name"', "{", "it is no YAML"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, was: str, becomes: str, message: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(recipe_text(EMBEDDED).replace(was, becomes, 1))
    with pytest.raises(DataError, match=r"wrong\.yaml is no recipe") as raised:
        load_recipe(str(path))
    assert message in str(raised.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    known = ", ".join(RECIPES)
    with pytest.raises(DataError, match=f"give one of {known} or a recipe file"):
        load_recipe("embeded")
