"""The ears and the answers that can be chosen, a row for each, the better first."""

import os
from dataclasses import replace
from functools import partial

from agent.services.custom import CustomService
from agent.services.llm.openai import Endpoint, build_llm
from agent.services.models import find_whisper
from agent.services.stt.pocketsphinx import PocketSphinxConfig, PocketSphinxSTTService
from agent.services.stt.whisper import LocalWhisperSTTService, WhisperConfig
from avatar.errors import PartUnavailable, UnknownPart
from avatar.parts import Part, find_part

BETTER_EARS = (
    "The embedded ears know English only and mishear a word now and then; typing always works. "
    "For better ears: visavis fetch recommended"
)
BETTER_ANSWERS = (
    "Answers come from a folder of Markdown (visavis serve --knowledge DIR). For a language model "
    "set OPENAI_API_KEY, or OPENAI_BASE_URL for one of your own"
)


def _always() -> None:
    return None


def _needs_whisper() -> str | None:
    if find_whisper() is None:
        return "no Whisper model on this machine: visavis fetch recommended"
    return None


def _whisper_here(model: str | None = None) -> WhisperConfig:
    folder = find_whisper(model)
    if folder is None and model is not None:
        raise PartUnavailable(
            f"no Whisper model {model!r} on this machine: visavis fetch whisper:{model}"
        )
    if folder is None:
        raise PartUnavailable("the Whisper model is gone: visavis fetch recommended")
    return WhisperConfig(folder)


def _needs_endpoint() -> str | None:
    if os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"):
        return None
    return "neither OPENAI_API_KEY nor OPENAI_BASE_URL is set"


def find_service(kind: str, choice: str | CustomService) -> Part:
    """The row of a service that is chosen: by a name, by `name:model`, or by a class.

    Its `config()` is that of the model. Raises UnknownPart and PartUnavailable.
    """
    if isinstance(choice, CustomService):
        return choice.part(kind)
    name, _, model = choice.partition(":")
    if not model:
        return find_part(SERVICES, kind, name)
    row = next((row for row in SERVICES if (row.kind, row.name) == (kind, name)), None)
    if row is None or row.takes is None:
        found = find_part(SERVICES, kind, name)
        raise UnknownPart(f"the {kind} {found.name!r} has no models to choose: {choice!r}")
    config = partial(row.config, model)
    return replace(row, config=config, probe=_always)


SERVICES: tuple[Part, ...] = (
    Part(
        kind="stt",
        name="whisper",
        title="faster-whisper with a model on disk, in a worker process",
        config=_whisper_here,
        takes="a model's name or folder",
        extra=None,
        licence="MIT",
        probe=_needs_whisper,
        build=LocalWhisperSTTService,
    ),
    Part(
        kind="stt",
        name="pocketsphinx",
        title="pocketsphinx with its bundled model, English, in a worker process",
        config=PocketSphinxConfig,
        extra=None,
        licence="BSD",
        probe=_always,
        build=PocketSphinxSTTService,
        advice=BETTER_EARS,
    ),
    Part(
        kind="llm",
        name="openai",
        title="an OpenAI-compatible language model",
        config=Endpoint,
        extra=None,
        licence="of its provider",
        probe=_needs_endpoint,
        build=build_llm,
    ),
    Part(
        kind="llm",
        name="knowledge",
        title="answers from a folder of Markdown, no model",
        config=Endpoint,
        extra=None,
        licence="Apache-2.0",
        probe=_always,
        build=build_llm,
        advice=BETTER_ANSWERS,
    ),
)
