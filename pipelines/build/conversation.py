"""Putting a conversation together: the list of processors can be read here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.service_switcher import ServiceSwitcher
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language
from pipecat.transports.base_transport import BaseTransport

from agent.knowledge.endpoint import model_of
from agent.nodes import (
    Answers,
    AvatarService,
    Forgetting,
    LanguageChoice,
    SignalsEnd,
    UserCamera,
    UserCaptions,
)
from agent.nodes.languages import Spoken, instructed
from agent.protocol.events.session import AvatarFacts
from agent.services.catalogue import find_service
from agent.services.custom import CustomService
from agent.services.llm.client_functions import ClientFunctions
from agent.services.llm.tools import offer_languages, offer_look, offer_pages
from agent.services.stt.streamed import StreamedSTTService
from agent.services.stt.whisper import WhisperConfig
from agent.services.tts.embedded import EmbeddedTTSService
from agent.transports.rtvi import FaceRTVI, RTVIEvents, RTVIRequests
from agent.turns.coordinator import TurnCoordinator
from agent.turns.performing import draws
from agent.turns.strategies import floor_strategies
from avatar.clock import SAMPLE_RATE
from avatar.tracking.base import UserTracker
from pipelines.build.cast import Cast, Tongue
from pipelines.build.face import build_tracker, build_voice
from pipelines.build.reception import Reception, build_reception

VOICE_RATE = 24_000
"""Samples a second of what the avatar says, on all transports."""

SPEECH = VADParams(confidence=0.7, start_secs=0.2, stop_secs=0.2, min_volume=0.3)
"""When sound is speech. The volume is half of pipecat's: visitors stand away from a kiosk."""

SOUND = VADParams(confidence=0.7, start_secs=0.064, stop_secs=0.1, min_volume=0.1)
"""When sound may become speech: two windows of the detector, so that the avatar holds at once, and
three until it is over, so that a short word is known to be short."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What of a conversation takes long to make: small models, and a client with certificates."""

    voice_activity: SileroVADAnalyzer
    ear: SileroVADAnalyzer
    turns: LocalSmartTurnAnalyzerV3
    tracker: UserTracker[Any]
    ears: tuple[STTService, ...]
    llm: LLMService[Any]


def load(cast: Cast) -> Loaded:
    """Load it; takes two tenths of a second, so call it outside of an event loop."""
    return Loaded(
        voice_activity=SileroVADAnalyzer(params=SPEECH),
        ear=SileroVADAnalyzer(params=SOUND),
        turns=LocalSmartTurnAnalyzerV3(),
        tracker=cast.avatar.tracker(build_tracker(_sees(cast))),
        ears=_ears(cast),
        llm=_llm(cast),
    )


def prepare_ears(loaded: Loaded) -> None:
    """Load the recognisers' models, if that is not done; takes half a second.

    Raises as `StreamedSTTService.prepare` does.
    """
    for each in loaded.ears:
        if isinstance(each, StreamedSTTService):
            each.prepare()


def let_go(loaded: Loaded) -> None:
    """End what was loaded for a conversation that did not come."""
    for each in loaded.ears:
        if isinstance(each, StreamedSTTService):
            each.let_go()


def build_conversation(
    cast: Cast,
    loaded: Loaded,
    transport: BaseTransport,
    *,
    seed: int = 0,
    rtvi: AvatarFacts | None = None,
    watch: FrameProcessor | None = None,
) -> PipelineWorker:
    """A conversation over a transport, ready to run; `rtvi` is what pipecat's own clients know.

    `watch` sees what the avatar does.
    """
    face = AvatarService(cast.avatar, seed=seed)
    camera = UserCamera(loaded.tracker)
    voices = tuple(_speaks(tongue) for tongue in cast.tongues.values())
    reception = _reception(cast, loaded, voices)
    tools = [*_tools(cast, loaded, camera), *reception.tools]
    context = LLMContext(tools=ToolsSchema(standard_tools=[*tools]))
    aggregators = LLMContextAggregatorPair(context, user_params=_hears(loaded))
    pipeline = Pipeline(
        [
            transport.input(),
            *([] if rtvi is None else [RTVIRequests(rtvi)]),
            camera,
            face.user_tap(),
            *_one_of(loaded.ears),
            *_choice(cast, loaded, voices),
            *reception.before_turns,
            _takes_turns(cast, loaded, seed),
            *reception.behind_turns,
            UserCaptions(),
            *reception.behind_captions,
            ClientFunctions(loaded.llm, tools),
            aggregators.user(),
            SignalsEnd(),
            loaded.llm,
            Answers(),
            *_one_of(voices),
            face,
            *([] if watch is None else [watch]),
            *([] if rtvi is None else [RTVIEvents()]),
            transport.output(),
            aggregators.assistant(),
            *([] if cast.desk is None else [Forgetting(context)]),
        ]
    )
    return _worker(cast, pipeline, rtvi=rtvi is not None)


