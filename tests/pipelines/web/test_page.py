"""The page needs nothing from elsewhere, and its parts fit each other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE, SDK = ROOT / "pipelines" / "web", ROOT / "agent" / "client" / "browser"
FILES = sorted(path for folder in (PAGE, SDK) for path in folder.iterdir() if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
SERVED = {"web": PAGE, "sdk": SDK}


def name_of(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_small_and_ask_nobody_else(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert len(text.splitlines()) <= 300
    assert re.findall(r"(?:https?:)?//[\w-]+\.\w+", text) == []
    assert "@import" not in text
    assert "eval(" not in text


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_what_a_script_imports_is_served(path: Path) -> None:
    for target in re.findall(
        r'(?:from|import\(|URL\()\s*"(\.{0,2}/?[\w./-]+\.js)"', path.read_text()
    ):
        folder, _, name = target.removeprefix("./").removeprefix("../").rpartition("/")
        assert (SERVED.get(folder, path.parent) / name).is_file(), target


def test_what_the_page_links_is_served() -> None:
    targets = re.findall(r'(?:src|href)="(web/[^"]+)"', (PAGE / "index.html").read_text())
    assert len(targets) >= 5
    assert [
        target for target in targets if not (PAGE / target.removeprefix("web/")).is_file()
    ] == []


def test_every_element_that_a_script_asks_for_is_there_once() -> None:
    ids = re.findall(r'\bid="([^"]+)"', (PAGE / "index.html").read_text())
    assert len(ids) == len(set(ids))
    asked = {
        name
        for path in SCRIPTS
        for name in re.findall(r'(?:\belement|#element|#press)\("([^"]+)"', path.read_text())
    }
    assert len(asked) > 20
    assert asked <= set(ids)


def test_every_control_has_a_name() -> None:
    page = (PAGE / "index.html").read_text()
    for attributes, inside in re.findall(r"<button([^>]*)>(.*?)</button>", page, re.DOTALL):
        words = re.sub(r"<svg.*?</svg>|<[^>]+>", "", inside, flags=re.DOTALL).strip()
        assert words or "aria-label=" in attributes, attributes
    assert 'for="text"' in page
