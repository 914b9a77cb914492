"""From a configuration to a server that can start a session at once."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loguru import logger
from openai import AsyncOpenAI

from agent.knowledge.endpoint import OnReply, knowledge_app, model_of
from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.watching import WatchedKnowledge
from agent.knowledge.zone import wall_clock
from agent.services.catalogue import find_service
from agent.services.custom import CustomService, custom_class
from agent.services.llm.openai import Endpoint
from agent.services.llm.tools import CITED
from agent.services.models import find_piper
from agent.turns.manners import Manners
from agent.turns.phrases import PHRASES
from avatar.avatar import Avatar
from avatar.errors import PartUnavailable, VisavisError
from avatar.parts import AUTO, EMBEDDED, find_part
from avatar.voices.base import speak
from pipelines.admission import Admission
from pipelines.build import Look, build_avatar, build_voice, find_voice
from pipelines.build.cast import Cast, Tongue
from pipelines.build.conversation import VOICE_RATE
from pipelines.build.official import OFFICIAL, require_pace
from pipelines.catalogue import PARTS
from pipelines.config import LanguageConfig, ServeConfig
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.licences import refused_of, spoken_with
from pipelines.loopback import loopback
from pipelines.sessions import Sessions

LIVELINESS = {"off": 0.0, "composed": 0.5, "lively": 1.0}
"""Of what listeners of a language usually say."""


def chosen_cast(config: ServeConfig) -> Cast:
    """The parts that a configuration names, where `auto` is decided.

    Raises UnknownPart, PartUnavailable, KnowledgeError when there is nothing to answer from in a
    language, and what the avatar's bundle may raise.
    """
    llm = _named("llm", config.llm)
    if llm == "knowledge" or config.knowledge is not None:
        knowledge = load_knowledge(config.knowledge or RECEPTION)
        if llm == "knowledge":
            for code in (config.language, *config.languages):
                knowledge.within(code)
    face = _face(config)
    return Cast(
        avatar=face.avatar,
        generator=face.generator,
        renderer=face.renderer,
        tracker=face.tracker,
        tongues=_tongues(config),
        llm=llm,
        endpoint=config.endpoint.endpoint(config.instructions),
        manners=_manners(config),
        look=config.look,
        traced=bool(config.tracing),
    )


class _Face(NamedTuple):
    """An avatar, and the names of the parts that move it, draw it, and see for it."""

    avatar: Avatar
    generator: str
    renderer: str
    tracker: str = "network"


def _face(config: ServeConfig) -> _Face:
    """The avatar that a configuration names.

    Raises PartUnavailable for a model that is too slow here to talk with.
    """
    look = Look(config.size, config.framing, renderer=config.renderer)
    if config.model != EMBEDDED:
        avatar = build_avatar(
            config.avatar, look=look, model=config.model, official=config.official
        )
        require_pace(avatar, config.model)
        return _Face(avatar, generator=OFFICIAL, renderer=OFFICIAL, tracker=OFFICIAL)
    mind, chosen, model = config.generator.partition(":")
    generator = find_part(PARTS, "generator", mind or AUTO).name + chosen + model
    kind, chosen, weights = config.renderer.partition(":")
    renderer = find_part(PARTS, "renderer", kind or AUTO).name + chosen + weights
    return _Face(build_avatar(config.avatar, generator=generator, look=look), generator, renderer)


def _tongues(config: ServeConfig) -> dict[str, Tongue]:
    """The languages, the first before the others."""
    first = LanguageConfig(stt=config.stt, voice=config.voice, phrases=config.phrases)
    chosen = {config.language: first, **config.languages}
    return {code: _tongue(code, block, config.kiosk) for code, block in chosen.items()}


def _tongue(code: str, block: LanguageConfig, kiosk: KioskConfig | None) -> Tongue:
    """A kiosk's page has a way for those whom nobody here can hear."""
    ears = _named("stt", block.stt)
    if ears == "pocketsphinx" and code != "en" and kiosk is not None:
        ears = None
    if ears == "pocketsphinx" and code != "en":
        raise PartUnavailable(
            f"the embedded ears know English only, not {PHRASES[code].name}: `visavis fetch "
            f"whisper:base` brings others, or name a service as `stt` of {code!r}"
        )
    told = {name: text for name, text in block.phrases if text is not None}
    tongue = Tongue(ears, _named_voice(code, block.voice), replace(PHRASES[code], **told))
    if kiosk is not None and block.voice == AUTO:
        return _for_business(code, tongue, kiosk.licence_rights)
    return tongue


def _for_business(code: str, tongue: Tongue, rights: Collection[str]) -> Tongue:
    """A voice that nobody chose and that a business may not use gives way to an embedded one."""
    refused = refused_of(spoken_with(replace(tongue, stt=None)), rights)
    if not refused:
        return tongue
    names = ", ".join(one.name for one in refused)
    logger.warning(
        f"the voice {tongue.voice} is not used: its licence ({names}) does not allow business; "
        "name it in kiosk.licence_rights if you have a right"
    )
    embedded = f"espeak:{code}"
    if code == "en":
        with suppress(PartUnavailable):
            embedded = find_voice("flite").name
    return replace(tongue, voice=embedded)


