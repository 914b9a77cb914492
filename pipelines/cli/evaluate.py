"""`visavis evaluate`: how well a generator listens and speaks, beside people and other methods."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.table import Table

from avatar.assets import generator_folder
from avatar.errors import DataError
from avatar.files import require_place
from pipelines.cli.output import choice, console, told

SHOWN = (
    "lip_jaw_corr",
    "bilabial_closure",
    "silence_jaw_mean",
    "smile_xcorr",
    "visual_smile_rate",
    "nod_ratio",
    "var",
    "jerk",
    "shift_null_gain",
    "shift_null_p",
    "reaction_f1",
)


def evaluate(
    model: Annotated[
        str, typer.Option(help="A generator that ships, or a folder that export wrote.")
    ] = "embedded",
    seed: Annotated[int, typer.Option(min=0, help="First seed of the conversations.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds; with several, intervals.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.2, help="Minutes of conversation a seed.")] = 3.0,
    split: Annotated[
        str, typer.Option(help="train, held out voice or held out language.")
    ] = "train",
    devices: Annotated[
        str, typer.Option(help="working, or any: microphones and cameras as people have them.")
    ] = "working",
    whole: Annotated[
        bool, typer.Option("--whole", help="Ablations and ten minutes at a stretch as well.")
    ] = False,
    method: Annotated[
        list[str] | None,
        typer.Option(help="NAME=FOLDER of motions by case, as one more row; may be repeated."),
    ] = None,
    rival: Annotated[
        Path | None, typer.Option(help="Run of another recipe whose base is one more row.")
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="File to write.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Folder for pictures.")] = None,
) -> None:
    """Compare a generator with people, rules, and itself without its user."""
    from avatar.evaluation.table import compare

    chosen_split, chosen_devices = _choices(split, devices)
    if as_json is not None:
        require_place(as_json)
    compared = _methods(generator_folder(model), method or [], whole=whole)
    if rival is not None:
        compared |= _rival(rival)
    rows = compare(
        compared,
        seeds=range(seed, seed + seeds),
        minutes=minutes,
        split=chosen_split,
        devices=chosen_devices,
        say=told,
    )
    result: dict[str, Any] = {name: row.as_json() for name, row in rows.items()}
    if whole:
        result["ten_minutes"] = _lasting(compared, seed)
    _show(result)
    if as_json is not None:
        as_json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        _draw(plots, compared, seed, result)


def _choices(split: str, devices: str) -> tuple[Any, Any]:
    """The conversations that are asked for. Raises UnknownPart for kinds that there are not."""
    from avatar.synthetic.dialogues.conversation import Devices
    from avatar.synthetic.dialogues.voice_cast import Split

    return choice("split", split, get_args(Split)), choice("devices", devices, get_args(Devices))


def _methods(folder: Path, recorded: Sequence[str], *, whole: bool) -> dict[str, Any]:
    from avatar.evaluation import methods

    load = _loader(folder)
    compared = methods.standard(load) | _networks(folder, whole=whole)
    if whole:
        compared |= methods.ablations(load)
    return compared | {name: methods.Recorded(Path(at)) for name, at in map(_named, recorded)}


def _lasting(compared: Mapping[str, Any], seed: int) -> dict[str, list[dict[str, float]]]:
    """Every minute of ten at a stretch against the first."""
    from avatar.evaluation.table import long_run

    return {
        name: [asdict(minute) for minute in long_run(compared[name], seed=seed)]
        for name in ("model", "truth", "rule_based")
    }


def _named(text: str) -> tuple[str, str]:
    name, separator, folder = text.partition("=")
    if not separator or not name:
        raise DataError(f"a method is given as NAME=FOLDER, not {text!r}")
    return name, folder


def _loader(folder: Path) -> Any:
    from avatar.generator.package import load_generator

    return lambda look_ahead: load_generator(folder, look_ahead=look_ahead)


def _networks(folder: Path, *, whole: bool) -> dict[str, Any]:
    """Networks before distillation, where the folder holds them; they need torch."""
    from avatar.training.shelf import stored

    kept = stored(folder)
    if not kept:
        return {}
    import torch

    from avatar.evaluation.networks import rolled_out
    from avatar.training.rollout import Guidance

    torch.set_num_threads(1)
    methods = {
        f"{'before' if name == 'base' else 'after'}_dpo": rolled_out(
            network, codec, steps=4, guidance=Guidance()
        )
        for name, (network, codec) in kept.items()
    }
    if whole and "aligned" in kept:
        network, codec = kept["aligned"]
        methods["teacher"] = rolled_out(network, codec, steps=6, guidance=Guidance(user=1.2))
    return methods


def _rival(folder: Path) -> dict[str, Any]:
    """The network of a run, which generates blocks of the size of its recipe."""
    import torch

    from avatar.evaluation.networks import rolled_out
    from avatar.training.motion import BASE, finished
    from avatar.training.recipes import Recipe
    from avatar.training.rollout import Guidance
    from avatar.training.run import Run

    torch.set_num_threads(1)
    run = Run.resumed(folder, Recipe)
    network, codec = finished(run, BASE)
    block = run.recipe.block
    return {run.recipe.name: rolled_out(network, codec, steps=4, guidance=Guidance(), block=block)}


def _show(result: Mapping[str, Mapping[str, Any]]) -> None:
    rows = {name: row for name, row in result.items() if "lip_jaw_corr" in row}
    table = Table("figure", *rows)
    for figure in SHOWN:
        values = [row[figure] for row in rows.values()]
        table.add_row(figure, *("-" if value is None else f"{value:.3f}" for value in values))
    console.print(table)


def _draw(folder: Path, compared: Mapping[str, Any], seed: int, result: Mapping[str, Any]) -> None:
    from avatar.evaluation.conversations import cases
    from avatar.evaluation.plots import draw_case, draw_drift
    from avatar.metrics.dynamics import Minute

    folder.mkdir(parents=True, exist_ok=True)
    for case in cases(seed=seed, minutes=0.75):
        drawn = ("truth", "model", "rule_based", "user_dropped")
        motions = {name: compared[name]([case], seed)[0] for name in drawn}
        draw_case(case, motions, folder / f"case-{case.avatar}.png")
    if "ten_minutes" in result:
        runs = {
            name: [Minute(**minute) for minute in minutes]
            for name, minutes in result["ten_minutes"].items()
        }
        draw_drift(runs, folder / "ten-minutes.png")
