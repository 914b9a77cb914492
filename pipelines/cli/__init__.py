"""The command `visavis`: one file for each verb."""

import signal
import sys
from types import FrameType

import typer
from rich.console import Console

from avatar.errors import VisavisError
from pipelines.build import use_one_core
from pipelines.cli import (
    actors,
    avatar,
    bench,
    checkpoint,
    compare,
    corpus,
    doctor,
    duet,
    evaluate,
    export,
    fetch,
    kiosk,
    knowledge,
    render,
    say,
    serve,
    study,
    talk,
    train,
    voices,
)

app = typer.Typer(
    help="A face for conversational agents that talks and listens.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("talk")(talk.talk)
app.command("render")(render.render)
app.command("say")(say.say)
app.command("voices")(voices.voices)
app.command("fetch")(fetch.fetch)
app.command("doctor")(doctor.doctor)
app.command("evaluate")(evaluate.evaluate)
app.command("compare")(compare.compare)
app.command("duet")(duet.duet)
app.command("export")(export.export)
app.add_typer(actors.app, name="actors")
app.add_typer(avatar.app, name="avatar")
app.add_typer(bench.app, name="bench")
app.add_typer(checkpoint.app, name="checkpoint")
app.add_typer(corpus.app, name="corpus")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(kiosk.app, name="kiosk")
app.add_typer(study.app, name="study")
app.add_typer(train.app, name="train")


def main() -> None:
    """Run the command; an error that is meant for people is shown as one message."""
    use_one_core()
    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, _leave)
    try:
        app()
    except VisavisError as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _leave(number: int, _frame: FrameType | None) -> None:
    """End by an exception, so that nothing half written stays behind."""
    sys.exit(128 + number)
