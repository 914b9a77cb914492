"""`visavis export`: from a finished run to the folder that a generator is loaded from."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from avatar.errors import DataError
from pipelines.cli.output import told


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write.")],
    network: Annotated[str, typer.Option(help="Which network of the run.")] = "student",
    evaluation: Annotated[
        Path | None, typer.Option(help="What evaluate --json wrote, to be kept with it.")
    ] = None,
    networks: Annotated[
        bool, typer.Option("--networks", help="Keep what it was before distillation as well.")
    ] = False,
) -> None:
    """Write a network of a run as an ONNX graph with its configuration."""
    from avatar.training.export import export as write
    from avatar.training.motion import finished, load_network
    from avatar.training.recipes import Recipe
    from avatar.training.run import Run
    from avatar.training.shelf import STORED, store

    begun = Run.resumed(run, Recipe)
    trained, codec = finished(begun, network)
    write(begun, trained, codec, out, evaluation=_figures(evaluation))
    for name in STORED if networks else ():
        kept = load_network(begun, name)
        if kept is not None:
            store(kept, out, name)
    told(f"{out}: {sum(path.stat().st_size for path in out.iterdir()) / 1e6:.1f} MB")


def _figures(path: Path | None) -> dict[str, Any] | None:
    """The row of the model."""
    if path is None:
        return None
    try:
        figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["model"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{path} holds no evaluation of a model: {error!r}") from error
    return figures
