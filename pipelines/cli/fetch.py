"""`visavis fetch`: models that make the conversation better, downloaded once."""

from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from agent.services.models import models_folder
from pipelines.cli.output import console, told
from pipelines.fetch import HuggingFaceHub, Model, by_hand, named
from pipelines.fetch import fetch as fetch_model


def fetch(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="recommended, whisper:base.en, piper:en_US-lessac-medium, ..."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done; needs no network.")
    ] = False,
) -> None:
    """Download better ears and a better voice into the models folder (VISAVIS_MODELS)."""
    models = [model for name in what or ["recommended"] for model in named(name)]
    told(f"models folder: {models_folder()}")
    for model in models:
        size = f"about {model.megabytes} MB" if model.megabytes else "of unknown size"
        state = "is there already" if model.there else size
        told(f"{model.title}: {state}\n  from {model.page}\n  licence: {model.licence}")
    missing = [model for model in models if not model.there]
    if dry_run:
        for model in missing:
            told(by_hand(model))
        return
    for model in missing:
        _fetch_shown(model)
        told(f"{model.name} is in {model.place}")


def _fetch_shown(model: Model) -> None:
    """Fetch with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        job = bar.add_task(model.name, total=None)
        fetch_model(
            model,
            HuggingFaceHub(),
            announce=lambda size: bar.update(job, total=size),
            advance=lambda size: bar.update(job, advance=size),
        )