def _named(kind: str, choice: str | CustomService) -> str | CustomService:
    """The choice, where `auto` is decided and what is chosen can run here."""
    if isinstance(choice, CustomService):
        custom_class(kind, choice)
        return choice
    _, separator, model = choice.partition(":")
    part = find_service(kind, choice)
    part.config()
    return part.name + separator + model


def _named_voice(code: str, choice: str | CustomService) -> str | CustomService:
    """English has the best voice that is here, other languages Piper's or espeak's."""
    if isinstance(choice, CustomService):
        custom_class("tts", choice)
        return choice
    engine, separator, voice = choice.partition(":")
    if (engine or AUTO) == AUTO and code != "en":
        return (
            f"espeak:{code}" if (natural := find_piper(f"{code}_*")) is None else f"piper:{natural}"
        )
    return find_voice(choice).name + separator + voice


def _manners(config: ServeConfig) -> Manners:
    rate = PHRASES[config.language].backchannels_a_minute * LIVELINESS[config.backchannels]
    return replace(config.conversation, backchannels_a_minute=rate)


@asynccontextmanager
async def with_answers(
    config: ServeConfig,
    cast: Cast,
    on_reply: OnReply | None = None,
    on_problems: Callable[[Sequence[str]], None] | None = None,
) -> AsyncGenerator[Cast]:
    """The cast with an endpoint that answers while the context lasts.

    `on_reply` is told of each of the embedded answers, `on_problems` of all that is wrong with the
    pages. Raises KnowledgeError when the folder of knowledge cannot be used.
    """

    def warn(problems: Sequence[str]) -> None:
        _warn(problems)
        if on_problems is not None:
            on_problems(problems)

    if cast.llm != "knowledge" and config.knowledge is None:
        yield cast
        return
    embedded = cast.llm == "knowledge"
    spoken = tuple(cast.tongues) if embedded else ()
    watched = WatchedKnowledge(config.knowledge or RECEPTION, warn, spoken, _clock(config))
    stop = asyncio.Event()
    watching = asyncio.create_task(watched.watch(stop))
    try:
        if not embedded:
            told = f"{config.instructions} {CITED}"
            endpoint = replace(cast.endpoint, instructions=told)
            yield replace(
                cast,
                endpoint=endpoint,
                pages=lambda: watched,
                responders=lambda: watched.responders,
            )
            return
        app = knowledge_app(
            lambda: watched.responder, languages=lambda: watched.responders, on_reply=on_reply
        )
        async with loopback(app) as address:
            model = model_of(cast.language)
            yield replace(
                cast,
                endpoint=Endpoint(base_url=f"{address}/v1", model=model),
                responders=lambda: watched.responders,
            )
    finally:
        stop.set()
        await watching


def _clock(config: ServeConfig) -> Callable[[], datetime]:
    """The time of day where the visitors are."""
    return wall_clock(None if config.kiosk is None else config.kiosk.time_zone)


async def warm_up(cast: Cast, sessions: Sessions, admission: Admission) -> None:
    """Do once what the first session would have to wait for, then open the doors.

    What fails here is told by `/readyz` and in the log; the process lives on.
    """
    try:
        await asyncio.gather(
            asyncio.to_thread(_draw, cast.avatar),
            asyncio.to_thread(_say, cast),
            _ask(cast),
        )
        # What is loaded by now stays: to look it all through takes the garbage collector a quarter
        # of a second, in which no session would get a picture.
        gc.collect()
        gc.freeze()
        await sessions.prepare()
    except VisavisError as error:
        logger.error(f"no session can start: {error}")
        admission.reasons = (str(error),)
    except Exception as error:
        logger.exception("no session can start")
        admission.reasons = (f"starting failed: {type(error).__name__}: {error}",)
        raise
    else:
        admission.ready()


def _draw(avatar: Avatar) -> None:
    avatar.session(voice_rate=VOICE_RATE).step()


def _say(cast: Cast) -> None:
    for tongue in cast.tongues.values():
        if isinstance(tongue.voice, str):
            with closing(build_voice(tongue.voice)) as voice:
                speak(voice, "Hello.")


async def _ask(cast: Cast) -> None:
    """Load what the client loads at its first question; only the embedded answers are asked."""
    async with AsyncOpenAI(api_key="none", base_url=cast.endpoint.base_url) as client:
        completions = client.chat.completions
        if cast.llm == "knowledge":
            asked = completions.stream(
                model=cast.endpoint.model, messages=[{"role": "user", "content": "Hello."}]
            )
            async with asked as answer:
                async for _ in answer:
                    pass


def _warn(problems: Sequence[str]) -> None:
    for problem in problems:
        logger.warning(f"knowledge: {problem}")
