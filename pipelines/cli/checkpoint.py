"""`visavis checkpoint`: weights of others."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.output import console

app = typer.Typer(help="Weights of others, and whether they compute here what they should.")


@app.callback()
def checkpoint() -> None:
    """Weights of others, and whether they compute here what they should."""


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="a recording: weights, inputs and outputs")],
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Replay a recording of the official Avatar Forcing network, and compare every array."""
    # torch takes a second to load, which other commands need not wait for.
    from avatar.checkpoints.replay import errors, read_recording

    found = errors(read_recording(folder))
    table = Table("array", "relative rms error")
    for name, error in sorted(found.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{error:.1e}")
    console.print(table)
    if as_json:
        typer.echo(json.dumps({"relative_rms": found}))
