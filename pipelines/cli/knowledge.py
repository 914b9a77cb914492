"""`visavis knowledge`: what is wrong with a folder of pages, how well it answers, what it lacks."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipelines.cli.output import console

if TYPE_CHECKING:
    from agent.knowledge.folder import Knowledge
    from agent.knowledge.quality import Trial

app = typer.Typer(help="Look after the pages that are answered from.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Argument(help="A folder of pages; the one that ships without it.")
]
MOST_SHOWN = 10


@app.callback()
def knowledge() -> None:
    """Look after the pages that are answered from."""


@app.command()
def check(folder: Folder = None) -> None:
    """Tell all that is wrong with a folder and its test.csv, with file and line; 1 where it is."""
    from agent.knowledge.errors import KnowledgeError
    from agent.knowledge.folder import RECEPTION
    from agent.knowledge.quality import check_test

    try:
        found = _loaded(folder)
        check_test(found, folder or RECEPTION)
    except KnowledgeError as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    for problem in found.problems:
        typer.echo(problem)
    languages = ", ".join(f"{code} {len(found.within(code))}" for code in found.languages)
    typer.echo(f"{len(found.entries)} entries ({languages}), {len(found.problems)} problems")
    if found.problems:
        raise typer.Exit(1)


@app.command("test")
def measure(
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Ask what no page lists, clearly and misheard, and count the right and the wrong answers.

    The questions are those of the folder's test.csv (question, expected, language; what must not be
    answered expects nothing), or each wording that a page lists, while it is left out.
    """
    from agent.knowledge.folder import RECEPTION
    from agent.knowledge.quality import WORD_ERRORS, attempt, exams, quality, worst

    found = _loaded(folder)
    table = Table(
        *("language", "word errors", "questions", "right first", "answered"),
        *("right of answered", "false answers"),
    )
    figures: dict[str, dict[str, Any]] = {}
    bad: list[Trial] = []
    for code in found.languages:
        held = exams(found, code, folder or RECEPTION)
        for share in WORD_ERRORS if held else ():
            trials = attempt(held, share)
            row = asdict(quality(trials))
            figures.setdefault(code, {})[f"{share:.0%}"] = {"questions": len(trials), **row}
            table.add_row(code, f"{share:.0%}", str(len(trials)), *map(_percent, row.values()))
            bad += worst(trials) if share == 0 else []
    console.print(table)
    bad.sort(key=lambda trial: not trial.wrong)
    for trial in bad[:MOST_SHOWN]:
        console.print(_mishap(trial), markup=False, highlight=False, soft_wrap=True)
    if len(bad) > MOST_SHOWN:
        console.print(f"and {len(bad) - MOST_SHOWN} more")
    if as_json:
        listed = [
            {"source": t.question.source, "question": t.question.text, "first": t.first,
             "expected": t.question.entry, "answered": t.answered}
            for t in bad
        ]  # fmt: skip
        typer.echo(json.dumps({"languages": figures, "worst": listed}))


@app.command()
def suggest(folder: Folder = None) -> None:
    """Propose forms of the questions that nobody listed and that are not understood today."""
    from agent.knowledge.rephrasing import suggested
    from agent.knowledge.responder import Responder

    found = _loaded(folder)
    count = 0
    for code in found.languages:
        heading = ""
        for one in suggested(found.within(code), Responder(found, code)):
            if heading != (heading := f"{one.entry.source}: {one.entry.question}"):
                typer.echo(heading)
            taken = f": {one.taken_for}" if one.taken_for else ""
            typer.echo(f"  - {one.form}    ({one.kind.value}{taken})")
            count += 1
    typer.echo(f"{count} forms are not understood; put those that people say below the question")


@app.command()
def unanswered(
    file: Annotated[Path, typer.Argument(help="The file in which a kiosk keeps them.")],
    folder: Annotated[
        Path | None, typer.Option("--knowledge", help="The folder of pages that was asked.")
    ] = None,
) -> None:
    """List what was asked in vain, by the entry that it resembles, and where it may be added."""
    from agent.knowledge.responder import Responder
    from agent.knowledge.unanswered import grouped, read_unanswered, suggestions

    found = _loaded(folder)
    asked = read_unanswered(file)
    groups = grouped(asked, {code: Responder(found, code) for code in found.languages})
    for group, advice in zip(groups, suggestions(groups), strict=True):
        near = group.entry.question if group.entry else "resembles no entry"
        typer.echo(f"{group.count} x {near}")
        for said, count in group.asked:
            typer.echo(f"    {count} x {said}")
        typer.echo(f"    {advice}")
    typer.echo(f"{len(asked)} unanswered in {len(groups)} groups")


def _loaded(folder: Path | None) -> "Knowledge":
    from agent.knowledge.folder import RECEPTION, load_knowledge

    return load_knowledge(folder or RECEPTION)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _mishap(trial: "Trial") -> str:
    asked = f"{trial.question.source}: {trial.question.text!r}"
    if trial.question.entry is None:
        return f"{asked} is not known, yet answered with {trial.first!r}"
    if trial.wrong:
        return f"{asked} means {trial.question.entry!r}, is answered with {trial.first!r}"
    return f"{asked} means {trial.question.entry!r}, is not answered"
