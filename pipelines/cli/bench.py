"""`visavis bench`: the speed claims, measured here."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.benchmark.rendering import time_rendering
from pipelines.benchmark.timer import machine
from pipelines.build import build_avatar
from pipelines.cli.output import console, told

app = typer.Typer(help="Measure speed on this machine.", no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure speed on this machine, with nothing else running."""


@app.command()
def render(
    avatar: Annotated[
        str, typer.Option(help="An avatar that ships, or a bundle's folder.")
    ] = "ana",
    batches: Annotated[int, typer.Option(min=5, help="Batches of 40 pictures a kind.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Time one picture on one core, by what the face does; the slowest kind is the figure."""
    drawn = build_avatar(avatar)
    timings = time_rendering(drawn.renderer, batches=batches)
    table = Table("face", "least ms", "median ms")
    for kind, timing in timings.items():
        table.add_row(kind, f"{timing.least:.2f}", f"{timing.median:.2f}")
    console.print(table)
    console.print(f"{drawn.renderer.size[0]} x {drawn.renderer.size[1]} on one of {machine()}")
    if as_json:
        kinds = {
            kind: {"ms_per_frame_min": round(t.least, 3), "ms_per_frame_median": round(t.median, 3)}
            for kind, t in timings.items()
        }
        slowest = max(kinds.values(), key=lambda kind: kind["ms_per_frame_median"])
        typer.echo(json.dumps({**slowest, "kinds": kinds, "machine": machine()}))


@app.command()
def live(
    rounds: Annotated[int, typer.Option(min=1, help="Questions of the visitor.")] = 12,
    most_sessions: Annotated[int, typer.Option(min=1, help="Sessions to try at a time.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Talk with a server of our own as a visitor does; takes some minutes of real time."""
    # Loading what a conversation needs takes a second that the other measurements need not wait.
    from pipelines.benchmark.live_report import measure_live

    figures = asyncio.run(measure_live(rounds, most_sessions, told))
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    console.print(table)
    console.print(f"on {machine()}")
    if as_json:
        shown: dict[str, Any] = {**figures, "machine": machine()}
        typer.echo(json.dumps(shown))
