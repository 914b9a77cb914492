"""Running conversations: one pipeline for each client, from its coming to its leaving."""

import asyncio
import gc
import itertools
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress

from loguru import logger
from pipecat.frames.frames import ErrorFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.transports.base_transport import BaseTransport
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.workers.runner import WorkerRunner
from starlette.websockets import WebSocket

from agent.nodes import AvatarService
from agent.protocol.closing import CLOSE_FAILED, CLOSE_FULL, GOODBYES
from agent.protocol.connection import ServerConnection
from agent.protocol.events.session import AvatarFacts
from agent.transports.opening import Opening
from agent.transports.webrtc import FaceWebRTCTransport
from agent.transports.websocket import WebsocketTransport
from avatar.errors import VisavisError
from pipelines.build.cast import Cast
from pipelines.build.conversation import (
    Loaded,
    build_conversation,
    let_go,
    load,
    prepare_ears,
)
from pipelines.capabilities import capabilities
from pipelines.config import ServeConfig
from pipelines.returning import Conversation, Waiting
from pipelines.telemetry_session import SessionTelemetry

TOKEN_BYTES = 32
"""Of chance in a resume token."""

FORGOTTEN_AFTER_S = 0.5
"""Seconds after its end when a session's models leave the memory: its parts know each other, so
that only the garbage collector, which comes rarely, lets go of them. It is quick, because what was
there before the sessions is frozen."""


