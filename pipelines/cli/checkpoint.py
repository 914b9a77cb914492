"""`visavis checkpoint`: weights of others."""

import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from avatar.errors import DataError
from pipelines.cli.output import console, told

if TYPE_CHECKING:
    from avatar.checkpoints.converted import Card

app = typer.Typer(help="Weights of others, and whether they compute here what they should.")

NOT_COMMERCIAL = (
    "licence: the weights of Avatar Forcing are under {licence}: not for commercial use, such as "
    "the kiosk of a business, and only with the names of their makers"
)

LOOKS = (0, 2, 5, 10)
"""Ticks ahead that hearing is compared with: none of the user's voice, the rest of the own."""


@app.callback()
def checkpoint() -> None:
    """Weights of others, and whether they compute here what they should."""


@app.command()
def convert(
    folder: Annotated[
        Path,
        typer.Argument(
            help="motion_autoencoder.pth, flow_transformer.pth and wav2vec2-base-960h/ are there"
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to write; converted/ beside them.")
    ] = None,
    without_speech: Annotated[
        bool, typer.Option(help="Go on without wav2vec 2.0: to look at, not to talk with.")
    ] = False,
    heads: Annotated[int, typer.Option(min=1, help="Heads, which no file tells.")] = 8,
) -> None:
    """Convert the official Avatar Forcing checkpoints, once; nothing but tensors is read."""
    # torch takes a second to load, which other commands need not wait for.
    from avatar.checkpoints.converting import LICENCE
    from avatar.checkpoints.converting import convert as converted
    from avatar.checkpoints.originals import found
    from avatar.checkpoints.package import CONVERTED
    from avatar.checkpoints.sizes import Untold

    told(NOT_COMMERCIAL.format(licence=LICENCE))
    for path in found(folder).files:
        told(f"found {path} ({path.stat().st_size / 1e6:.1f} MB)")
    place = folder / CONVERTED if out is None else out
    begin = perf_counter()
    card = converted(folder, place, Untold(heads=heads), speech=not without_speech)
    taken = perf_counter() - begin
    console.print(_parts(place, card))
    told(f"{place}: {sum(card.files.values()) / 1e6:.1f} MB in {taken:.1f} s")


@app.command()
def info(
    folder: Annotated[Path, typer.Argument(help="a converted checkpoint")],
) -> None:
    """Show what a converted checkpoint is, where it is from, and its licence."""
    from avatar.checkpoints.converted import is_converted, read_card
    from avatar.checkpoints.package import CONVERTED

    place = folder if is_converted(folder) else folder / CONVERTED
    card = read_card(place)
    console.print(_parts(place, card))
    for source in card.sources:
        told(f"from {source.name} ({source.bytes / 1e6:.1f} MB, sha256 {source.sha256})")
    told(NOT_COMMERCIAL.format(licence=card.licence))


@app.command()
def imitate(
    folder: Annotated[Path, typer.Argument(help="Folder to write.")],
    small: Annotated[bool, typer.Option("--small", help="A second's work, 64 pixels.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other weights.")] = 0,
) -> None:
    """Write files like the official ones with random weights, to try everything but the face."""
    from avatar.checkpoints.imitation import SMALL, Imitation, write_imitation

    write_imitation(folder, SMALL if small else Imitation(), seed)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    told(f"{folder}: {size / 1e6:.1f} MB of random weights; next: visavis checkpoint convert")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="a recording: weights, inputs and outputs")],
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Replay a recording of the official Avatar Forcing network, and compare every array."""
    from avatar.checkpoints.replay import errors, read_recording

    found = errors(read_recording(folder))
    table = Table("array", "relative rms error")
    for name, error in sorted(found.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{error:.1e}")
    console.print(table)
    if as_json:
        typer.echo(json.dumps({"relative_rms": found}))


@app.command()
def hearing(
    folder: Annotated[Path, typer.Argument(help="a checkpoint with wav2vec 2.0")],
    audio: Annotated[Path, typer.Argument(help="a WAV file of at least 2.4 s")],
    block: Annotated[int, typer.Option(min=1, help="Frames that are made at a time.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Compare what is heard live, in windows, with what the whole recording tells."""
    import torch
    from platformdirs import user_cache_path

    from avatar.checkpoints.package import read_official
    from avatar.media import read_wav
    from avatar.official.hearing_error import hearing_errors

    speech = read_official(folder, user_cache_path("visavis")).speech
    if speech is None:
        raise DataError(f"{folder}: wav2vec 2.0 is missing, nothing can be heard")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    sound = read_wav(audio).heard()
    found = hearing_errors(speech.to(device), sound, block=block, looks=LOOKS, device=device)
    table = Table("ticks ahead", "level", "lower layers", "middle layers", "upper layers")
    for error in found:
        layers = (f"{one:.3f}" for one in error.layers)
        table.add_row(str(error.ahead), error.level, *layers)
    console.print(table)
    if as_json:
        typer.echo(json.dumps({"relative_rms": [asdict(error) for error in found]}))


def _parts(folder: Path, card: "Card") -> Table:
    """Sizes, parameters and licences of the parts."""
    from avatar.checkpoints.converted import AUTOENCODER, GENERATOR, SPEECH, counted

    coder, forcing, speech = card.autoencoder, card.forcing, card.speech
    sizes = {
        AUTOENCODER: f"{coder.size} px, latent {coder.latent}, {coder.directions} directions",
        GENERATOR: (
            f"width {forcing.width}, {forcing.heads} heads, {forcing.depth} blocks, "
            f"clip {forcing.clip}, block {forcing.block}"
        ),
    }
    if speech is not None:
        sizes[SPEECH] = f"width {speech.hidden_size}, {speech.num_hidden_layers} layers"
    table = Table("part", "sizes", "parameters", "MB", "licence")
    for part, count in counted(folder, card).items():
        licence = card.speech_licence if part == SPEECH else card.licence
        size = f"{card.files[part] / 1e6:.1f}"
        table.add_row(part, sizes[part], f"{count:,}", size, licence)
    return table
