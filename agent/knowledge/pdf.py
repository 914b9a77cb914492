"""The text of a PDF: a heading and the paragraph below it are a question and its answer.

A PDF knows letters and places, not headings: what is larger than most of the text, or a bold line
of its own, is taken for one. A paragraph without a heading is asked for by its first sentence.
"""

import io
import logging
import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES
from agent.knowledge.page import Entry, Page

MOST_PAGES = 500
SPOKEN_SENTENCES = 3
"""Of a paragraph: nobody listens to more."""

LONGEST_QUESTION = 60
"""Characters of a first sentence as a question."""

FEWEST_WORDS = 3
"""What has fewer is a page number or a mark."""

LARGER, APART = 1.15, 1.7
"""A heading's size of the usual one; a paragraph's distance to the next, in letters' sizes."""

_BROKEN = (
    *(PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(ArithmeticError, AssertionError, RecursionError, NotImplementedError),
)
"""All that pypdf raises at bytes that are no PDF."""

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[^\W\d_a-z]|[¿¡\"“„«(])")
_BULLET = re.compile(r"^[\u2022\u25aa\u25cf\u2013\u2014*-]\s+")
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+(?=\D)")
_LEADERS = re.compile(r"(?:\.\s?){5}")
"""Between an item of a table of contents and its page."""

_BOLD = re.compile("bold|black|heavy|semibold", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page. Places are in points from below."""

    text: str
    size: float
    bold: bool
    y: float


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A text; `below` is the heading that it is not the first below of."""

    heading: str
    below: str
    text: str


def read_pdf(data: bytes, name: str, language: str = DEFAULT_LANGUAGE) -> Page:
    """Entries of a PDF, in its own language where it tells one; `source` is file and page.

    A problem begins with `name` and a page.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Page((), (_locked(name),))
        count = len(reader.pages)
        spoken = str(reader.root_object.get("/Lang", "")).partition("-")[0].lower()
    except FileNotDecryptedError:
        return Page((), (_locked(name),))
    except _BROKEN as error:
        return Page((), (f"{name}:1: expected a PDF, found: {_reason(error)}; save it again",))
    problems: list[str] = []
    pages: dict[int, list[_Line]] = {}
    for number in range(1, min(count, MOST_PAGES) + 1):
        try:
            pages[number] = _lines(reader.pages[number - 1])
        except _BROKEN as error:
            problems.append(f"{name}:{number}: expected a page with text, found: {_reason(error)}")
    if count > MOST_PAGES:
        problems.append(
            f"{name}:{MOST_PAGES + 1}: expected at most {MOST_PAGES} pages, found {count}; "
            "divide it: the others are not read"
        )
    entries = _entries(pages, name, spoken if spoken in LANGUAGES else language)
    if not entries and not problems:
        problems.append(
            f"{name}:1: expected text, found pages without any; recognise the text of scanned "
            "pages first, or write a Markdown page"
        )
    return Page(entries, tuple(problems))


def _locked(name: str) -> str:
    return f"{name}:1: expected a PDF that anybody may read, found a password; save it without"


def _reason(error: BaseException) -> str:
    return textwrap.shorten(str(error) or type(error).__name__, 120)


def _lines(page: Any) -> list[_Line]:
    """The lines of a page, with their size and place."""
    parts: list[tuple[str, float, bool, float]] = []
    found: list[_Line] = []

    def end() -> None:
        text = " ".join("".join(part[0] for part in parts).replace("\0", " ").split())
        if text:
            solid = [part for part in parts if part[0].strip()]
            longest = max(solid, key=lambda part: len(part[0]))
            found.append(_Line(text, longest[1], all(part[2] for part in solid), longest[3]))
        parts.clear()

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        scale = math.sqrt(abs((tm[0] * tm[3] - tm[1] * tm[2]) * (cm[0] * cm[3] - cm[1] * cm[2])))
        y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        bold = bool(font) and _BOLD.search(str(font.get("/BaseFont", ""))) is not None
        for at, part in enumerate(text.split("\n")):
            if at:
                end()
            if part:
                parts.append((part, size * scale, bold, y))

    page.extract_text(visitor_text=visit)
    end()
    return found


def _entries(pages: dict[int, list[_Line]], name: str, language: str) -> tuple[Entry, ...]:
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    for lines in pages.values():
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
            bold[line.bold] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    stands_out = bold[False] > bold[True]
    paragraphs: list[tuple[int, _Paragraph]] = []
    for number, lines in pages.items():
        heads = [
            line.size >= LARGER * usual or (stands_out and line.bold and line.text[-1] not in ".,;")
            for line in lines
        ]
        paragraphs += [(number, paragraph) for paragraph in _paragraphs(lines, heads)]
    # What stands on several pages is their header or footer.
    times = Counter(paragraph.text for _, paragraph in paragraphs if not paragraph.heading)
    return tuple(
        _entry(paragraph, f"{name}:{number}", language)
        for number, paragraph in paragraphs
        if times[paragraph.text] <= 1
    )


def _entry(paragraph: _Paragraph, source: str, language: str) -> Entry:
    sentences = _SENTENCE.split(paragraph.text)
    first = textwrap.shorten(sentences[0], LONGEST_QUESTION, placeholder="")
    return Entry(
        question=paragraph.heading or first or sentences[0][:LONGEST_QUESTION],
        answer=" ".join(sentences[:SPOKEN_SENTENCES]),
        keywords=(paragraph.below,) if paragraph.below else (),
        topic=PurePath(source).stem,
        language=language,
        source=source,
    )


def _paragraphs(lines: Sequence[_Line], heads: Sequence[bool]) -> Iterator[_Paragraph]:
    """Those that say something, each heading with the first one below it."""
    heading = below = ""
    inside: list[str] = []
    for at, (line, is_head) in enumerate(zip(lines, heads, strict=True)):
        before = lines[at - 1] if at else line
        apart = abs(before.y - line.y) > APART * max(line.size, before.size)
        wraps = at > 0 and heads[at - 1] and not apart and before.size == line.size
        if inside and (is_head or apart):
            if _says_something(inside):
                yield _Paragraph(heading, below, _joined(inside))
                heading, below = "", heading or below
            inside = []
        if is_head:
            named = _NUMBERED.sub("", line.text)
            heading = f"{heading} {named}" if heading and wraps else named
            below = ""
        else:
            inside.append(_BULLET.sub("", line.text))
    if _says_something(inside):
        yield _Paragraph(heading, below, _joined(inside))


def _says_something(lines: Sequence[str]) -> bool:
    text = " ".join(lines)
    return len(text.split()) >= FEWEST_WORDS and _LEADERS.search(text) is None


def _joined(lines: Sequence[str]) -> str:
    """Lines as one text; a word that was divided is whole again."""
    text = ""
    for line in lines:
        divided = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
        text = text[:-1] + line if divided else f"{text} {line}".strip()
    return text
