"""`visavis say`: words in, a video of the avatar saying them out."""

from pathlib import Path
from typing import Annotated

import typer

from avatar.errors import VoiceError
from avatar.offline import Scene
from avatar.parts import AUTO
from avatar.tick import Style
from avatar.voices.base import speak
from pipelines.build import build_avatar, build_voice
from pipelines.cli.output import (
    Drawer,
    Mark,
    PictureFraming,
    PictureSize,
    draw_scene,
    look_of,
    require_output,
    told,
)


def say(
    text: Annotated[str, typer.Argument(help="What the avatar says.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The MP4 file to write.")],
    avatar: Annotated[
        str, typer.Option(help="An avatar that ships, or a bundle's folder.")
    ] = "ana",
    size: PictureSize = None,
    framing: PictureFraming = "square",
    renderer: Drawer = AUTO,
    voice: Annotated[str, typer.Option(help="engine or engine:voice, e.g. espeak:de.")] = "espeak",
    motion_output: Annotated[Path | None, typer.Option(help="npz to write the motion to.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another person.")] = 0,
    mark: Mark = True,
) -> None:
    """Draw the avatar saying a text with an embedded voice."""
    require_output(out, motion_output)
    speaker = build_voice(voice)
    try:
        speech = speak(speaker, text)
    finally:
        speaker.close()
    if not len(speech.pcm):
        raise VoiceError(f"{text!r} makes no sound: give words")
    scene = Scene(speech=speech.pcm, speech_at_s=0.2, phones=speech.phones, style=Style())
    drawn = build_avatar(avatar, look=look_of(size, framing, renderer))
    draw_scene(
        drawn, scene, rate=speech.rate, seed=seed, video=out, motion=motion_output, mark=mark
    )
    told(f"wrote {out}")
