"""Headings and paragraphs of a PDF."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from agent.knowledge import pdf
from agent.knowledge.pdf import read_pdf
from tests.agent.knowledge.documents import Text, document

HANDBOOK = document(
    [
        [
            Text("The house", 750, size=20),
            Text("Where can I park?", 720, size=14),
            Text("In the garage under the house. The first two hours are free. Then it", 700),
            Text("costs two euros. Pay at the ma-", 688),
            Text("chine beside the lift.", 676),
            Text("Vans stand in the yard behind the house.", 650),
            Text("7", 20),
        ],
        [
            Text("Smoking", 750, bold=True),
            Text("Smoke in the court only.", 730),
            Text("There is a roof.", 718),
        ],
    ]
)


def test_headings_are_questions_and_paragraphs_answers() -> None:
    page = read_pdf(HANDBOOK, "house.pdf")
    assert page.problems == ()
    park, vans, smoking = page.entries
    assert park.question == "Where can I park?"
    assert park.answer == (
        "In the garage under the house. The first two hours are free. Then it costs two euros."
    ), "three sentences are as much as is listened to"
    assert (park.source, park.topic, park.language) == ("house.pdf:1", "house", "en")
    assert vans.question == vans.answer == "Vans stand in the yard behind the house."
    assert vans.keywords == ("Where can I park?",)
    assert (smoking.question, smoking.source) == ("Smoking", "house.pdf:2")
    assert smoking.answer == "Smoke in the court only. There is a roof."


def test_a_divided_word_is_whole_again() -> None:
    lines = [Text("Please pay at the ma-", 700), Text("chine by the lift.", 688)]
    (entry,) = read_pdf(document([lines]), "a.pdf").entries
    assert entry.answer == "Please pay at the machine by the lift."


@pytest.mark.parametrize(("told", "spoken"), [("de-DE", "de"), ("fr", "fr"), ("xx", "es")])
def test_its_own_language_counts_where_it_is_known(told: str, spoken: str) -> None:
    data = document([[Text("Eins zwei drei vier.", 700)]], told)
    assert read_pdf(data, "a.pdf", "es").entries[0].language == spoken


def test_numbers_of_chapters_and_tables_of_contents_are_not_said() -> None:
    lines = [
        Text("Contents of this book", 750, size=14),
        Text("1. Parking . . . . . . . . . . . . 3", 730),
        Text("1.2 Where is the 2nd lift?", 700, size=14),
        Text("Behind the first one, to the left.", 680),
    ]
    (entry,) = read_pdf(document([lines]), "a.pdf").entries
    assert entry.question == "Where is the 2nd lift?"


def test_what_stands_on_every_page_is_no_entry() -> None:
    header = Text("The house and its rules", 780)
    pages = [[header, Text(f"- This is rule number {n} of the house.", 700)] for n in range(3)]
    found = read_pdf(document(pages), "a.pdf").entries
    assert [entry.answer for entry in found] == [
        f"This is rule number {n} of the house." for n in range(3)
    ]


def test_a_long_first_sentence_makes_a_short_question() -> None:
    lines = [Text("word " * 15 + "and", 700), Text("word " * 15 + "end.", 688)]
    (entry,) = read_pdf(document([lines]), "a.pdf").entries
    assert len(entry.question) <= 60 < len(entry.answer)


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(HANDBOOK)))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "expected a PDF"),
        (b"hello", "expected a PDF"),
        (b"\x00\x01\xff" * 1000, "expected a PDF"),
        (HANDBOOK[:200], "expected a PDF"),
        (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n", "expected a PDF"),
        (document([[]]), "found pages without any; recognise"),
    ],
)
def test_what_is_no_pdf_is_told(data: bytes, word: str) -> None:
    page = read_pdf(data, "a.pdf")
    assert page.entries == ()
    (problem,) = page.problems
    assert problem.startswith("a.pdf:1: ")
    assert word in problem


def test_a_password_is_told_and_an_empty_one_is_none() -> None:
    (problem,) = read_pdf(encrypted("secret"), "a.pdf").problems
    assert "found a password; save it without" in problem
    assert len(read_pdf(encrypted(""), "a.pdf").entries) == 3


def test_a_page_that_is_broken_costs_only_itself() -> None:
    data = HANDBOOK.replace(b"/Contents 8 0 R", b"/Contents 3 0 R")
    page = read_pdf(data, "a.pdf")
    assert {entry.source for entry in page.entries} == {"a.pdf:1"}


def test_no_more_pages_are_read_than_is_bearable(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(HANDBOOK)))
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    page = read_pdf(out.getvalue(), "a.pdf")
    assert len(page.entries) == 3
    (problem,) = page.problems
    assert problem.startswith("a.pdf:3: expected at most 2 pages, found 3")
