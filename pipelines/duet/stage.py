"""One duet for all who watch. Nothing is drawn while nobody does."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Literal

from loguru import logger
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent.protocol.media import MediaFrame, MediaKind, encode
from agent.transports.media_time import tick_us
from agent.transports.outbox import Outbox
from agent.transports.pace import Pace
from avatar.avatar import Avatar
from avatar.clock import FPS, NO_TURN, SAMPLE_RATE, TICK_S
from avatar.duet import SIDES, DuetLine, Senses, Side
from avatar.errors import VisavisError
from pipelines.duet.live import LiveDuet, Moment

MOST_SPECTATORS = 32
MOST_BEHIND = FPS // 2
"""Ticks that are caught up with; when more are late, time has stood still for them."""

FAILED = 1011


class SensesWish(BaseModel):
    """What a spectator asks for: what of the other one reaches a side."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["duet.senses"]
    side: Side
    hears: bool
    sees: bool


class Stage:
    """Runs a duet while somebody watches, from where it stopped.

    Everybody sees the same, also what one of them switches off; who comes after all have left
    finds everything switched on.
    """

    def __init__(self, avatars: tuple[Avatar, Avatar], *, seed: int = 0) -> None:
        self._avatars, self._seed = avatars, seed
        self._senses = [Senses(), Senses()]
        self._spectators: set[Outbox] = set()
        self._live: LiveDuet | None = None
        self._running: asyncio.Task[None] | None = None
        self._lines: dict[Side, dict[str, Any]] = {}
        self._states: dict[Side, str] = {}
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="duet")
        self._voices = ThreadPoolExecutor(1, thread_name_prefix="duet voices")

    @property
    def full(self) -> bool:
        """Whether nobody else can watch."""
        return len(self._spectators) >= MOST_SPECTATORS

    @property
    def running(self) -> bool:
        """Whether the duet goes on."""
        return self._running is not None

    async def watch(self, websocket: WebSocket) -> None:
        """Show the duet to a client, whose socket is accepted, until it leaves."""
        outbox = Outbox(websocket, (WebSocketDisconnect, RuntimeError, OSError))
        outbox.put(json.dumps(self._hello()))
        self._spectators.add(outbox)
        sending = asyncio.create_task(outbox.run())
        reading = asyncio.create_task(self._read(websocket, outbox))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._spectators.discard(outbox)
            sending.cancel()
            reading.cancel()
            # Not gather, which would put an exception of its own in the place of a cancellation.
            await asyncio.wait((sending, reading))

    async def end(self) -> None:
        """Stop for good."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._drawing.shutdown()
        self._close()
        self._voices.shutdown()

    def _close(self) -> None:
        if self._live is not None:
            self._live.close()
            self._live = None

    async def _run(self) -> None:
        try:
            await self._play()
        except Exception as error:
            logger.exception("the duet was ended by an error")
            self._close()
            await self._dismiss(str(error) if isinstance(error, VisavisError) else "it failed")
            raise
        finally:
            self._running = None
            self._senses = [Senses(), Senses()]

    async def _dismiss(self, reason: str) -> None:
        """Tell those who watch why the duet has ended; they may come again."""
        self._tell({"type": "error", "error": {"code": "failed", "message": reason}})
        for outbox in tuple(self._spectators):
            await outbox.drain()
            await outbox.end(FAILED, "the duet was ended by an error")

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        live = await loop.run_in_executor(self._drawing, self._opened)
        live.duet.senses[:] = self._senses
        begin = loop.time() - live.index * TICK_S
        while self._spectators:
            behind = (loop.time() - begin) / TICK_S - live.index
            if behind < 0:
                await asyncio.sleep(-behind * TICK_S)
                continue
            if behind > MOST_BEHIND:
                begin += behind * TICK_S
                behind = 0.0
            for moment in await loop.run_in_executor(self._drawing, live.advance, 1 + int(behind)):
                self._show(moment)

    def _opened(self) -> LiveDuet:
        """The duet, begun by the first who watches; kept at once, so that `end` can close it."""
        if self._live is None:
            self._live = LiveDuet(self._avatars, self._seed, self._voices)
        return self._live

    def _show(self, moment: Moment) -> None:
        now_us = tick_us(moment.index)
        for line in moment.lines:
            self._lines[line.side] = _caption(line, moment.index)
            self._tell(self._lines[line.side])
        for side in SIDES:
            state = str(moment.states[side])
            if self._states.get(side) != state:
                self._states[side] = state
                self._tell(
                    {"type": "duet.state", "side": side, "state": state, "media_time_us": now_us}
                )
        if moment.pcm is not None:
            sound = encode(MediaFrame(MediaKind.AVATAR_AUDIO, NO_TURN, now_us, moment.pcm))
            for outbox in self._spectators:
                outbox.put(sound)
        if moment.jpeg is not None:
            frame = encode(MediaFrame(MediaKind.AVATAR_PICTURE, NO_TURN, now_us, moment.jpeg))
            for outbox in self._spectators:
                outbox.show(lambda: [frame])

    def _tell(self, event: dict[str, Any]) -> None:
        text = json.dumps(event)
        for outbox in self._spectators:
            outbox.put(text)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "session.created",
            "duet": {
                "names": [avatar.name for avatar in self._avatars],
                "rate": SAMPLE_RATE,
                "senses": [asdict(senses) for senses in self._senses],
                "states": [self._states.get(side, "idle") for side in SIDES],
                "lines": [self._lines[side] for side in SIDES if side in self._lines],
            },
        }

    async def _read(self, websocket: WebSocket, outbox: Outbox) -> None:
        """Take a client's wishes; what is not understood is ignored, as in the conversation."""
        pace = Pace(asyncio.get_running_loop().time)
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text") or ""
            await asyncio.sleep(pace.wait_s(len(text)))
            self._obey(text, outbox)

    def _obey(self, text: str, outbox: Outbox) -> None:
        try:
            event = json.loads(text)
        except ValueError:
            return
        if not isinstance(event, dict):
            return
        if event.get("type") == "session.update":
            agreed = {"type": "session.updated", "session": {"avatar": {"media": "binary"}}}
            outbox.put(json.dumps(agreed))
        elif event.get("type") == "duet.senses":
            self._switch(event)

    def _switch(self, event: dict[str, Any]) -> None:
        try:
            wish = SensesWish.model_validate(event)
        except ValidationError:
            return
        self._senses[wish.side] = Senses(hears=wish.hears, sees=wish.sees)
        if self._live is not None:
            self._live.duet.senses[:] = self._senses
        told = [asdict(senses) for senses in self._senses]
        self._tell({"type": "duet.senses", "senses": told})


def _caption(line: DuetLine, index: int) -> dict[str, Any]:
    return {
        "type": "duet.line",
        "side": line.side,
        "text": line.text,
        "start_us": tick_us(index),
        "end_us": tick_us(index + line.ticks),
    }
