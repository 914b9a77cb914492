"""`visavis train`: making weights, from a seed to what ships."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from avatar.errors import DataError
from pipelines.cli.devices import device_name
from pipelines.cli.output import Bars, choice, told
from pipelines.cli.train_autoencoder import autoencoder

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
    from avatar.training.recipes import Recipe, load_recipe
    from avatar.training.run import Run

    last = choice("network", until, STAGES)
    if (recipe is None) == (resume is None):
        raise DataError("give either --recipe, to begin, or --resume DIR, to go on")
    device = device_name(device)
    torch.set_num_threads(threads)
    if resume is not None:
        run = Run.resumed(resume, Recipe)
    else:
        wanted = load_recipe(recipe or "")
        run = Run.begun(out / wanted.name, wanted)
    told(f"{run.recipe.name}: {run.folder} on {device}")
    bars = Bars()
    with bars.progress:
        training = MotionTraining(
            run,
            Told(
                partial(bars.made, "corpus"),
                bars.report,
                lambda text: bars.progress.console.print(text),
            ),
            device=torch.device(device),
            processes=processes,
        )
        training.all_until(last)
    draw_curves(run.folder / "log.jsonl", run.folder / "curves.png")
    told(f"done; curves in {run.folder / 'curves.png'}")
    if last == STUDENT:
        told(f"next: visavis export {run.folder}")


@app.command()
def tracker(
    recipe: Annotated[str, typer.Option(help="tracker, tiny, or a recipe file.")] = "tracker",
    pictures: Annotated[
        Path, typer.Option(help="Folder of the pictures; those that are missing are made.")
    ] = Path("runs/pictures"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.")] = Path("runs"),
    processes: Annotated[int, typer.Option(min=1, help="Processes that make pictures.")] = 2,
    export: Annotated[
        Path | None, typer.Option(help="Folder to write the networks to, with their evaluation.")
    ] = None,
) -> None:
    """Train what sees users and portraits: pictures, networks, evaluation; goes on where it was."""
    import torch

    from avatar.synthetic.actors.making import make_shards
    from avatar.training.curves import draw_curves
    from avatar.training.run import Run
    from avatar.training.tracker.evaluation import evaluate
    from avatar.training.tracker.export import export_networks, write_card
    from avatar.training.tracker.portraits import train_portraits
    from avatar.training.tracker.recipes import load_recipe
    from avatar.training.tracker.training import stretched_parts, train_faces, train_parts

    torch.set_num_threads(1)
    wanted = load_recipe(recipe)
    run = Run.begun(out / wanted.name, wanted)
    bars = Bars()
    with bars.progress:
        for kind, count in wanted.actors.counts.items():
            make_shards(pictures, kind, count, bars.made, processes=processes)
        faces = train_faces(run, pictures, bars.report)
        parts = stretched_parts(train_parts(run, pictures, bars.report), wanted, pictures)
        portraits = train_portraits(run, pictures, bars.report)
    draw_curves(run.folder / "log.jsonl", run.folder / "curves.png")
    if export is not None:
        export_networks(faces, parts, portraits, export)
        write_card(wanted, export)
        figures = evaluate(wanted, export, pictures)
        write_card(wanted, export, evaluation=figures)
        told(json.dumps(figures, indent=1))
        told(f"{export}: {sum(path.stat().st_size for path in export.iterdir()) / 1e6:.1f} MB")


@app.command()
def student(
    folder: Annotated[Path, typer.Argument(help="a converted checkpoint, or the official files")],
    clips: Annotated[
        Path | None, typer.Option(help="Folder of .safetensors: own, user, motion by frame.")
    ] = None,
    recipe: Annotated[str, typer.Option(help="student, tiny, or a recipe file.")] = "student",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.")] = Path("runs"),
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of the training; more are slow beside others.")
    ] = 1,
) -> None:
    """Teach a student of the official generator to take one step; goes on where it was."""
    import torch

    from avatar.checkpoints.package import read_official
    from avatar.checkpoints.students import teacher_of, write_student
    from avatar.training.curves import draw_curves
    from avatar.training.forcing_distillation import (
        judged,
        load_student_recipe,
        source_of,
        teach,
    )
    from avatar.training.run import Run

    device = device_name(device)
    torch.set_num_threads(threads)
    wanted = load_student_recipe(recipe)
    networks = read_official(folder, student=False)
    told(f"licence of the teacher, and so of its student: {networks.licence}")
    run = Run.begun(out / f"{wanted.name}-{teacher_of(networks.card)}", wanted)
    told(f"{run.folder} on {device}")
    bars = Bars()
    with bars.progress:
        teacher = networks.model.to(device)
        source = source_of(networks, wanted, clips, partial(bars.made, "conversations"))
        taught = teach(run, teacher, source, report=bars.report, say=bars.progress.console.print)
        landings = {
            block: judged(teacher, taught, source, wanted, block) for block in wanted.blocks
        }
    draw_curves(run.folder / "log.jsonl", run.folder / "curves.png")
    for block, landing in landings.items():
        told(
            f"blocks of {block}: one step ends {landing.taught:.4f} from where the teacher does, "
            f"{landing.untaught:.4f} before it was taught; motion deviates by "
            f"{landing.deviation:.4f}"
        )
    told(f"wrote {write_student(networks.folder, networks.card, taught)}")


app.command()(autoencoder)
