"""`visavis train`: making weights, from a seed to what ships."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from avatar.errors import DataError
from pipelines.cli.output import choice, console, told

app = typer.Typer(help="Train networks.", no_args_is_help=True)


@app.callback()
def train() -> None:
    """Train networks; a run that was cut off goes on with --resume."""


@app.command()
def motion(
    recipe: Annotated[
        str | None, typer.Option(help="tiny, embedded, bidirectional, paper, or a recipe file.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.")] = Path("runs"),
    resume: Annotated[Path | None, typer.Option(help="Go on with the run of a folder.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    processes: Annotated[int, typer.Option(min=1, help="Processes that make the corpus.")] = 2,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of the training; more are slow beside others.")
    ] = 1,
    until: Annotated[
        str, typer.Option(help="Stop after the network base, aligned or student.")
    ] = "student",
) -> None:
    """Train a motion generator: corpus, diffusion forcing, preference, distillation."""
    # torch takes a second to load, which no other verb should wait for.
    import torch

    from avatar.training.curves import draw_curves
    from avatar.training.motion import STAGES, STUDENT, MotionTraining
    from avatar.training.motion import Progress as Told
    from avatar.training.recipes import load_recipe
    from avatar.training.run import Run

    last = choice("network", until, STAGES)
    if (recipe is None) == (resume is None):
        raise DataError("give either --recipe, to begin, or --resume DIR, to go on")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(threads)
    if resume is not None:
        run = Run.resumed(resume)
    else:
        wanted = load_recipe(recipe or "")
        run = Run.begun(out / wanted.name, wanted)
    told(f"{run.recipe.name}: {run.folder} on {device}")
    bars = _Bars()
    with bars.progress:
        training = MotionTraining(
            run,
            Told(bars.made, bars.report, lambda text: bars.progress.console.print(text)),
            device=torch.device(device),
            processes=processes,
        )
        training.all_until(last)
    draw_curves(run.folder / "log.jsonl", run.folder / "curves.png")
    told(f"done; curves in {run.folder / 'curves.png'}")
    if last == STUDENT:
        told(f"next: visavis export {run.folder}")


class _Bars:
    """A progress bar for every stage."""

    def __init__(self) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[losses]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def made(self, done: int, total: int) -> None:
        """Conversations of the corpus."""
        self._show("corpus", done, total, "")

    def report(self, stage: str, step: int, total: int, losses: dict[str, float]) -> None:
        """Steps of a stage."""
        self._show(stage, step, total, f"loss {losses.get('loss', 0.0):.4f}")

    def _show(self, name: str, done: int, total: int, losses: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self.progress.add_task(name, total=total, losses="")
        self.progress.update(self._tasks[name], completed=done, losses=losses)