class Sessions:
    """Opens a conversation for each client. What the next one needs is loaded ahead."""

    def __init__(
        self,
        config: ServeConfig,
        cast: Cast,
        watched: Callable[[], AbstractContextManager[SessionTelemetry | None]] = nullcontext,
    ) -> None:
        self._config, self._cast, self._watched = config, cast, watched
        self._calls = set[str]()
        self._waiting = Waiting()
        self._spare: asyncio.Task[Loaded] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        # One thread, because memory that was freed is kept for each thread that had asked for it.
        self._loading = ThreadPoolExecutor(1, thread_name_prefix="load")

    async def prepare(self) -> None:
        """Have ready what the next session needs. Raises what it cannot do without."""
        self._load_spare()
        assert self._spare is not None
        spare = await asyncio.shield(self._spare)
        await asyncio.get_running_loop().run_in_executor(self._loading, prepare_ears, spare)

    async def websocket(self, websocket: WebSocket, *, anew: bool = True) -> None:
        """Talk with a client of the websocket until it leaves or its connection is lost.

        Unless it may begin `anew`, it may only come back: it was let into a full house for that.
        The socket must be accepted, and a place be held for it. A conversation whose connection was
        lost waits for its client for a while, without a place: it makes room for one who comes.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        facts = capabilities(self._config, self._cast).model_copy(update={"resume_token": token})
        session_id = f"sess_{secrets.token_hex(8)}"
        connection = ServerConnection(
            session_id,
            self._cast.endpoint.model,
            facts,
            extensions=websocket.query_params.get("extensions") != "off",
        )
        first = await Opening(websocket, connection, self._waiting.knows).first()
        if first is None:
            return
        given = connection.resumes(first)
        conversation = None if given is None else self._waiting.claim(given)
        if conversation is None and not anew:
            await websocket.close(CLOSE_FULL, "all sessions are taken")
            return
        if conversation is None:
            stay = sum(not task.cancelling() for task in self._running)
            self._waiting.make_room(self._config.most_sessions - stay - 1)
            conversation = self._begin(connection)
        self._waiting.expect(token, conversation)
        code = CLOSE_FAILED
        try:
            code = await conversation.talk(websocket, first)
        finally:
            await self._left(token, conversation, code)

    async def _left(self, token: str, conversation: Conversation, code: int) -> None:
        """What becomes of a conversation whose socket has ended, unless it went on over another."""
        if not self._waiting.expects(token):
            return
        if code in GOODBYES or conversation.over:
            self._waiting.forget(token)
            await conversation.end()
        else:
            self._waiting.wait_for(token, self._config.resume_s)

    def _begin(self, connection: ServerConnection) -> Conversation:
        params = AvatarService.transport_params(self._cast.avatar)
        transport = WebsocketTransport(connection, params)
        task = asyncio.create_task(self._run(transport))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return Conversation(transport, task)

    def returns(self, token: str) -> bool:
        """Whether somebody may come back to a conversation with this token."""
        return self._waiting.knows(token)

    def knows(self, call: str | None) -> bool:
        """Whether a call of this id is running: its offers are about that session."""
        return call in self._calls

    def webrtc(self, connection: SmallWebRTCConnection, place: ExitStack) -> None:
        """Talk with a WebRTC client in the background, until it leaves or the server ends.

        `place` is what was taken for it, and is given back in the end.
        """
        task = asyncio.create_task(self._call(connection, place))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def room(self, transport: BaseTransport) -> None:
        """Talk over a transport that joins a room, until somebody leaves or it cannot be joined."""
        await self._run(transport, rtvi=capabilities(self._config, self._cast))

    async def end(self) -> None:
        """End all conversations that run in the background."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._spare is not None:
            (spare,) = await asyncio.gather(self._spare, return_exceptions=True)
            if isinstance(spare, Loaded):
                await asyncio.to_thread(let_go, spare)
        self._loading.shutdown(wait=False)

    async def _call(self, connection: SmallWebRTCConnection, place: ExitStack) -> None:
        params = AvatarService.transport_params(self._cast.avatar, video_in_enabled=True)
        self._calls.add(connection.pc_id)
        with place:
            try:
                facts = capabilities(self._config, self._cast)
                await self._run(FaceWebRTCTransport(connection, params), rtvi=facts)
            except Exception:
                logger.exception("a call ended by an error")
                await connection.disconnect()
                raise
            finally:
                self._calls.discard(connection.pc_id)

    async def _run(self, transport: BaseTransport, *, rtvi: AvatarFacts | None = None) -> None:
        loaded = await self._loaded()
        with self._watched() as watch:
            await self._hold(transport, loaded, rtvi, watch)

    async def _hold(
        self,
        transport: BaseTransport,
        loaded: Loaded,
        rtvi: AvatarFacts | None,
        watch: SessionTelemetry | None,
    ) -> None:
        seed = next(self._numbers)
        worker = build_conversation(
            self._cast, loaded, transport, seed=seed, rtvi=rtvi, watch=watch
        )

        async def leave(*_: object) -> None:
            await worker.cancel(reason="the client left")

        if rtvi is not None:
            transport.add_event_handler("on_client_disconnected", leave)

        async def fail(_worker: object, frame: ErrorFrame) -> None:
            if watch is not None:
                watch.failed(frame.processor)
            if frame.processor is not None and not frame.processor.is_usable:
                await worker.cancel(reason="a part cannot be used any more")

        worker.add_event_handler("on_pipeline_error", fail)
        logger.info(f"session {seed} begins")
        try:
            await _run_worker(worker)
        finally:
            logger.info(f"session {seed} ends")
            asyncio.get_running_loop().call_later(FORGOTTEN_AFTER_S, gc.collect)

    async def _loaded(self) -> Loaded:
        self._load_spare()
        spare, self._spare = self._spare, None
        assert spare is not None
        loaded = await spare
        self._load_spare()
        return loaded

    def _load_spare(self) -> None:
        if self._spare is None:
            self._spare = asyncio.create_task(self._load())

    async def _load(self) -> Loaded:
        return await asyncio.get_running_loop().run_in_executor(
            self._loading, _load_ahead, self._cast
        )


def _load_ahead(cast: Cast) -> Loaded:
    """Ears that fail are reported to the client, who may type."""
    loaded = load(cast)
    with suppress(VisavisError):
        prepare_ears(loaded)
    return loaded


async def _run_worker(worker: PipelineWorker) -> None:
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    try:
        await runner.run()
    except asyncio.CancelledError:
        await worker.cancel(reason="the server ends")
        raise
