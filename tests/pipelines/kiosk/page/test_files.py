"""The kiosk's page needs nothing from elsewhere, and its parts fit each other."""

import gzip
import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from pipelines.pages import PAGE, SDK

KIOSK = PAGE / "kiosk"
FILES = sorted(KIOSK.iterdir())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
HTML = (KIOSK / "index.html").read_text()

MOST_BYTES = 32_000
"""Of the page's own files, compressed."""

LANGUAGES = ["en", "de", "es", "fr"]


def run(module: str, program: str) -> Any:
    """What a program that may use a module of the page as `it` prints as JSON."""
    address = json.dumps((KIOSK / module).as_uri())
    shown = subprocess.run(
        ["node", "--input-type=module"],
        input=f"import * as it from {address};\nconsole.log(JSON.stringify({program}));",
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(shown.stdout)


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_small_and_ask_nobody_else(path: Any) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    assert re.findall(r"(?:https?:)?//[\w-]+\.\w+", text) == []
    assert "@import" not in text
    assert "eval(" not in text
    assert "localStorage" not in text
    assert "indexedDB" not in text


def test_all_of_it_is_small() -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in FILES) <= MOST_BYTES


def test_a_strict_policy_of_content_lets_it_run() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)", HTML) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", HTML) == []
    for path in SCRIPTS:
        assert re.findall(r"innerHTML|insertAdjacentHTML|document\.write", path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_imports_is_served(path: Any) -> None:
    served = {"../../sdk/": SDK, "../": PAGE, "./": KIOSK}
    for folder, name in re.findall(
        r'from "((?:\.{1,2}/)+(?:sdk/)?)([\w-]+\.js)"', path.read_text()
    ):
        assert (served[folder] / name).is_file(), name


def test_what_the_page_links_is_served() -> None:
    targets = re.findall(r'(?:src|href)="web/([^"]+)"', HTML)
    assert len(targets) >= 8
    assert [target for target in targets if not (PAGE / target).is_file()] == []


def test_every_element_that_a_script_asks_for_is_there_once() -> None:
    ids = re.findall(r'\bid="([^"]+)"', HTML)
    assert len(ids) == len(set(ids))
    asked = {
        name
        for path in SCRIPTS
        for name in re.findall(
            r'\belement\("([^"]+)"', path.read_text().replace("#element", "element")
        )
    }
    assert len(asked) > 30
    assert asked <= set(ids)


def test_it_can_be_installed() -> None:
    manifest = json.loads((KIOSK / "manifest.webmanifest").read_text())
    assert manifest["display"] == "fullscreen"
    assert manifest["start_url"] == "../../kiosk"
    assert [(KIOSK / icon["src"]).resolve().is_file() for icon in manifest["icons"]] == [True]


@needs_node
def test_every_text_is_there_in_every_language() -> None:
    texts = run("texts.js", "it.TEXTS")
    assert list(texts) == LANGUAGES
    names = set(texts["en"])
    assert len(names) > 50
    for language in LANGUAGES:
        assert texts[language].keys() == names
        assert all(text.strip() for text in texts[language].values())
    same = [name for name in names if len({texts[code][name] for code in LANGUAGES}) == 1]
    assert same == []


@needs_node
def test_every_text_that_the_page_wants_is_there() -> None:
    wanted = set(re.findall(r'data-(?:text|label|placeholder)="(\w+)"', HTML))
    for path in SCRIPTS:
        wanted |= set(re.findall(r'wording\.of\("(\w+)"\)', path.read_text()))
    assert len(wanted) > 30
    assert wanted <= set(run("texts.js", "it.TEXTS")["en"])


@needs_node
@pytest.mark.parametrize(
    ("colour", "ink"),
    [
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#17695c", "#ffffff"),
        ("#ffd400", "#000000"),
    ],
)
def test_letters_on_a_colour_are_black_or_white(colour: str, ink: str) -> None:
    assert run("branding.js", f"it.inkOn({json.dumps(colour)})") == ink
