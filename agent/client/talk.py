"""A conversation by the sound card of this machine."""

import asyncio
from collections.abc import Callable

import numpy as np
from jaxtyping import Int16

from agent.client.player import Player
from agent.client.session import Session, connect
from agent.protocol.events import ServerEvent


class Talk:
    """Sends what the microphone hears, and plays and shows what comes.

    `told` is given each event; the player has the sound and the picture of each moment.
    """

    def __init__(
        self,
        player: Player,
        *,
        told: Callable[[ServerEvent], None],
    ) -> None:
        self._player, self._told = player, told
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
                    self._player.take(received)
                    if isinstance(received, ServerEvent):
                        self._told(received)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, session: Session) -> None:
        while True:
            sound = await self._microphone.get()
            await session.send_audio(sound.astype("<i2").tobytes())
