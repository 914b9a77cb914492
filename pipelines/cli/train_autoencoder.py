"""`visavis train autoencoder`: people, a network that moves them, painters, and how good it is."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from avatar.errors import DataError
from pipelines.build import build_finder, build_tracker
from pipelines.cli.devices import device_name
from pipelines.cli.output import Bars, told

if TYPE_CHECKING:
    from avatar.autoencoder.flow import FlowAutoencoder
    from avatar.autoencoder.parts import PartPainters
    from avatar.training.autoencoder.recipes import AutoencoderRecipe
    from avatar.training.autoencoder.training import Data
    from avatar.training.run import Run


def autoencoder(
    recipe: Annotated[
        str | None, typer.Option(help="tiny, small, paper, or a recipe file.")
    ] = None,
    data: Annotated[
        list[Path] | None, typer.Option(help="Folder of face videos to learn from too.")
    ] = None,
    albums: Annotated[
        Path, typer.Option(help="Folder of pictures of people; those that are missing are made.")
    ] = Path("runs/albums"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.")] = Path("runs"),
    resume: Annotated[Path | None, typer.Option(help="Go on with the run of a folder.")] = None,
    features: Annotated[
        Path | None, typer.Option(help="TorchScript of a network whose features are compared.")
    ] = None,
    identity: Annotated[
        Path | None, typer.Option(help="TorchScript of a network that knows people by face.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    processes: Annotated[int, typer.Option(min=1, help="Processes that make pictures.")] = 2,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the training.")] = 1,
    export: Annotated[
        Path | None, typer.Option(help="Folder to write the networks to, with their evaluation.")
    ] = None,
) -> None:
    """Train a motion auto-encoder: people, network, painters, evaluation; goes on where it was."""
    import torch

    from avatar.training.autoencoder.judges import load_judge
    from avatar.training.autoencoder.learning import Judges
    from avatar.training.autoencoder.recipes import AutoencoderRecipe, load_recipe
    from avatar.training.autoencoder.training import train_autoencoder
    from avatar.training.curves import draw_curves
    from avatar.training.run import Run

    if (recipe is None) == (resume is None):
        raise DataError("give either --recipe, to begin, or --resume DIR, to go on")
    torch.set_num_threads(threads)
    chosen = torch.device(device_name(device))
    if resume is not None:
        run = Run.resumed(resume, AutoencoderRecipe)
    else:
        wanted = load_recipe(recipe or "")
        run = Run.begun(out / wanted.name, wanted)
    told(f"{run.recipe.name}: {run.folder} on {chosen}")
    judges = Judges(
        *(None if path is None else load_judge(path, chosen) for path in (features, identity))
    )
    bars = Bars()
    with bars.progress:
        people = _people(run.recipe, albums, data or [], processes, bars)
        network = train_autoencoder(run, people, bars.report, judges=judges, device=chosen)
        painters = _painters(run, albums / "parts", processes, bars)
    draw_curves(run.folder / "log.jsonl", run.folder / "curves.png")
    if export is not None:
        _export(run, network, painters, people, export)


def _people(
    recipe: "AutoencoderRecipe", albums: Path, data: list[Path], processes: int, bars: Bars
) -> "Data":
    """Albums of the recipe's own people and of videos, made where they are missing."""
    from avatar.training.autoencoder.albums import AlbumSize
    from avatar.training.autoencoder.people import SHIPPED, make_albums
    from avatar.training.autoencoder.training import people_of, with_videos
    from avatar.training.autoencoder.videos import VideoReader, make_video_albums

    plan = recipe.people
    size = AlbumSize(plan.pictures, plan.side)
    for kind, (count, _) in plan.counts.items():
        own = AlbumSize(plan.shipped_pictures, plan.side) if kind == SHIPPED else size
        make_albums(albums, kind, count, own, bars.made, processes=processes)
    people = people_of(albums, plan)
    if not data:
        return people
    reader = VideoReader(build_finder(), build_tracker())
    return with_videos(people, make_video_albums(data, albums, size, reader, bars.made))


def _painters(
    run: "Run[AutoencoderRecipe]", folder: Path, processes: int, bars: Bars
) -> "PartPainters | None":
    """Painters of eyes and mouth, where the recipe has them; their pictures are made first."""
    from avatar.training.autoencoder.parts_learning import train_parts
    from avatar.training.autoencoder.parts_making import make_parts
    from avatar.training.autoencoder.people import SHIPPED
    from avatar.training.autoencoder.training import people_of

    recipe = run.recipe.parts
    if recipe is None:
        return None
    plan = recipe.made

    def made(kind: str, done: int, count: int) -> None:
        bars.made(f"{kind}, eyes and mouth", done, count)

    for kind, (count, _) in plan.counts.items():
        pictures = plan.shipped_pictures if kind == SHIPPED else plan.pictures
        make_parts(folder, kind, count, pictures, made, processes=processes)
    return train_parts(run, recipe, people_of(folder, plan), bars.report)


def _export(
    run: "Run[AutoencoderRecipe]",
    network: "FlowAutoencoder",
    painters: "PartPainters | None",
    people: "Data",
    folder: Path,
) -> None:
    """Write networks, card and contact sheets, and tell what was measured."""
    from avatar.rendering.flow import FlowNetworks
    from avatar.training.autoencoder.evaluation import evaluate_albums, evaluated_albums, sheet
    from avatar.training.autoencoder.export import export_autoencoder, write_card
    from avatar.training.autoencoder.parts_export import remove_painters, write_painters
    from avatar.training.autoencoder.portrayals import DecoderPortrayal, FlowPortrayal
    from avatar.video import write_picture

    export_autoencoder(run.recipe, network, folder)
    remove_painters(folder)
    if painters is not None:
        write_painters(painters, folder)
    write_card(run.recipe, folder)
    portrayed = (
        partial(FlowPortrayal, FlowNetworks(folder))
        if run.recipe.flow
        else partial(DecoderPortrayal, network)
    )
    figures = dict[str, Any]()
    for kind, chosen in evaluated_albums(run.recipe, people).items():
        figures[kind] = evaluate_albums(portrayed, chosen)
        write_picture(run.folder / f"sheet-{kind}.png", sheet(portrayed, chosen))
    write_card(run.recipe, folder, evaluation=figures)
    told(json.dumps(figures, indent=1))
    told(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")
