import pytest

from avatar.errors import PartUnavailable, UnknownPart
from avatar.parts import Part, find_part


def a_part(name: str, reason: str | None = None) -> Part:
    return Part("voice", name, "", dict, None, "MIT", lambda: reason, lambda config: config)


PARTS = (a_part("one"), a_part("two", "the program two is missing"))


def test_a_part_is_found_by_kind_and_name() -> None:
    assert find_part(PARTS, "voice", "one") is PARTS[0]


def test_an_unknown_part_lists_the_known() -> None:
    with pytest.raises(UnknownPart, match=r"no voice 'three'; known: one, two"):
        find_part(PARTS, "voice", "three")
    with pytest.raises(UnknownPart, match="known: none"):
        find_part(PARTS, "renderer", "one")


def test_a_part_that_cannot_run_says_why() -> None:
    with pytest.raises(PartUnavailable, match="'two' cannot run here: the program two is missing"):
        find_part(PARTS, "voice", "two")
