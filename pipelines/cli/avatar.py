"""`visavis avatar`: the avatars that ship, and bundles of your own."""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from avatar.assets import SUFFIX, bundle_folder, shipped_avatars
from avatar.errors import BundleError, UnknownPart
from avatar.motion import ARKIT58
from avatar.rendering.bundle import SIZES, Bundle, load_bundle
from avatar.rendering.sheet import EXPRESSIONS, contact_sheet
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.characters.bundle import write_bundle
from avatar.synthetic.characters.cast import CAST
from avatar.video import write_picture
from pipelines.build import build_finder
from pipelines.cli.output import console, told

app = typer.Typer(help="List, look at, check and draw avatars.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="An avatar that ships, or a bundle's folder.")]
MOST_NEUTRAL_ERROR = 1.0
"""Mean difference between the neutral picture and the portrait, in grey levels."""


@app.command("list")
def list_avatars(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show the avatars that ship."""
    manifests = [load_bundle(bundle_folder(name)).manifest for name in shipped_avatars()]
    if as_json:
        rows = [{"name": m.name, "title": m.title, "licence": m.licence} for m in manifests]
        typer.echo(json.dumps({"avatars": rows}))
        return
    table = Table("name", "title", "licence", "made by")
    for manifest in manifests:
        table.add_row(manifest.name, manifest.title, manifest.licence, manifest.provenance.source)
    console.print(table)


@app.command()
def preview(
    name: Name,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write.")],
) -> None:
    """Draw a contact sheet of every expression and pose."""
    renderer = WarpRenderer.of(load_bundle(bundle_folder(name)))
    write_picture(out, contact_sheet(renderer))
    told(f"wrote {out}")


@app.command()
def check(name: Name) -> None:
    """Check a bundle: its files, the neutral picture, and which expressions have to be limited."""
    folder = bundle_folder(name)
    bundle = load_bundle(folder)
    renderer = WarpRenderer.of(bundle)
    error = _neutral_error(bundle, renderer)
    console.print(
        f"{folder}: format {bundle.manifest.format}, {bundle.size} x {bundle.size} pixels"
    )
    console.print(
        f"neutral picture differs from the portrait by {error:.2f} grey levels on average"
    )
    for expression in EXPRESSIONS:
        gain = renderer.expression_gain(ARKIT58.vector(expression.face))
        if gain < 1:
            console.print(
                f"[yellow]limited:[/yellow] {expression.title} reaches {gain:.0%}: beyond it the "
                "picture would fold; look at the landmarks nearby"
            )
    if error > MOST_NEUTRAL_ERROR:
        raise BundleError(
            f"{folder}: the neutral picture differs from the portrait by {error:.2f} grey levels "
            f"on average, at most {MOST_NEUTRAL_ERROR:g} is expected: matte.png or background.png "
            "do not belong to portrait.png"
        )
    console.print("[green]good[/green]")


def _neutral_error(bundle: Bundle, renderer: WarpRenderer) -> float:
    picture, _ = renderer.render(ARKIT58.rest, renderer.start())
    return float(np.abs(picture.astype(np.int16) - bundle.portrait).mean())


@app.command()
def create(
    photo: Annotated[Path, typer.Argument(help="A photo of one person: JPEG, PNG, WebP or HEIC.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The bundle's folder: NAME.avatar.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="This person's picture may be used for an avatar.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="What the avatar is called.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the photo comes from.")] = None,
    consent: Annotated[str | None, typer.Option(help="Why it may be used.")] = None,
    licence: Annotated[str, typer.Option(help="Of the avatar.")] = "private",
    size: Annotated[int, typer.Option(help=f"One of {', '.join(map(str, SIZES))}.")] = 512,
    force: Annotated[
        bool, typer.Option("--force", help="Make it in spite of what speaks against it.")
    ] = False,
) -> None:
    """Make an avatar from one photo."""
    from avatar.portraits.creating import Origin, write_portrait
    from avatar.portraits.creating import create as make
    from avatar.portraits.photo import read_photo

    if size not in SIZES:
        raise BundleError(f"a bundle has {', '.join(map(str, SIZES))} pixels a side, not {size}")
    if out.suffix != SUFFIX:
        raise BundleError(f"{out}: a bundle's folder is named NAME{SUFFIX}")
    taken = read_photo(photo)
    if not yes and not typer.confirm(
        "May this person's picture be used for an avatar, and do you have their consent?"
    ):
        raise BundleError("no avatar is made without the consent of the person in the photo")
    portrait = make(build_finder().find(taken.pixels), size)
    for note in taken.notes:
        told(f"note: {note}")
    for doubt in portrait.doubts:
        told(f"{'against it' if doubt.weight == 'refuse' else 'note'}: {doubt}")
    if portrait.refused and not force:
        raise BundleError(
            f"{photo}: {portrait.refused[0]} (--force makes the avatar in spite of it)"
        )
    origin = Origin(
        source=source or photo.name,
        consent=consent or "confirmed by whoever made the avatar",
        licence=licence,
    )
    write_portrait(portrait, out, title=title or out.stem.replace("-", " ").title(), origin=origin)
    load_bundle(out)
    told(f"wrote {out}; look at it: visavis avatar preview {out} -o sheet.png")


@app.command()
def edit(
    name: Annotated[Path, typer.Argument(help="The bundle's folder.")],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")
    ] = 8771,
) -> None:
    """Move the landmarks of a bundle in the browser; the result talks at once."""
    # What serves takes half a second to load, which other verbs need not wait for.
    from pipelines.editing.server import create_app
    from pipelines.editing.workshop import Workshop
    from pipelines.serving import addresses, listening, web_server

    workshop = Workshop(name)
    with listening(host, port) as listener:
        server = web_server(create_app(workshop))
        told(f"ready: open {' or '.join(addresses(listener, host))}")
        server.run(sockets=[listener])


@app.command()
def draw(
    name: Annotated[str, typer.Argument(help="One of the characters that this program can draw.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The bundle's folder: NAME.avatar.")],
    size: Annotated[int, typer.Option(help="Width and height in pixels.")] = 512,
    supersampling: Annotated[int, typer.Option(min=1, max=4, help="Samples a pixel, squared.")] = 3,
) -> None:
    """Draw a character anew; takes minutes."""
    if name not in CAST:
        raise UnknownPart(f"there is no character {name!r}; known: {', '.join(sorted(CAST))}")
    write_bundle(CAST[name], out, size=size, supersampling=supersampling)
    told(f"wrote {out}")
