"""The command `visavis`: one file for each verb."""

import sys

import typer
from rich.console import Console

from avatar.errors import VisavisError
from pipelines.build import use_one_core
from pipelines.cli import avatar, bench, doctor, render, say

app = typer.Typer(
    help="A face for conversational agents that talks and listens.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("render")(render.render)
app.command("say")(say.say)
app.command("doctor")(doctor.doctor)
app.add_typer(avatar.app, name="avatar")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command; an error that is meant for people is shown as one message."""
    use_one_core()
    try:
        app()
    except VisavisError as error:
        Console(stderr=True).print(f"[red]error:[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
