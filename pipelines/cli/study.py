"""`visavis study`: people's judgement of two methods, blind."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from avatar.files import beside, require_place
from pipelines.cli.output import console, told

if TYPE_CHECKING:
    from pipelines.study.plan import Study
    from pipelines.study.report import Report, Share

app = typer.Typer(help="Let people compare two methods, blind.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The study's folder.")]


@app.command()
def prepare(
    folder: Folder,
    a: Annotated[str, typer.Option(help="NAME=FOLDER of the mp4 clips of one method.")],
    b: Annotated[str, typer.Option(help="NAME=FOLDER of the other's, equally named.")],
    catch: Annotated[
        int, typer.Option(min=0, max=50, help="Catch trials: pairs of twice the same clip.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of orders and sides.")] = 0,
) -> None:
    """Make a study of two folders; the clips are copied under names that say nothing."""
    # What the verbs of a study need takes a second to load, which other commands need not wait for.
    from pipelines.study import preparation

    study = preparation.prepare(
        folder, preparation.source(a), preparation.source(b), seed=seed, catch=catch
    )
    told(f"{len(study.trials)} pairs, {catch} of them catch trials; visavis study serve {folder}")


@app.command()
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="address to listen on; 0.0.0.0 is all")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")
    ] = 8770,
) -> None:
    """Serve the page on which participants answer; stop it with Ctrl-C, answers are kept."""
    from pipelines.serving import addresses, listening, web_server
    from pipelines.study.answers import AnswerBook
    from pipelines.study.plan import load_study
    from pipelines.study.server import create_app

    study = load_study(folder)
    book = AnswerBook(folder)
    with listening(host, port) as listener:
        server = web_server(create_app(study, folder, book))
        told(f"ready: open {' or '.join(addresses(listener, host))}")
        server.run(sockets=[listener])


@app.command()
def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures there.")] = None,
    most_failures: Annotated[
        int | None,
        typer.Option(min=0, help="Leave out who failed more catch trials than this."),
    ] = None,
) -> None:
    """Sum up the answers so far: shares with 95 % intervals, and sign tests."""
    from pipelines.study.answers import read_answers
    from pipelines.study.plan import load_study
    from pipelines.study.report import make_report

    if out is not None:
        require_place(out)
    study = load_study(folder)
    made = make_report(study, read_answers(folder), most_failures=most_failures)
    _show(study, made)
    if out is not None:
        with beside(out) as part:
            part.write_text(json.dumps(made.as_json(study), indent=1) + "\n", encoding="utf-8")
        told(f"wrote {out}")


def _show(study: "Study", made: "Report") -> None:
    table = Table("question", "", "about equal", "", "p (people)", "p (answers)")
    table.columns[1].header, table.columns[3].header = _plain(study.a), _plain(study.b)
    for name, finding in made.findings.items():
        table.add_row(
            name.replace("_", "-"),
            *(_share(share) for share in finding.shares),
            _chance(finding.sign_p_participants),
            _chance(finding.sign_p),
        )
    console.print(table)
    told(
        f"participants: {made.participants}, finished: {made.finished}, left out: "
        f"{made.left_out}; catch trials failed: {made.catch_failures} of {made.catch_answers}"
    )
    if made.left_share is not None:
        told(f"the left side won {made.left_share:.0%} of what was no tie")


def _plain(name: str) -> str:
    """A name that may hold brackets, which are markup otherwise."""
    return name.replace("[", r"\[")


def _share(share: "Share") -> str:
    if share.low is None or share.high is None:
        return f"{share.share:.1%}"
    return f"{share.share:.1%} ({100 * share.low:.0f}–{100 * share.high:.0f})"


def _chance(p: float | None) -> str:
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
