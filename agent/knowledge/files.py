"""The files of a folder of knowledge: which there are, and what each holds."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.house import HOUSE_FILE, LARGEST_HOUSE, House, read_house
from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES
from agent.knowledge.page import UNREADABLE, Page, read_page
from agent.knowledge.table import read_table

TEST_FILE = "test.csv"
"""Questions to test the folder with."""

NOT_KNOWLEDGE = frozenset(("readme.md", TEST_FILE, "unanswered.csv"))
"""What is in the folder and not for visitors."""

LARGEST = {".md": 2_000_000, ".csv": 2_000_000, ".pdf": 20_000_000}
"""Bytes of a file, by its kind."""

MOST_FILES = 1_000
MOST_NAMES = 20_000
"""Of files and folders of any kind; a folder with more is another one than was meant."""

LONGEST_LINE = 4_000
"""Characters; a line of more is no text that anybody wrote."""

Stamp = tuple[int, int, int]
"""What changes when a file does."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file held when it was read last."""

    stamp: Stamp | None
    page: Page
    house: House | None = None


def knowledge_files(folder: Path) -> tuple[list[Path], list[str]]:
    """The files that may be read, in order, and what is wrong with the others.

    What is hidden is left out. A link may lead to a file of the folder, and nowhere else.

    Raises:
        KnowledgeError: It is no folder of knowledge, but half a disk.
    """
    root = Path(os.path.realpath(folder))
    found: list[Path] = []
    problems: list[str] = []
    for path in _walked(folder):
        name = path.relative_to(folder)
        if len(found) == MOST_FILES:
            problems.append(
                f"{name}:1: expected at most {MOST_FILES} files, found more; the others are not "
                "read: remove what is no knowledge"
            )
            break
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
            problems.append(
                f"{name}:1: expected a file of this folder, found a link that leads out of it; "
                "put a copy in its place"
            )
        elif path.is_symlink() and path.is_dir():
            problems.append(
                f"{name}:1: expected a folder, found a link to one; put its files in its place"
            )
        else:
            found.append(path)
    return sorted(found), sorted(problems)


def read_file(path: Path, name: str, before: FileRead | None) -> FileRead | None:
    """What a file holds; None when it is gone. One that has not changed is not read again."""
    try:
        stamp = _stamp(path)
        if before is not None and before.stamp == stamp:
            return before
        data = _bytes(path)
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        return _unusable(name, "a file that can be read", "No such file behind the link")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _unusable(name, "a file that can be read", reason)
    except _NoFile as error:
        return _unusable(name, "a file", str(error))
    except _TooLarge as error:
        return _unusable(name, error.expected, "a larger one", "divide it")
    if path.name == HOUSE_FILE:
        house, problems = _house(data, name)
        return FileRead(stamp, Page((), problems), house)
    return FileRead(stamp, _page(data, name))


class _NoFile(Exception):
    """Something else has the name of a file."""


class _TooLarge(Exception):
    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.expected = f"a file of at most {most:,} bytes"


def _walked(folder: Path) -> Iterator[Path]:
    names = 0
    for base, folders, files in os.walk(folder):
        names += len(folders) + len(files)
        if names > MOST_NAMES:
            raise KnowledgeError(
                f"expected a folder of knowledge at {folder}, found one with more than "
                f"{MOST_NAMES:,} files; name the folder of the pages alone"
            )
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            path = Path(base, name)
            if path.is_symlink() or path.suffix.lower() in LARGEST:
                yield path
        for name in sorted(files):
            kind = Path(name).suffix.lower()
            known = kind in LARGEST or (name == HOUSE_FILE and Path(base) == folder)
            if known and not name.startswith(".") and name.lower() not in NOT_KNOWLEDGE:
                yield Path(base, name)


def _stamp(path: Path) -> Stamp:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise _NoFile("a folder" if stat.S_ISDIR(about.st_mode) else "a device or a pipe")
    return about.st_mtime_ns, about.st_size, about.st_ino


def _bytes(path: Path) -> bytes:
    most = LARGEST.get(path.suffix.lower(), LARGEST_HOUSE)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _TooLarge(most)
    return data


def _unusable(
    name: str, expected: str, found: str, advice: str = "make it readable or remove it"
) -> FileRead:
    problem = f"{name}:1: expected {expected}, found: {found}; {advice}"
    return FileRead(None, Page((), (problem,)))


def _house(data: bytes, name: str) -> tuple[House | None, tuple[str, ...]]:
    text, problems = _text(data, name)
    return (None, problems) if problems else read_house(text, name)


def _page(data: bytes, name: str) -> Page:
    path = Path(name)
    language = next((part for part in path.parts[:-1] if part in LANGUAGES), DEFAULT_LANGUAGE)
    kind = path.suffix.lower()
    if kind == ".pdf":
        # It takes a third of a second to import, and few folders have one.
        from agent.knowledge.pdf import read_pdf

        return read_pdf(data, name, language)
    text, problems = _text(data, name)
    page = (read_table if kind == ".csv" else read_page)(text, name, language)
    # Of a file without an entry that could be read, that is all that is to be said.
    others = page.problems if page.entries or not problems else ()
    return Page(page.entries, (*problems, *others))


def _text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Text, and what is wrong with it; whatever is no text is marked as unreadable."""
    decoded = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = decoded.replace("\0", UNREADABLE).splitlines()
    broken = [number for number, line in enumerate(lines, 1) if UNREADABLE in line]
    long = [number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE]
    for number in long:
        lines[number - 1] = UNREADABLE
    problems: list[str] = []
    if broken:
        problems.append(
            f"{name}:{broken[0]}: expected text in UTF-8, found other bytes{_more(broken)}; "
            "save the file as UTF-8; entries with such bytes are left out"
        )
    if long:
        problems.append(
            f"{name}:{long[0]}: expected lines of at most {LONGEST_LINE} characters, found a "
            f"longer one{_more(long)}; its entry is left out"
        )
    return "\n".join(lines), tuple(problems)


def _more(lines: list[int]) -> str:
    return f" (and {len(lines) - 1} lines more)" if len(lines) > 1 else ""