def _worker(cast: Cast, pipeline: Pipeline, *, rtvi: bool) -> PipelineWorker:
    return PipelineWorker(
        pipeline,
        params=PipelineParams(
            audio_in_sample_rate=SAMPLE_RATE,
            audio_out_sample_rate=VOICE_RATE,
            enable_metrics=cast.traced,
        ),
        idle_timeout_secs=None,
        enable_rtvi=rtvi,
        rtvi_processor=FaceRTVI() if rtvi else None,
        enable_tracing=cast.traced,
        # It looks at each frame at each processor.
        enable_turn_tracking=cast.traced,
    )


def _sees(cast: Cast) -> str:
    """The tracker that tells where the face is, for an avatar that has eyes of its own too."""
    return cast.tracker if cast.avatar.eyes is None else "network"


def _built(kind: str, choice: str | CustomService) -> Any:
    part = find_service(kind, choice)
    return part.build(part.config())


def _llm(cast: Cast) -> LLMService[Any]:
    if isinstance(cast.llm, CustomService):
        return _built("llm", cast.llm)
    endpoint, told = cast.endpoint, cast.endpoint.instructions
    if told is not None and tuple(cast.tongues) != ("en",):
        endpoint = replace(endpoint, instructions=instructed(told, cast.language))
    return find_service("llm", cast.llm).build(endpoint)


def _ears(cast: Cast) -> tuple[STTService, ...]:
    """The recognisers: one for all languages, or one for each."""
    languages = tuple(Language(code) for code in cast.tongues)
    if cast.ears_shared and cast.first.stt is not None:
        return (_understands(cast.first.stt, languages),)
    tongues = zip(languages, cast.tongues.values(), strict=True)
    return tuple(
        _understands(tongue.stt, (language,))
        for language, tongue in tongues
        if tongue.stt is not None
    )


def _understands(choice: str | CustomService, languages: tuple[Language, ...]) -> STTService:
    part = find_service("stt", choice)
    config = part.config()
    if isinstance(config, WhisperConfig):
        config = replace(config, languages=languages)
    return part.build(config)


def _speaks(tongue: Tongue) -> TTSService:
    if isinstance(tongue.voice, CustomService):
        return _built("tts", tongue.voice)
    name = tongue.voice
    return EmbeddedTTSService(lambda: build_voice(name), rehearsed=tongue.phrases.backchannels)


def _one_of(services: Sequence[FrameProcessor]) -> list[FrameProcessor]:
    """A service, or several of which one works at a time."""
    return [*services] if len(services) < 2 else [ServiceSwitcher([*services])]


def _takes_turns(cast: Cast, loaded: Loaded, seed: int) -> TurnCoordinator:
    return TurnCoordinator(
        ear=loaded.ear,
        turns=loaded.turns,
        manners=cast.manners,
        phrases={code: tongue.phrases for code, tongue in cast.tongues.items()},
        language=cast.language,
        chance=draws(seed),
    )


def _reception(cast: Cast, loaded: Loaded, voices: Sequence[TTSService]) -> Reception:
    embedded = cast.llm == "knowledge"
    llm, ears = loaded.llm, loaded.ears
    return build_reception(cast.desk, cast.endpoint, ears, voices, llm, embedded=embedded)


def _choice(cast: Cast, loaded: Loaded, voices: Sequence[TTSService]) -> list[LanguageChoice]:
    """What changes the language, where there are several."""
    if len(cast.tongues) == 1:
        return []
    own = iter(() if cast.ears_shared else loaded.ears)
    spoken = {
        code: Spoken(
            voice,
            None if cast.ears_shared or cast.tongues[code].stt is None else next(own),
            model_of(code) if cast.llm == "knowledge" else None,
        )
        for code, voice in zip(cast.tongues, voices, strict=True)
    }
    told = cast.endpoint.instructions or ""
    return [LanguageChoice(spoken, cast.language, instructions=told, detects=cast.ears_shared)]


def _tools(cast: Cast, loaded: Loaded, camera: UserCamera) -> list[FunctionSchema]:
    """The embedded answers need none: they are the pages."""
    offered: list[FunctionSchema] = []
    if cast.llm != "knowledge":
        if cast.look:
            offered.append(offer_look(loaded.llm, camera.photo))
        if cast.pages is not None:
            offered.append(offer_pages(loaded.llm, cast.pages))
        if len(cast.tongues) > 1:
            offered.append(offer_languages(loaded.llm, tuple(cast.tongues)))
    return offered


def _hears(loaded: Loaded) -> LLMUserAggregatorParams:
    return LLMUserAggregatorParams(
        vad_analyzer=loaded.voice_activity,
        user_turn_strategies=floor_strategies(),
        empty_user_turn=None,
    )
