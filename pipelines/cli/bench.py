"""`visavis bench`: the speed claims, measured here."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from avatar.assets import generator_folder
from avatar.generator.package import load_generator
from avatar.parts import AUTO
from avatar.rendering.warp import WarpRenderer
from pipelines.benchmark.generating import time_generating
from pipelines.benchmark.rendering import time_effects, time_rendering
from pipelines.benchmark.timer import Timing, machine
from pipelines.benchmark.tracking import time_tracking
from pipelines.build import build_avatar, build_renderer, build_tracker
from pipelines.cli.output import Drawer, PictureFraming, PictureSize, console, look_of, told
from pipelines.logs import log_to_terminal

app = typer.Typer(help="Measure speed on this machine.", no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure speed on this machine, with nothing else running."""


@app.command()
def render(
    avatar: Annotated[
        str, typer.Option(help="An avatar that ships, or a bundle's folder.")
    ] = "ana",
    size: PictureSize = None,
    framing: PictureFraming = "square",
    renderer: Drawer = AUTO,
    batches: Annotated[int, typer.Option(min=5, help="Batches of 40 pictures a kind.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Time one picture on one core, by what the face does and, of the warp, by effect.

    The slowest kind of face is the figure.
    """
    look = look_of(size, framing, renderer)
    drawn = build_renderer(avatar, look)
    kinds, effects = time_rendering(drawn, batches=batches), dict[str, Timing]()
    _show("face", kinds)
    if isinstance(drawn, WarpRenderer):
        effects = time_effects(
            lambda chosen: build_renderer(avatar, replace(look, effects=chosen)), batches=batches
        )
        _show("effects, laughing", effects)
    console.print(f"{drawn.size[0]} x {drawn.size[1]} on one of {machine()}")
    if as_json:
        rows = _figures(kinds)
        slowest = max(rows.values(), key=lambda row: row["ms_per_frame_median"])
        typer.echo(
            json.dumps(
                {**slowest, "kinds": rows, "effects": _figures(effects), "machine": machine()}
            )
        )


def _show(title: str, timings: dict[str, Timing]) -> None:
    table = Table(title, "least ms", "median ms")
    for name, timing in timings.items():
        table.add_row(name, f"{timing.least:.2f}", f"{timing.median:.2f}")
    console.print(table)


def _figures(timings: dict[str, Timing]) -> dict[str, dict[str, float]]:
    return {
        name: {"ms_per_frame_min": round(t.least, 3), "ms_per_frame_median": round(t.median, 3)}
        for name, t in timings.items()
    }


@app.command()
def generator(
    model: Annotated[
        str, typer.Option(help="A generator that ships, or a folder that export wrote.")
    ] = "embedded",
    batches: Annotated[int, typer.Option(min=5, help="Batches of 100 steps a block.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Time one motion of the learned generator on one core, by the size of its blocks."""
    folder = generator_folder(model)
    timings = time_generating(
        lambda block: load_generator(folder, block=block), (1, 2, 5), batches=batches
    )
    table = Table("block", "least ms a motion", "median ms a motion")
    for block, timing in timings.items():
        table.add_row(str(block), f"{timing.least:.2f}", f"{timing.median:.2f}")
    console.print(table)
    console.print(f"perception and network on one of {machine()}")
    if as_json:
        least = {str(block): round(t.least, 3) for block, t in timings.items()}
        median = {str(block): round(t.median, 3) for block, t in timings.items()}
        typer.echo(
            json.dumps(
                {"ms_per_frame_min": least, "ms_per_frame_median": median, "machine": machine()}
            )
        )


@app.command()
def tracker(
    batches: Annotated[int, typer.Option(min=5, help="Batches of 100 pictures a scene.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Time one picture of 640 x 480 on one core; the slowest scene with a user is the figure."""
    timings = time_tracking(build_tracker(), build_avatar("ana").renderer, batches=batches)
    _show("scene", timings)
    console.print(f"640 x 480 on one of {machine()}")
    if as_json:
        scenes = _figures(timings)
        slowest = max(
            (row for scene, row in scenes.items() if scene != "nobody"),
            key=lambda row: row["ms_per_frame_median"],
        )
        typer.echo(json.dumps({**slowest, "scenes": scenes, "machine": machine()}))


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


@app.command()
def conversation(
    dialogues: Annotated[int, typer.Option(min=1, help="Dialogues, four at a time.")] = 12,
    seed: Annotated[int, typer.Option(help="Of the first dialogue.")] = 0,
    timeline: Annotated[
        Path | None, typer.Option(help="Instead, talk for ten turns and draw them (PNG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Have scripted visitors talk with servers of our own; a minute for twelve dialogues."""
    from pipelines.benchmark.conversation import figures, measure_conversations
    from pipelines.benchmark.timeline import converse, draw

    if timeline is not None:
        record = asyncio.run(converse(seed, told))
        draw(record, timeline)
        told(f"{timeline}: answers after {', '.join(f'{ms:.0f}' for ms in record.response_ms)} ms")
        return
    outcomes = asyncio.run(measure_conversations(dialogues, seed, told))
    found = figures(outcomes)
    table = Table("figure", "value")
    for name, value in found.items():
        table.add_row(name, "none" if value is None else str(value))
    console.print(table)
    console.print(f"on {machine()}")
    for outcome in outcomes:
        if outcome.failed is not None:
            told(f"a dialogue failed: {outcome.failed}")
    if as_json:
        typer.echo(json.dumps({**found, "machine": machine()}))


@app.command()
def visitors(
    visitors: Annotated[int, typer.Option(min=2, help="Of ten visitors one is real.")] = 12,
    seed: Annotated[int, typer.Option(help="Of the day.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Have visitors come to a kiosk of our own, with faults between them."""
    from pipelines.benchmark.visitors import figures, measure_visitors

    log_to_terminal()
    report = asyncio.run(measure_visitors(visitors, seed, told))
    found = figures(report)
    table = Table("figure", "value")
    for name, value in found.items():
        table.add_row(name, str(value))
    console.print(table)
    console.print(f"on {machine()}")
    for number, outcome in enumerate(report.outcomes):
        if outcome.unserved or outcome.reset_mid_sentence or outcome.stuck:
            told(f"visitor {number}: {outcome}")
    for path in report.content_files:
        told(f"content was written: {path}")
    if as_json:
        typer.echo(json.dumps({**found, "machine": machine()}))
