"""Putting a face and its voice together."""

import ctypes
import os
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
from threadpoolctl import threadpool_limits

from avatar.assets import TRACKER, bundle_folder
from avatar.avatar import Avatar
from avatar.errors import UnknownPart, VoiceError
from avatar.generator.base import MotionGenerator
from avatar.motion import ARKIT58
from avatar.official.config import OfficialConfig
from avatar.parts import AUTO, EMBEDDED, Part, find_part
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.network import PortraitNetwork
from avatar.rendering.effects import WHOLE, Effects
from avatar.rendering.flow import FlowRenderer
from avatar.rendering.framing import Framing
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.base import UserTracker
from avatar.tracking.networks import FaceNetworks
from avatar.voices.base import Voice
from pipelines.build.official import build_official, checkpoints_of
from pipelines.catalogue import PARTS, FlowConfig, LearnedConfig, WarpConfig

SMALL = "small"
"""The auto-encoder that ships."""
M_ARENA_MAX = -8
"""What `mallopt` calls the number of arenas (glibc's malloc.h)."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an avatar is shown: height in pixels (None is the portrait's own), shape and effects.

    `renderer` is `auto`, `warp`, or `neural` with the name or folder of an auto-encoder behind it.
    """

    size: int | None = None
    framing: Framing = "square"
    effects: Effects = WHOLE
    renderer: str = AUTO


def build_avatar(
    name_or_folder: str,
    *,
    generator: str = AUTO,
    look: Look | None = None,
    cache: Path | None = None,
    look_ahead: int | None = None,
    model: str = EMBEDDED,
    official: OfficialConfig | None = None,
) -> Avatar:
    """An avatar that ships or a bundle's folder, with a generator as `build_generator` takes it.

    `look_ahead` is how many ticks of its own voice a learned generator hears ahead: none of a live
    voice, as many as it can by default. A `model` other than the embedded one brings its own parts,
    and the avatar may be a photo then, run as `official` says; for a conversation, see
    `require_pace`.
    """
    shown = look or Look()
    if model != EMBEDDED:
        if shown.framing != "square":
            raise UnknownPart(f"{model} draws squares, not {shown.framing}")
        folder, config = checkpoints_of(model), official or OfficialConfig()
        return build_official(folder, name_or_folder, build_finder, shown.size, config)
    renderer = build_renderer(name_or_folder, shown, cache)
    return Avatar(
        name=renderer.name,
        licence=renderer.licence,
        generator=build_generator(generator, look_ahead),
        renderer=renderer,
        rest=ARKIT58.rest,
    )


def build_renderer(
    name_or_folder: str, look: Look, cache: Path | None = None
) -> WarpRenderer | FlowRenderer:
    """What draws an avatar. Raises UnknownPart for a renderer or a framing that there is not."""
    kind, _, weights = look.renderer.partition(":")
    part, folder = find_part(PARTS, "renderer", kind), bundle_folder(name_or_folder)
    if part.config is not FlowConfig:
        if weights:
            raise UnknownPart(f"{look.renderer!r}: only a neural renderer has weights to choose")
        config = WarpConfig(folder, cache, look.size, look.framing, look.effects)
        warp: WarpRenderer = part.build(config)
        return warp
    if look.framing != "square":
        raise UnknownPart(f"the renderer {kind} draws squares, not {look.framing}")
    flow: FlowRenderer = part.build(FlowConfig(folder, weights or SMALL, look.size))
    return flow


def build_generator(name: str, look_ahead: int | None = None) -> MotionGenerator[Any]:
    """What makes the motion: `auto`, `rules`, `learned`, or `learned:` and a name or a folder."""
    kind, _, model = name.partition(":")
    part = find_part(PARTS, "generator", kind)
    if model and part.config is not LearnedConfig:
        raise UnknownPart(f"{name!r}: only a learned generator has weights to choose")
    config = part.config(model) if model else part.config()
    if isinstance(config, LearnedConfig):
        config = replace(config, look_ahead=look_ahead)
    generator: MotionGenerator[Any] = part.build(config)
    return generator


def find_voice(name: str) -> Part:
    """The row of a voice by `engine` or `engine:voice`; its `config()` is that of the voice.

    Raises UnknownPart and PartUnavailable; VoiceError for a name that no voice can have.
    """
    engine, _, voice = name.partition(":")
    if not voice:
        return find_part(PARTS, "voice", engine or AUTO)
    row = next((row for row in PARTS if (row.kind, row.name) == ("voice", engine)), None)
    if row is None or row.takes is None:
        if any(char.isspace() for char in voice):
            raise VoiceError(f"{name!r}: a voice is named as engine:voice, without spaces")
        row = find_part(PARTS, "voice", engine)
    return replace(row, config=partial(row.config, voice=voice), probe=lambda: None)


def build_voice(name: str) -> Voice:
    """A voice by `engine` or `engine:voice`, such as `espeak:en-gb-x-rp` or `flite:slt`."""
    part = find_voice(name)
    voice: Voice = part.build(part.config())
    return voice


def build_tracker(name: str = "auto") -> UserTracker[Any]:
    """What sees the user's face in pictures."""
    part = find_part(PARTS, "tracker", name)
    tracker: UserTracker[Any] = part.build(part.config())
    return tracker


def build_finder() -> PortraitFinder:
    """What finds the face of a photo."""
    return PortraitFinder(FaceNetworks(TRACKER), PortraitNetwork(TRACKER))


def use_one_core() -> None:
    """Keep OpenCV and numpy to the calling thread, so that sessions share the cores and not their
    time: threads of a BLAS beside a busy neighbour take ten times as long as one.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")


def share_interpreter() -> None:
    """Let threads of Python take turns every two milliseconds instead of every five.

    Drawing gives the interpreter away at each of its hundred steps and has to get it back: beside
    one busy thread, a picture of 7 ms would take 100.
    """
    sys.setswitchinterval(2e-3)


def share_memory() -> None:
    """Let threads share memory that was freed: glibc keeps it for each of up to eight a core.

    To be called before there are threads. Saves 20 MB of a conversation's 500, which otherwise come
    with the second visitor; another C library has its own ways.
    """
    allocator = getattr(ctypes.CDLL(None), "mallopt", None)
    if allocator is not None:
        allocator(M_ARENA_MAX, max(2, os.cpu_count() or 2))
