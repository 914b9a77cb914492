"""What visitors asked and nobody has written an answer to: counted, and kept only where wanted."""

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from loguru import logger

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.page import Entry
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder
from agent.knowledge.table import TableError, rows
from agent.knowledge.words import utterance

UNANSWERED = (ReplyKind.OFFER_COLLEAGUE, ReplyKind.DID_YOU_MEAN, ReplyKind.SAY_AGAIN)
COLUMNS = ("date", "language", "kind", "words")

LARGEST = 1_000_000
"""Bytes of a file of questions; then it is set aside, and the one set aside before is gone."""

LONGEST = 300
"""Characters that are kept of what was said."""

NEAR = 0.05
"""Confidence from which a question resembles an entry."""

ALIKE = 0.5
"""Of their words, that two questions share which resemble no entry."""

_FORMULA = "=+-@"
"""How a cell begins that a spreadsheet would carry out."""


class UnansweredLog:
    """Counts replies that were no answers; `note` is what `knowledge_app` tells of replies.

    The words are forgotten, unless there is a `file` for them: a line with the day of `now`, the
    language, the kind of reply and what was said. A file that cannot be written costs a warning and
    no reply. It may be told from several threads.
    """

    def __init__(
        self, now: Callable[[], datetime], file: Path | None = None, largest: int = LARGEST
    ) -> None:
        self._now, self._file, self._largest = now, file, largest
        self._counts: Counter[ReplyKind] = Counter()
        self._lock = Lock()
        self._in_trouble = False

    @property
    def counts(self) -> Mapping[str, int]:
        """How many replies of each kind there were."""
        return {kind.value: self._counts[kind] for kind in UNANSWERED}

    def note(self, turns: Sequence[ChatTurn], reply: Reply) -> None:
        """A reply was given to these turns."""
        if reply.kind not in UNANSWERED:
            return
        with self._lock:
            self._counts[reply.kind] += 1
            if self._file is None:
                return
            said = [turn.text for turn in turns if turn.role == "user"]
            day = self._now().date().isoformat()
            row = (day, reply.language, reply.kind.value, _cell(said[-1] if said else ""))
            try:
                self._append(self._file, row)
            except OSError as error:
                if not self._in_trouble:
                    reason = error.strerror or type(error).__name__
                    logger.warning(f"unanswered questions cannot be kept in {self._file}: {reason}")
                self._in_trouble = True
            else:
                self._in_trouble = False

    def _append(self, file: Path, row: Sequence[str]) -> None:
        if file.exists() and file.stat().st_size >= self._largest:
            os.replace(file, file.with_suffix(f".old{file.suffix}"))
        fresh = not file.exists()
        with file.open("a", encoding="utf-8", errors="replace", newline="") as lines:
            writer = csv.writer(lines)
            if fresh:
                writer.writerow(COLUMNS)
            writer.writerow(row)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What was said one day and how it was replied to."""

    day: date
    language: str
    kind: ReplyKind
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same, the commonest first with their number, and where they belong.

    `entry` is what they resemble most, None where nothing does.
    """

    language: str
    entry: Entry | None
    asked: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How often they were asked together."""
        return sum(count for _, count in self.asked)


def read_unanswered(file: Path) -> list[Unanswered]:
    """What an `UnansweredLog` kept.

    Raises:
        KnowledgeError: The file cannot be read, or is another one.
    """
    try:
        text = file.read_text("utf-8", "replace").replace("\0", "")
        return [
            Unanswered(
                date.fromisoformat(row["date"]),
                row["language"],
                ReplyKind(row["kind"]),
                row["words"].removeprefix("'"),
            )
            for _, row in rows(text, file.name, COLUMNS, COLUMNS)
        ]
    except OSError as error:
        raise KnowledgeError(
            f"expected unanswered questions in {file}, found: {error.strerror}; they are kept only "
            "where that was switched on"
        ) from error
    except (TableError, ValueError, KeyError) as error:
        raise KnowledgeError(
            f"expected a file of unanswered questions, found in {file}: {error}"
        ) from error


def grouped(asked: Sequence[Unanswered], responders: Mapping[str, Responder]) -> list[Group]:
    """Questions by what they resemble most, the commonest group first."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in asked:
        if said := utterance(one.words):
            counts[one.language, said] += 1
    found: dict[tuple[str, str], tuple[Entry | None, list[tuple[str, int]]]] = {}
    alone: list[tuple[frozenset[str], str, list[tuple[str, int]]]] = []
    for (language, said), count in counts.most_common():
        responder = responders.get(language)
        near = responder.search(said, 1) if responder is not None else ()
        if near and near[0].confidence >= NEAR:
            entry = near[0].entry
            found.setdefault((language, entry.question), (entry, []))[1].append((said, count))
        else:
            _join(alone, frozenset(said.split()), language, (said, count))
    groups = [Group(key[0], entry, tuple(said)) for key, (entry, said) in found.items()]
    groups += [Group(language, None, tuple(said)) for _, language, said in alone]
    return sorted(groups, key=lambda group: -group.count)


def _join(
    groups: list[tuple[frozenset[str], str, list[tuple[str, int]]]],
    words: frozenset[str],
    language: str,
    said: tuple[str, int],
) -> None:
    """To the first group that shares enough words, or as a new one."""
    for known, spoken, inside in groups:
        if spoken == language and len(known & words) >= ALIKE * len(known | words):
            inside.append(said)
            return
    groups.append((words, language, [said]))


def _cell(said: str) -> str:
    """One line that no spreadsheet takes for a formula."""
    text = "".join(sign if sign.isprintable() else " " for sign in said[:LONGEST])
    text = " ".join(text.split())
    return f"'{text}" if text[:1] and text[0] in _FORMULA else text


def suggestions(groups: Sequence[Group]) -> Iterator[str]:
    """What an author may write for each group."""
    for group in groups:
        said = group.asked[0][0]
        if group.entry is None:
            yield f"write an entry ({group.language}): ## {said}"
        else:
            yield f"add to {group.entry.question!r} ({group.entry.source}): - {said}"
