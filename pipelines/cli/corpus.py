"""`visavis corpus`: the synthetic conversations that the generator learns from."""

from pathlib import Path
from typing import Annotated, get_args

import numpy as np
import typer

from avatar.assets import bundle_folder
from avatar.clock import FPS, TICK
from avatar.data.clip import NOTHING_NEW, DyadicClip, Party
from avatar.rendering.base import Picture
from avatar.rendering.bundle import load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.dialogues.voice_cast import Split
from avatar.tick import VoiceSamples
from pipelines.cli.output import choice, console, require_output, told
from pipelines.side_by_side import SideBySideVideo

app = typer.Typer(help="Conversations that nobody had.", no_args_is_help=True)

SPLITS: tuple[Split, ...] = get_args(Split)
LONGEST_S = 3600.0


@app.callback()
def corpus() -> None:
    """Conversations that nobody had, as the generator learns from them."""


@app.command()
def preview(
    out: Annotated[Path, typer.Option("--out", "-o", help="The MP4 file to write.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another conversation.")] = 0,
    seconds: Annotated[float, typer.Option(min=1, max=LONGEST_S, help="Length.")] = 60.0,
    split: Annotated[str, typer.Option(help=f"One of: {', '.join(SPLITS)}.")] = "train",
    avatar: Annotated[
        str, typer.Option(help="Who is seen on the left: one that ships, or a bundle's folder.")
    ] = "ana",
    other: Annotated[str | None, typer.Option(help="Who is seen on the right.")] = None,
) -> None:
    """Draw a conversation: both faces side by side, with both voices."""
    from avatar.synthetic.dialogues.conversation import converse

    require_output(out)
    chosen: Split = choice("split", split, SPLITS)
    renderers = _renderer(avatar), _renderer(avatar if other is None else other)
    clip = converse(seed, length_s=seconds, split=chosen)
    _draw(clip, renderers, out)
    for side, party in zip(("left", "right"), clip.parties, strict=True):
        told(f"{side}: {_described(party)}")
    told(f"wrote {out}")


def _renderer(name: str) -> WarpRenderer:
    return WarpRenderer.of(load_bundle(bundle_folder(name)))


def _draw(clip: DyadicClip, renderers: tuple[WarpRenderer, WarpRenderer], out: Path) -> None:
    sound = _mixed(clip)
    states = [renderer.start() for renderer in renderers]
    size = renderers[0].size
    with SideBySideVideo(out, size=size, ticks=clip.length, console=console) as video:
        for index in range(clip.length):
            pictures: list[Picture] = []
            for side, (renderer, party) in enumerate(zip(renderers, clip.parties, strict=True)):
                picture, states[side] = renderer.render(party.motion[index], states[side])
                pictures.append(picture)
            video.tick(pictures[0], pictures[1], sound[index])


def _mixed(clip: DyadicClip) -> list[VoiceSamples]:
    """Both voices in one track, a piece a tick."""
    both = np.clip(clip.parties[0].audio + clip.parties[1].audio, -1, 1)
    return list((both * np.iinfo(np.int16).max).astype(np.int16).reshape(-1, TICK))


def _described(party: Party) -> str:
    """What a person does and what the other side is told of it."""
    arrived = party.signals.age_ticks != NOTHING_NEW
    camera = f"{arrived.mean() * FPS:.0f} faces a second" if arrived.any() else "no camera"
    return ", ".join(
        (
            f"{len(party.utterances)} utterances",
            f"{len(party.events)} events",
            f"{party.style.emotion} at {party.style.intensity:.2f}",
            "no microphone" if party.signals.audio is None else "a microphone",
            camera,
        )
    )
