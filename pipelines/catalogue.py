"""The parts of a face and its voice, a row for each; `auto` takes the first that can run here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agent.services.models import find_landmarker, find_piper, models_folder
from avatar.assets import TRACKER, generator_folder, shipped_generators
from avatar.assets.autoencoders import autoencoder_folder
from avatar.errors import PartUnavailable
from avatar.generator.learned import LearnedGenerator
from avatar.generator.package import load_generator
from avatar.generator.rules import RuleBasedGenerator
from avatar.parts import Part
from avatar.rendering.bundle import Bundle, load_bundle, scaled
from avatar.rendering.effects import WHOLE, Effects
from avatar.rendering.flow import FlowNetworks, FlowRenderer
from avatar.rendering.framing import Framing
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.landmarker import (
    INSTALL,
    MediaPipeTracker,
    is_installed,
    open_landmarker,
)
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.tracker import FaceTracker
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from avatar.voices.festival import FestivalConfig, FestivalVoice
from avatar.voices.flite import FliteConfig, FliteVoice
from avatar.voices.piper import PiperConfig, PiperVoice
from avatar.voices.sentence_speech import require_program

BETTER_VOICE = "For a natural voice: visavis fetch recommended"


@dataclass(frozen=True, slots=True)
class NothingToConfigure:
    """Of parts that have no settings."""


@dataclass(frozen=True, slots=True)
class LearnedConfig:
    """A learned generator by name or folder; motions a step, and ticks of the own voice ahead."""

    model: str = "embedded"
    block: int = 1
    look_ahead: int | None = None


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """Networks of a tracker by their folder."""

    model: Path = TRACKER


@dataclass(frozen=True, slots=True)
class WarpConfig:
    """The portrait warp renderer of a bundle; `cache` None is the user's cache folder.

    `size` is the height of the picture in pixels, None for the portrait's own.
    """

    folder: Path
    cache: Path | None = None
    size: int | None = None
    framing: Framing = "square"
    effects: Effects = WHOLE


@dataclass(frozen=True, slots=True)
class FlowConfig:
    """The flow renderer of a bundle with an auto-encoder by name or folder; `size` is the height of
    the picture in pixels, None for the portrait's own.
    """

    folder: Path
    model: str = "small"
    size: int | None = None


def _always() -> None:
    return None


def _needs_weights() -> str | None:
    if not shipped_generators():
        return "no weights ship with this version: visavis train motion makes them"
    return None


def _build_learned(config: LearnedConfig) -> LearnedGenerator:
    return load_generator(
        generator_folder(config.model), block=config.block, look_ahead=config.look_ahead
    )


def _with_its_model() -> str:
    return "it comes with its model: --model official:FOLDER (docs/models.md)"


def _build_with_its_model(_: NothingToConfigure) -> None:
    raise PartUnavailable(_with_its_model())


def _official(kind: str, name: str, title: str) -> Part:
    """A part that is made with others of its model, by `pipelines.build.official`."""
    return Part(
        kind=kind,
        name=name,
        title=title,
        config=NothingToConfigure,
        extra="official",
        licence="CC-BY-NC-4.0",
        probe=_with_its_model,
        build=_build_with_its_model,
    )


def _needs_program(program: str, package: str) -> Callable[[], str | None]:
    def probe() -> str | None:
        try:
            require_program(program, package)
        except PartUnavailable as missing:
            return str(missing)
        return None

    return probe


def _needs_piper() -> str | None:
    if find_piper() is None:
        return "no Piper voice on this machine: visavis fetch recommended"
    return None


def _piper_here(voice: str | None = None) -> PiperConfig:
    model = find_piper(voice)
    if model is None and voice is not None:
        raise PartUnavailable(f"no Piper voice {voice!r} here: visavis fetch piper:{voice}")
    if model is None:
        raise PartUnavailable("the Piper voice is gone: visavis fetch recommended")
    return PiperConfig(model)


def _mediapipe_here(model: Path | None = None) -> Path:
    found = find_landmarker() if model is None else model
    if found is None:
        raise PartUnavailable("the model of MediaPipe's FaceLandmarker is gone")
    return found


def _needs_mediapipe() -> str | None:
    if not is_installed():
        return f"MediaPipe is not installed: {INSTALL}"
    if find_landmarker() is None:
        return f"no model: put face_landmarker.task into {models_folder()}"
    return None


@cache
def _face_networks(folder: Path) -> FaceNetworks:
    """One set of weights for all sessions."""
    return FaceNetworks(folder)


def _sized_bundle(folder: Path, height: int | None) -> Bundle:
    bundle = load_bundle(folder)
    return bundle if height is None else scaled(bundle, height)


def _build_renderer(config: WarpConfig) -> WarpRenderer:
    bundle = _sized_bundle(config.folder, config.size)
    return WarpRenderer.of(bundle, config.cache, framing=config.framing, effects=config.effects)


@cache
def _flow_networks(folder: Path) -> FlowNetworks:
    """One set of weights for all portraits."""
    return FlowNetworks(folder)


def _build_flow(config: FlowConfig) -> FlowRenderer:
    bundle = _sized_bundle(config.folder, config.size)
    return FlowRenderer(_flow_networks(autoencoder_folder(config.model)), bundle)


PARTS: tuple[Part, ...] = (
    Part(
        kind="generator",
        name="learned",
        title="trained motion generator, one CPU core",
        config=LearnedConfig,
        extra=None,
        licence="Apache-2.0",
        probe=_needs_weights,
        build=_build_learned,
    ),
    Part(
        kind="generator",
        name="rules",
        title="behaviour rules, no learned part",
        config=NothingToConfigure,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=lambda _: RuleBasedGenerator(),
    ),
    _official("generator", "official", "Avatar Forcing's transformer, on a GPU"),
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
    _official("renderer", "official", "Avatar Forcing's decoder, on a GPU"),
    Part(
        kind="renderer",
        name="neural",
        title="a small auto-encoder's flow moves the portrait, one CPU core",
        config=FlowConfig,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=_build_flow,
    ),
    Part(
        kind="tracker",
        name="network",
        title="the user's head, gaze and expression, one CPU core",
        config=TrackerConfig,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=lambda config: FaceTracker(_face_networks(config.model)),
    ),
    _official("tracker", "official", "Avatar Forcing's encoder beside the embedded tracker"),
    Part(
        kind="tracker",
        name="mediapipe",
        title="MediaPipe's FaceLandmarker with a model on disk",
        config=_mediapipe_here,
        extra=None,
        licence="Apache-2.0",
        probe=_needs_mediapipe,
        build=lambda model: MediaPipeTracker(open_landmarker(model)),
    ),
    Part(
        kind="voice",
        name="piper",
        title="Piper with a voice on disk, in a worker process",
        config=_piper_here,
        takes="a voice's name or file",
        extra=None,
        licence="GPL-3.0",
        probe=_needs_piper,
        build=PiperVoice,
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
        advice=BETTER_VOICE,
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
        advice=BETTER_VOICE,
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
        advice=BETTER_VOICE,
    ),
)
