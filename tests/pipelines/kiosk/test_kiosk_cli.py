"""`visavis kiosk`: what a folder says, as seen from where the command runs."""

from pathlib import Path

import pytest

from pipelines.cli.kiosk import SETTINGS, settings_of
from pipelines.configuration import ConfigurationError, checked
from tests.pipelines.cli.command import refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lobby"
    folder.mkdir()
    return folder


def written(folder: Path, text: str) -> Path:
    (folder / SETTINGS).write_text(text)
    return folder


FILES = """
knowledge: pages
port: 9000
kiosk:
  branding: {logo: brand/logo.svg, background: brand/hall.jpg, colour: "#102030"}
  unanswered: {keep: true, file: asked.csv}
"""


def test_files_are_beside_the_settings(folder: Path) -> None:
    settings = settings_of(written(folder, FILES), None)
    assert settings["knowledge"] == str(folder / "pages")
    assert settings["kiosk"]["branding"]["logo"] == str(folder / "brand" / "logo.svg")
    assert settings["kiosk"]["branding"]["background"] == str(folder / "brand" / "hall.jpg")
    assert settings["kiosk"]["unanswered"]["file"] == str(folder / "asked.csv")
    assert checked(settings).kiosk is not None


def test_a_colour_is_no_file_and_an_absolute_path_stays(folder: Path) -> None:
    told = f'knowledge: {folder}/elsewhere\nkiosk: {{branding: {{background: "#ffffff"}}}}'
    settings = settings_of(written(folder, told), None)
    assert settings["kiosk"]["branding"]["background"] == "#ffffff"
    assert settings["knowledge"] == f"{folder}/elsewhere"


def test_a_port_of_the_command_line_goes_before_the_files(folder: Path) -> None:
    assert settings_of(written(folder, FILES), None)["port"] == 9000
    assert settings_of(folder, 0)["port"] == 0


@pytest.mark.parametrize("text", ["", "kiosk:\n", "port: 9000\n"])
def test_a_folder_that_says_little_is_a_kiosk_all_the_same(folder: Path, text: str) -> None:
    assert settings_of(written(folder, text), None)["kiosk"] == {}


def test_without_a_folder_there_is_a_kiosk_with_nothing_special() -> None:
    assert settings_of(None, None) == {"kiosk": {}}
    assert settings_of(None, 8000) == {"kiosk": {}, "port": 8000}
    assert checked(settings_of(None, None)).kiosk is not None


def test_a_folder_that_is_none_is_refused_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="visavis kiosk init"):
        settings_of(tmp_path / "nowhere", None)
    assert "is no folder" in refusal("kiosk", "--dir", str(tmp_path / "nowhere"))


def test_a_folder_without_settings_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=SETTINGS):
        settings_of(folder, None)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("kiosk: {visit: {inactive_s: soon}}", "inactive_s"),
        ("kiosk: {visti: {}}", "visti"),
        ("kiosk: 3", "kiosk"),
        ("knowledge: [1, 2]", "knowledge"),
        ("kiosk: {branding: 7}", "branding"),
        ("kiosk: {quiet_hours: ['22-6']}", "22:00-06:30"),
        ("kiosk: [", SETTINGS),
        ("- a list", SETTINGS),
    ],
)
def test_settings_that_are_wrong_are_refused_by_name(folder: Path, text: str, named: str) -> None:
    assert named in refusal("kiosk", "--dir", str(written(folder, text)))
