from pathlib import Path

import pytest

from avatar.assets import bundle_folder, shipped_avatars
from avatar.errors import UnknownPart
from avatar.rendering.bundle import load_bundle


def test_every_shipped_avatar_is_a_good_bundle_of_its_name() -> None:
    assert "ana" in shipped_avatars()
    for name in shipped_avatars():
        manifest = load_bundle(bundle_folder(name)).manifest
        assert manifest.name == name
        assert manifest.licence == "Apache-2.0"


def test_a_folder_is_taken_as_given(tmp_path: Path) -> None:
    assert bundle_folder(str(tmp_path)) == tmp_path
    assert bundle_folder("some/where.avatar") == Path("some/where.avatar")


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UnknownPart, match=r"no avatar 'bobo'; these ship:.*ana"):
        bundle_folder("bobo")
