"""A conversation with a server over its websocket, with sound of this machine."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import websockets
from jaxtyping import Int16

from agent.client.playback import Playback
from agent.client.sound_card import MICROPHONE_RATE
from agent.protocol.media import MediaFrame, MediaKind, decode, encode


class Talk:
    """Sends what the microphone hears, and plays and shows what comes.

    `shown` is given each picture as JPEG, `told` each event.
    """

    def __init__(
        self,
        playback: Playback,
        *,
        shown: Callable[[bytes], None],
        told: Callable[[dict[str, Any]], None],
    ) -> None:
        self._playback, self._shown, self._told = playback, shown, told
        self._microphone: asyncio.Queue[Int16[np.ndarray, " n"]] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sent = 0

    def heard(self, sound: Int16[np.ndarray, " n"]) -> None:
        """A piece of the microphone at 16 kHz, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._microphone.put_nowait, sound)

    async def run(self, address: str, token: str | None = None) -> None:
        """Talk until the server ends it. Raises OSError when it cannot be reached."""
        self._loop = asyncio.get_running_loop()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with websockets.connect(
            address, compression=None, max_size=None, additional_headers=headers
        ) as socket:
            wanted = {"type": "realtime", "avatar": {"media": "binary"}}
            await socket.send(json.dumps({"type": "session.update", "session": wanted}))
            sending = asyncio.create_task(self._send(socket))
            try:
                async for message in socket:
                    self._receive(message)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: websockets.ClientConnection) -> None:
        while True:
            sound = await self._microphone.get()
            at_us = self._sent * 1_000_000 // MICROPHONE_RATE
            self._sent += len(sound)
            payload = sound.astype("<i2").tobytes()
            await socket.send(encode(MediaFrame(MediaKind.USER_AUDIO, 0, at_us, payload)))

    def _receive(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._event(json.loads(message))
            return
        frame = decode(message)
        if frame.kind == MediaKind.AVATAR_AUDIO:
            self._playback.add(frame.turn, np.frombuffer(frame.payload, "<i2").astype(np.int16))
        elif frame.kind == MediaKind.AVATAR_PICTURE:
            self._shown(frame.payload)

    def _event(self, event: dict[str, Any]) -> None:
        if event["type"] in ("avatar.paused", "avatar.flush"):
            self._playback.drop(event["turn"])
        self._told(event)
