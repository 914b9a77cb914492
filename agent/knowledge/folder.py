"""A folder of pages as knowledge: what can be used of it, and what its author must mend.

`agent.knowledge.page` says how a page is written, `table` and `pdf` what else may be there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.files import FileRead, knowledge_files, read_file
from agent.knowledge.hours import filled
from agent.knowledge.house import HOUSE_FILE, NOWHERE, House
from agent.knowledge.languages import LANGUAGES
from agent.knowledge.page import Entry, Page

RECEPTION = Path(__file__).parent / "reception"
"""The pages of a plausible reception desk, to start with and to test on."""

MOST_ENTRIES = 5_000

MOST_PROBLEMS = 200
"""That are told; whoever mends these may ask again."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All usable entries of a folder, and one text for each thing that its author must mend.

    `files` is what each file held, for the next time that the folder is read.
    """

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    house: House = NOWHERE
    files: Mapping[str, FileRead] = field(default_factory=dict[str, FileRead], compare=False)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that something is known in."""
        return tuple(dict.fromkeys(entry.language for entry in self.entries))

    def within(self, language: str) -> tuple[Entry, ...]:
        """What is known in a language.

        Raises:
            KnowledgeError: Nothing is.
        """
        entries = tuple(entry for entry in self.entries if entry.language == language)
        if language not in LANGUAGES or not entries:
            present = ", ".join(sorted(self.languages)) or "none"
            raise KnowledgeError(
                f"expected knowledge in the language {language!r}, found it in: {present}; "
                f"add pages that begin with 'language: {language}', or choose another language"
            )
        return entries


def load_knowledge(folder: Path, before: Knowledge | None = None) -> Knowledge:
    """Read all `*.md`, `*.csv` and `*.pdf` in and below a folder, and its `house.yaml`.

    A README and what is hidden is left out. What is wrong with a page costs only the entry it is
    in, and is told in `problems`, each with its file, line, what was expected and what to do. Of
    two entries with one question the first counts. Of a file that held something `before` and of
    which nothing can be used now, the last good version counts.

    Raises:
        KnowledgeError: There is no such folder, or no entry in it can be used.
    """
    if not folder.is_dir():
        raise KnowledgeError(
            f"expected a folder with knowledge pages at {folder}, found none; "
            "make it and put a page such as reception.md into it"
        )
    paths, problems = knowledge_files(folder)
    files = _read(folder, paths, before.files if before else {})
    if not set(files) - {HOUSE_FILE} and not problems:
        raise KnowledgeError(
            f"expected knowledge pages (*.md, *.csv, *.pdf) in {folder}, found none; "
            "write one with '## a question' and its answer below"
        )
    house = files[HOUSE_FILE].house if HOUSE_FILE in files else None
    problems += [problem for file in files.values() for problem in file.page.problems]
    everything = [entry for file in files.values() for entry in file.page.entries]
    said, unsaid = _filled(everything, house or NOWHERE)
    kept, twins = _without_twins(said)
    problems += [*unsaid, *twins]
    if len(kept) > MOST_ENTRIES:
        problems.append(
            f"{kept[MOST_ENTRIES].source}: expected at most {MOST_ENTRIES} entries in all, found "
            f"{len(kept)}; this one and those after it are left out"
        )
    told = _bounded(problems)
    if not kept:
        raise KnowledgeError(
            f"expected at least one question with an answer in {folder}, found none; "
            "mend these:\n" + "\n".join(told)
        )
    return Knowledge(kept[:MOST_ENTRIES], told, house or NOWHERE, files)


def _read(
    folder: Path, paths: Iterable[Path], before: Mapping[str, FileRead]
) -> dict[str, FileRead]:
    """Each file by its name, in its last good version where nothing of the new can be used."""
    files: dict[str, FileRead] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        last = before.get(name)
        file = read_file(path, name, last)
        if file is None:
            continue
        if last is not None and file is not last:
            file = _kept(file, last, name)
        files[name] = file
    return files


def _kept(file: FileRead, last: FileRead, name: str) -> FileRead:
    page = file.page
    if not page.problems or page.entries or file.house or not (last.page.entries or last.house):
        return file
    problems = (*page.problems, f"{name}: its last good version is used until it is mended")
    return FileRead(file.stamp, Page(last.page.entries, problems), last.house)


def _filled(entries: Iterable[Entry], house: House) -> tuple[list[Entry], list[str]]:
    """Entries with the variables of a house, and what is wrong with those that are left out."""
    said: list[Entry] = []
    unsaid: list[str] = []
    for entry in entries:
        answer, problems = filled(entry.answer, house, entry.language)
        unsaid += [f"{entry.source}: {problem}" for problem in problems]
        if not problems:
            said.append(entry if answer == entry.answer else replace(entry, answer=answer))
    return said, unsaid


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


def _bounded(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], f"and {more} problems more") if more > 0 else tuple(problems)
