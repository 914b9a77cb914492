"""pipecat's own evals of the voice assistant: its pipeline behind their transport.

python -m tests.pipelines.evals
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, WebSocket
from pipecat.evals.fastapi_transport import EvalFastAPIWebsocketTransport
from pipecat.evals.scenario import EvalScenarioFile, EvalScriptScenario
from pipecat.evals.session import EvalSession, EvalSessionParams
from pipecat.evals.transport import EvalTransportParams
from pipecat.runner.types import WebSocketRunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.workers.runner import WorkerRunner

from pipelines.build.conversation import build_conversation, load
from pipelines.capabilities import capabilities
from pipelines.config import ServeConfig
from pipelines.loopback import loopback
from pipelines.readiness import chosen_cast, with_answers

SCENARIOS = Path(__file__).with_name("assistant.yaml")


@asynccontextmanager
async def assistant() -> AsyncGenerator[str]:
    """The assistant behind an address that the harness talks with."""
    config = ServeConfig(stt="pocketsphinx", llm="knowledge", voice="flite:slt", size=256)
    async with with_answers(config, chosen_cast(config)) as cast:
        app = FastAPI()

        @app.websocket("/ws")
        async def talk(websocket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
            await websocket.accept()
            params = EvalTransportParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                video_out_enabled=True,
                video_out_width=256,
                video_out_height=256,
            )
            transport = await create_transport(
                WebSocketRunnerArguments(websocket=websocket), {"eval": lambda: params}
            )
            assert isinstance(transport, EvalFastAPIWebsocketTransport)
            worker = build_conversation(
                cast, load(cast), transport, rtvi=capabilities(config, cast)
            )
            runner = WorkerRunner(handle_sigint=False)
            await runner.add_workers(worker)
            transport.add_event_handler(
                "on_client_disconnected", lambda *_: worker.cancel(reason="the harness left")
            )
            await runner.run()

        async with loopback(app) as address:
            yield address.replace("http", "ws") + "/ws"


async def run() -> list[str]:
    """Play all scenarios; what failed."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as cache:
        params = EvalSessionParams(cache_dir=cache)
        async with assistant() as address:
            for scenario in EvalScenarioFile.load(SCENARIOS):
                assert isinstance(scenario, EvalScriptScenario)
                session = EvalSession.from_scenario(scenario, address, params=params)
                result = await session.run()
                failed += [f"{scenario.name}: {failure}" for failure in result.failures]
                failed += [] if result.passed else [f"{scenario.name}: failed"]
    return failed


if __name__ == "__main__":
    sys.exit("\n".join(asyncio.run(run())) or None)
