"""`visavis compare`: how far the pictures of one video are from another's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from avatar.errors import DataError
from pipelines.cli.output import console, told


def compare(
    a: Annotated[Path, typer.Argument(help="what it should look like: a video or a folder")],
    b: Annotated[Path, typer.Argument(help="what was made: a video or a folder of pictures")],
    features: Annotated[
        list[str] | None,
        typer.Option(
            help="NETWORK=FILE: inception, i3d, arcface, syncnet or lpips; may be repeated."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Measure pictures: PSNR, SSIM, perceptual; with networks FID, FVD, CSIM, LSE and LPIPS."""
    from avatar.evaluation import likeness

    networks = _loaded(features or [])
    found = likeness.compare(a, b, networks, told)
    table = Table("figure", f"{found.pictures} pairs of pictures")
    for name, value in found.figures.items():
        table.add_row(name, _shown(name, value, found.notes))
    console.print(table)
    for name, note in found.notes.items():
        told(f"{name}: {note}")
    absent = _absent(networks)
    for line in absent.values():
        told(line)
    if as_json:
        notes = {**found.notes, **absent}
        result = {"figures": found.figures, "pictures": found.pictures, "notes": notes}
        typer.echo(json.dumps(result))


def _loaded(given: list[str]) -> dict[str, Any]:
    """Networks by kind. Torch is loaded only when there are any."""
    named = dict(map(_named, given))
    if not named:
        return {}
    from avatar.evaluation.expected_files import require_file

    for kind, path in named.items():
        require_file(kind, path)
    from avatar.evaluation.feature_networks import load_network

    return {kind: load_network(kind, path) for kind, path in named.items()}


def _named(text: str) -> tuple[str, Path]:
    kind, separator, file = text.partition("=")
    if not separator or not file:
        raise DataError(f"a network is given as NETWORK=FILE, not {text!r}")
    return kind, Path(file)


def _absent(networks: Mapping[str, Any]) -> dict[str, str]:
    """What file each figure that is not there would need."""
    from avatar.evaluation.expected_files import EXPECTED

    return {
        file.figure: f"{file.title} needs --features {kind}=FILE: {file.content}"
        for kind, file in EXPECTED.items()
        if kind not in networks
    }


def _shown(name: str, value: float | None, notes: Mapping[str, str]) -> str:
    if value is None:
        return "-" if name in notes else "equal"
    return f"{value:.2f} dB" if name == "psnr" else f"{value:.4g}"
