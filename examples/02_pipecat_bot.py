"""A pipecat bot with a face. Ears, answers and voice are services as ever; four lines are new.

python examples/02_pipecat_bot.py -t webrtc        # then open http://localhost:7860/client

It needs no key: without OPENAI_API_KEY or OPENAI_BASE_URL it answers from a receptionist's pages.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.runner.types import RunnerArguments, SmallWebRTCRunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from agent.knowledge.endpoint import MODEL, knowledge_app
from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import Responder
from agent.nodes import AvatarService
from agent.services.llm.openai import Endpoint, build_llm
from agent.services.stt.pocketsphinx import PocketSphinxSTTService
from agent.services.tts.embedded import EmbeddedTTSService
from agent.transports.webrtc import FaceWebRTCTransport
from pipelines.build import build_avatar, build_voice
from pipelines.loopback import loopback


async def bot(runner_args: RunnerArguments) -> None:
    """One conversation; pipecat's runner calls it for each client that connects."""
    avatar = build_avatar("ana")
    face = AvatarService(avatar)  # 1: the face
    params = AvatarService.transport_params(avatar)  # 2: how a transport carries it
    if isinstance(runner_args, SmallWebRTCRunnerArguments):  # stock, it would play at 0.83 speed
        transport = FaceWebRTCTransport(runner_args.webrtc_connection, params)
    else:
        transport = await create_transport(runner_args, {"webrtc": lambda: params})
    ends = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
    hearing = LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=ends)
    context = LLMContextAggregatorPair(LLMContext(), user_params=hearing)
    async with endpoint() as answers:
        pipeline = Pipeline(
            [
                transport.input(),
                face.user_tap(),  # 3: it hears the user before anybody else
                PocketSphinxSTTService(),
                context.user(),
                build_llm(answers),
                EmbeddedTTSService(lambda: build_voice("auto")),
                face,  # 4: it speaks, behind any TTS service
                transport.output(),
                context.assistant(),
            ]
        )
        worker = PipelineWorker(pipeline, idle_timeout_secs=None)

        @transport.event_handler("on_client_disconnected")
        async def leave(*_: object) -> None:  # pyright: ignore[reportUnusedFunction]
            await worker.cancel()

        runner = WorkerRunner(handle_sigint=runner_args.handle_sigint)
        await runner.add_workers(worker)
        await runner.run()


@asynccontextmanager
async def endpoint() -> AsyncGenerator[Endpoint]:
    """The language model of the environment, or the receptionist's pages when there is none."""
    if os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"):
        yield Endpoint.from_environment("Answer in one or two short sentences, to be spoken.")
        return
    receptionist = Responder(load_knowledge(RECEPTION))
    async with loopback(knowledge_app(lambda: receptionist)) as address:
        yield Endpoint(f"{address}/v1", model=MODEL)


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
