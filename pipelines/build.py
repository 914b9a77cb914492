"""The composition root: the only place where parts are put together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from avatar.assets import bundle_folder
from avatar.avatar import Avatar
from avatar.errors import PartUnavailable, VoiceError
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58
from avatar.parts import Part, find_part
from avatar.rendering.bundle import load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.voices.base import Voice
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from avatar.voices.festival import FestivalConfig, FestivalVoice
from avatar.voices.flite import FliteConfig, FliteVoice
from avatar.voices.sentence_speech import require_program


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """The rule-based generator has nothing to configure."""


@dataclass(frozen=True, slots=True)
class WarpConfig:
    """The portrait warp renderer of a bundle; `cache` None is the user's cache folder."""

    folder: Path
    cache: Path | None = None


def _always() -> None:
    return None


def _needs_program(program: str, package: str) -> Callable[[], str | None]:
    def probe() -> str | None:
        try:
            require_program(program, package)
        except PartUnavailable as missing:
            return str(missing)
        return None

    return probe


def _build_renderer(config: WarpConfig) -> WarpRenderer:
    return WarpRenderer.of(load_bundle(config.folder), config.cache)


PARTS: tuple[Part, ...] = (
    Part(
        kind="generator",
        name="rules",
        title="behaviour rules, no learned part",
        config=RulesConfig,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=lambda _: RuleBasedGenerator(),
    ),
    Part(
        kind="renderer",
        name="warp",
        title="portrait warp, one CPU core",
        config=WarpConfig,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=_build_renderer,
    ),
    Part(
        kind="voice",
        name="espeak",
        title="espeak-ng, a hundred languages, in a worker process",
        config=EspeakConfig,
        extra=None,
        licence="GPL-3.0",
        probe=_always,
        build=EspeakVoice,
    ),
    Part(
        kind="voice",
        name="flite",
        title="flite, English",
        config=FliteConfig,
        extra=None,
        licence="BSD",
        probe=_needs_program("flite", "flite"),
        build=FliteVoice,
    ),
    Part(
        kind="voice",
        name="festival",
        title="festival, English",
        config=FestivalConfig,
        extra=None,
        licence="BSD",
        probe=_needs_program("festival", "festival"),
        build=FestivalVoice,
    ),
)


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


def use_one_core() -> None:
    """Keep OpenCV to the calling thread, so that sessions share the cores and not their time."""
    cv2.setNumThreads(1)
