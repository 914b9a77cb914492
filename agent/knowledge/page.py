"""One page of knowledge: Markdown as an author finds it natural, turned into entries.

    ---
    language: en
    ---
    # Comfort

    ## Where can I leave my coat?
    - where is the cloakroom
    - do you have lockers
    Keywords: coat, jacket, locker

    The cloakroom is to the right of the lifts.

Front matter, the list, and the line of keywords are optional. The list directly below a question
holds other ways to ask it. All that follows, up to the next heading, is the answer; its markup is
taken away, because it will be spoken.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for bytes that are not UTF-8, and for what no text has."""

_FENCE = "---"
_TOPIC = re.compile(r"#\s+(?P<text>.+)")
_QUESTION = re.compile(r"##(?!#)\s*(?P<text>.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<text>.+)")
_KEYWORDS = re.compile(r"\s*keywords\s*:(?P<text>.*)", re.IGNORECASE)
# Bounded, so that no line takes long whatever is in it.
_MARKUP = (
    (re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,300}\)"), ""),
    (re.compile(r"\[([^\]]{1,300})\]\([^)]{0,300}\)"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^>]{0,300}>"), ""),
    (re.compile(r"^\s*(?:>+\s*|#{1,6}\s+|[-*+]\s+|\d+[.)]\s+)"), ""),
    (re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|`+)(?=\S)(.{1,300}?)(?<=\S)\1(?!\w)"), r"\2"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is known.

    `phrasings` are other ways to ask `question`; `answer` is plain text to be spoken, in which
    `{names}` stand for variables; `topic` is the heading above it, or empty. `source` is the file
    and line of the question, or the file and page.
    """

    question: str
    answer: str
    phrasings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    topic: str = ""
    language: str = DEFAULT_LANGUAGE
    source: str = ""

    @property
    def cited(self) -> str:
        """The question and the file that answers it, as people are shown."""
        return f"{self.question} ({self.source.rpartition(':')[0]})" if self.source else ""

    @property
    def readable(self) -> bool:
        """Whether all of its text could be read."""
        texts = (self.question, self.answer, *self.phrasings, *self.keywords)
        return UNREADABLE not in "".join(texts)


@dataclass(frozen=True, slots=True)
class Page:
    """What one file holds, and what is wrong with it."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    """A question, its line number from 1, and the lines below it."""

    topic: str
    question: str
    number: int
    lines: tuple[str, ...]


def read_page(text: str, name: str, language: str = DEFAULT_LANGUAGE) -> Page:
    """Entries of a Markdown text, each usable whatever is wrong with the others.

    They are in `language` where the front matter names none. A problem begins with `name` and a
    line. An entry with unreadable bytes is left out.
    """
    lines = _without_comments(text).splitlines()
    body, named, problems = _front_matter(lines, name)
    language = named or language
    if language not in LANGUAGES:
        at = next((at for at, line in enumerate(lines, 1) if line.startswith("language")), 1)
        problems.append(unknown_language(language, f"{name}:{at}"))
        return Page((), tuple(problems))
    entries: list[Entry] = []
    for section in _sections(lines, body):
        source = f"{name}:{section.number}"
        entry = _entry(section, language, source)
        if entry is None:
            problems.append(f"{source}: {_missing(section)}")
        elif entry.readable:
            entries.append(entry)
    if not entries and not problems:
        problems.append(
            f"{name}:1: expected at least one question as a heading such as "
            "'## When are you open?', found none; write one with its answer below"
        )
    return Page(tuple(entries), tuple(problems))


def plain(text: str) -> str:
    """Text without Markdown's marks."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def unknown_language(language: str, place: str) -> str:
    """What its author is told."""
    known = ", ".join(sorted(LANGUAGES))
    return (
        f"{place}: expected a language that can be spoken here ({known}), found "
        f"{language!r}; change it, or add {language!r} to agent/knowledge/languages"
    )


def _without_comments(text: str) -> str:
    """The same lines, without what stands in comments."""
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept += [text[at:begin], "\n" * text.count("\n", begin, end)]
        at = end + len("-->")
    return "".join((*kept, text[at:]))


def _front_matter(lines: list[str], name: str) -> tuple[int, str, list[str]]:
    """Where the body begins, the language that is named, and what is wrong above it."""
    if not lines or lines[0].strip() != _FENCE:
        return 0, "", []
    end = next((at for at, line in enumerate(lines) if at and line.strip() == _FENCE), None)
    if end is None:
        wrong = f"{name}:1: expected front matter to end with a line '---', found no such line"
        return 1, "", [f"{wrong}; add it below 'language: en'"]
    try:
        settings = yaml.safe_load("\n".join(lines[1:end])) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        wrong = f"{name}:{line}: expected front matter in YAML such as 'language: en'"
        found = getattr(error, "problem", None) or "text that is not YAML"
        return end + 1, "", [f"{wrong}, found: {found}; correct or remove it"]
    if not isinstance(settings, dict) or set(settings) - {"language"}:
        wrong = f"{name}:2: expected nothing but 'language: en' as front matter, found"
        return end + 1, "", [f"{wrong} {_shown(settings)}; remove what is more"]
    return end + 1, str(settings.get("language", "")), []


def _shown(settings: object) -> str:
    if isinstance(settings, dict):
        return ", ".join(repr(str(key)) for key in settings)
    return repr(settings)


def _sections(lines: list[str], body: int) -> Iterator[_Section]:
    topic, question, number = "", None, 0
    inside: list[str] = []
    for at, line in enumerate(lines[body:], body + 1):
        asked, named = _QUESTION.fullmatch(line), _TOPIC.fullmatch(line)
        if asked or named:
            if question is not None:
                yield _Section(topic, question, number, tuple(inside))
            inside, question, number = [], None, at
        if asked:
            question = plain(asked["text"])
        elif named:
            topic = plain(named["text"])
        elif question is not None:
            inside.append(line)
    if question is not None:
        yield _Section(topic, question, number, tuple(inside))


def _entry(section: _Section, language: str, source: str) -> Entry | None:
    phrasings, keywords, answer = _parts(section.lines)
    if not answer or not section.question:
        return None
    return Entry(
        question=section.question,
        answer=answer,
        phrasings=phrasings,
        keywords=keywords,
        topic=section.topic,
        language=language,
        source=source,
    )


def _parts(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Phrasings, keywords and the answer."""
    phrasings: list[str] = []
    keywords: list[str] = []
    answer: list[str] = []
    for line in lines:
        item, listed = _ITEM.fullmatch(line), _KEYWORDS.fullmatch(line)
        if listed:
            words = (plain(word) for word in listed["text"].split(","))
            keywords.extend(word for word in words if word)
        elif item and not answer:
            phrasings.append(plain(item["text"]))
        elif spoken := plain(line):
            answer.append(spoken)
    return tuple(phrasings), tuple(keywords), " ".join(answer)


def _missing(section: _Section) -> str:
    if not section.question:
        return "expected a question after '##', found nothing; write it or remove the heading"
    return (
        f"expected an answer to {section.question!r}, found none; write it as a paragraph below "
        "the question (a list directly below a question holds other ways to ask it)"
    )
