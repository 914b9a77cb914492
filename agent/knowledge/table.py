"""A table of questions and answers, as a spreadsheet saves it.

    question,answer,phrasings,keywords,language
    Where is the lift?,Straight ahead.,how do I get up|which floor,"lift, elevator",en

`question` and `answer` are needed. Columns are separated by commas or semicolons.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES
from agent.knowledge.page import Entry, Page, unknown_language

NEEDED = ("question", "answer")
COLUMNS = (*NEEDED, "phrasings", "keywords", "language")
SEPARATORS = ",;\t"


def read_table(text: str, name: str, language: str = DEFAULT_LANGUAGE) -> Page:
    """Entries of a CSV text; one row that is wrong costs only itself."""
    entries: list[Entry] = []
    problems: list[str] = []
    try:
        for number, row in rows(text, name, NEEDED, COLUMNS):
            source = f"{name}:{number}"
            entry = _entry(row, source, language)
            if problem := _problem(entry):
                problems.append(f"{source}: {problem}")
            elif entry.language not in LANGUAGES:
                problems.append(unknown_language(entry.language, source))
            elif entry.readable:
                entries.append(entry)
    except TableError as error:
        problems.append(str(error))
    if not entries and not problems:
        problems.append(f"{name}:2: expected a row with a question and its answer, found none")
    return Page(tuple(entries), tuple(problems))


class TableError(ValueError):
    """A table cannot be read any further; the message begins with file and line."""


def rows(
    text: str, name: str, needed: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV text by the names of their columns, with the line that each begins in.

    Raises TableError.
    """
    lines = text.splitlines(keepends=True)
    head = lines[0] if lines else ""
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begin = 1
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        _check(columns, f"{name}:1", needed, known)
        begin = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(columns):
                raise TableError(
                    f"{name}:{begin}: expected {len(columns)} columns, found {len(cells)}; put "
                    f"quotes around a text with {separator!r} in it"
                )
            if any(cell.strip() for cell in cells):
                yield begin, dict(zip(columns, map(str.strip, cells), strict=False))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            f"{name}:{begin}: expected a row of a CSV table, found: {error}; look for a quote "
            "that is not closed"
        ) from error


def _check(columns: list[str], place: str, needed: tuple[str, ...], known: tuple[str, ...]) -> None:
    missing = [column for column in needed if column not in columns]
    unknown = [column for column in columns if column not in known]
    if missing or unknown or len(set(columns)) < len(columns):
        found = ", ".join(columns) or "an empty file"
        optional = ", ".join(column for column in known if column not in needed)
        raise TableError(
            f"{place}: expected a first row with the columns {', '.join(needed)} (and if you like "
            f"{optional}), found: {found[:100]}"
        )


def _entry(row: Mapping[str, str], source: str, language: str) -> Entry:
    return Entry(
        question=row.get("question", ""),
        answer=" ".join(row.get("answer", "").split()),
        phrasings=_listed(row.get("phrasings", "")),
        keywords=_listed(row.get("keywords", "").replace(",", "|")),
        topic=PurePath(source).name.partition(".")[0],
        language=row.get("language") or language,
        source=source,
    )


def _problem(entry: Entry) -> str | None:
    if not entry.question:
        return "expected a question, found an empty cell; write it or remove the row"
    if not entry.answer:
        return f"expected an answer to {entry.question!r}, found an empty cell; write it"
    return None


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
