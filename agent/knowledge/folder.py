"""A folder of Markdown pages as knowledge: what can be used of it, and what its author must mend.

`agent.knowledge.page` says how a page is written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.page import UNREADABLE, Entry, Page, read_page

NOT_KNOWLEDGE = "readme.md"
"""A page that explains the folder to its authors."""

RECEPTION = Path(__file__).parent / "reception"
"""The pages of a plausible reception desk, to start with and to test on."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All usable entries of a folder, and one text for each thing that its author must mend."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


def load_knowledge(folder: Path) -> Knowledge:
    """Read all `*.md` files in and below a folder, but a README and what is hidden.

    What is wrong with a page costs only the entry it is in, and is told in `problems`, each with
    its file, line, what was expected and what to do. Of two entries with one question the first
    counts.

    Raises:
        KnowledgeError: There is no such folder, or no entry in it can be used.
    """
    if not folder.is_dir():
        raise KnowledgeError(
            f"expected a folder with knowledge pages at {folder}, found none; "
            "make it and put a page such as reception.md into it"
        )
    pages = [_read(path, path.relative_to(folder)) for path in _paths(folder)]
    if not pages:
        raise KnowledgeError(
            f"expected knowledge pages (*.md) in {folder}, found none; "
            "write one with '## a question' and its answer below"
        )
    entries, twins = _without_twins(entry for page in pages for entry in page.entries)
    problems = tuple(problem for page in pages for problem in page.problems) + twins
    if not entries:
        raise KnowledgeError(
            f"expected at least one question with an answer in {folder}, found none; "
            "mend these:\n" + "\n".join(problems)
        )
    return Knowledge(entries, problems)


def _paths(folder: Path) -> list[Path]:
    def wanted(path: Path) -> bool:
        below = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in below)
        return not hidden and path.name.lower() != NOT_KNOWLEDGE

    return sorted(path for path in folder.rglob("*.md") if wanted(path))


def _read(path: Path, name: Path) -> Page:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = f"{name}:1: expected a file that can be read, found: {reason}; "
        return Page((), (problem + "make it readable or remove it",))
    lines = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()
    page = read_page("\n".join(lines), str(name))
    broken = [number for number, line in enumerate(lines, 1) if UNREADABLE in line]
    if not broken:
        return page
    more = f" (and {len(broken) - 1} lines more)" if len(broken) > 1 else ""
    problem = (
        f"{name}:{broken[0]}: expected text in UTF-8, found other bytes{more}; "
        "save the file as UTF-8; entries with such bytes are left out"
    )
    return Page(page.entries, (problem, *page.problems))


def _without_twins(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The first entry of each question, and a problem for each later one."""
    kept: dict[tuple[str, str], Entry] = {}
    problems: list[str] = []
    for entry in entries:
        key = (entry.language, " ".join(re.findall(r"\w+", entry.question.lower())))
        first = kept.setdefault(key, entry)
        if first is not entry:
            problems.append(
                f"{entry.source}: expected each question once, found {entry.question!r} again, "
                f"first in {first.source}; make one entry of the two"
            )
    return tuple(kept.values()), tuple(problems)
