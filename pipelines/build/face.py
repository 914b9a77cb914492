"""Putting a face and its voice together."""

import sys
from pathlib import Path

import cv2

from avatar.assets import bundle_folder
from avatar.avatar import Avatar
from avatar.errors import VoiceError
from avatar.motion import ARKIT58
from avatar.parts import find_part
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.tracker import FaceTracker
from avatar.voices.base import Voice
from pipelines.catalogue import PARTS, WarpConfig


def build_avatar(
    name_or_folder: str, *, generator: str = "rules", cache: Path | None = None
) -> Avatar:
    """An avatar that ships or a bundle's folder, with a generator by name."""
    folder = bundle_folder(name_or_folder)
    renderer: WarpRenderer = find_part(PARTS, "renderer", "warp").build(WarpConfig(folder, cache))
    part = find_part(PARTS, "generator", generator)
    return Avatar(
        name=renderer.name,
        licence=renderer.licence,
        generator=part.build(part.config()),
        renderer=renderer,
        rest=ARKIT58.rest,
    )


def build_voice(name: str) -> Voice:
    """A voice by `engine` or `engine:voice`, such as `espeak:en-gb-x-rp` or `flite:slt`."""
    engine, _, voice = name.partition(":")
    part = find_part(PARTS, "voice", engine)
    if not voice:
        return part.build(part.config())
    if any(char.isspace() for char in voice):
        raise VoiceError(f"{name!r}: a voice is named as engine:voice, without spaces")
    return part.build(part.config(voice=voice))


def build_tracker(name: str = "auto") -> FaceTracker:
    """What sees the user's face in pictures."""
    part = find_part(PARTS, "tracker", name)
    tracker: FaceTracker = part.build(part.config())
    return tracker


def use_one_core() -> None:
    """Keep OpenCV to the calling thread, so that sessions share the cores and not their time."""
    cv2.setNumThreads(1)


def share_interpreter() -> None:
    """Let threads of Python take turns every two milliseconds instead of every five.

    Drawing gives the interpreter away at each of its hundred steps and has to get it back: beside
    one busy thread, a picture of 7 ms would take 100.
    """
    sys.setswitchinterval(2e-3)
