"""A conversation by the sound card of this machine."""

import asyncio
from collections.abc import Callable

import numpy as np
from jaxtyping import Int16

from agent.client.playback import Playback
from agent.client.session import Session, connect
from agent.protocol.client import Received
from agent.protocol.events import ServerEvent
from agent.protocol.events.avatar import AvatarFlush, AvatarPaused
from agent.protocol.media import MediaFrame, MediaKind


class Talk:
    """Sends what the microphone hears, and plays and shows what comes.

    `shown` is given each picture as JPEG, `told` each event.
    """

    def __init__(
        self,
        playback: Playback,
        *,
        shown: Callable[[bytes], None],
        told: Callable[[ServerEvent], None],
    ) -> None:
        self._playback, self._shown, self._told = playback, shown, told
        self._microphone: asyncio.Queue[Int16[np.ndarray, " n"]] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None

    def heard(self, sound: Int16[np.ndarray, " n"]) -> None:
        """A piece of the microphone at 16 kHz, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._microphone.put_nowait, sound)

    async def run(self, address: str, token: str | None = None) -> None:
        """Talk until the server ends it. Raises as `connect` does."""
        self._loop = asyncio.get_running_loop()
        async with connect(address, token=token) as session:
            sending = asyncio.create_task(self._send(session))
            try:
                async for received in session:
                    self._take(received)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, session: Session) -> None:
        while True:
            sound = await self._microphone.get()
            await session.send_audio(sound.astype("<i2").tobytes())

    def _take(self, received: Received) -> None:
        match received:
            case MediaFrame(kind=MediaKind.AVATAR_AUDIO):
                pcm = np.frombuffer(received.payload, "<i2").astype(np.int16)
                self._playback.add(received.turn, pcm)
            case MediaFrame(kind=MediaKind.AVATAR_PICTURE):
                self._shown(received.payload)
            case AvatarPaused() | AvatarFlush():
                self._playback.drop(received.turn)
                self._told(received)
            case ServerEvent():
                self._told(received)
            case _:
                pass
