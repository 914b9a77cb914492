"""Piper as a server of its own, so that nothing under its licence is installed here."""

from typing import Any

import aiohttp
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.piper.tts import PiperHttpTTSService


class PiperServerTTSService(PiperHttpTTSService):
    """pipecat's client of `python -m piper.http_server`, which opens its connections itself.

    The server tells no phones: the lips follow the sound. An address that answers nothing is an
    error frame for each text.
    """

    def __init__(self, base_url: str, voice: str | None = None, **kwargs: Any) -> None:
        # It is given a session when there is a loop to open one in.
        unopened: Any = None
        super().__init__(
            base_url=base_url.rstrip("/"),
            aiohttp_session=unopened,
            settings=self.Settings(model=None, voice=voice, language=None),
            **kwargs,
        )
        self._opened: aiohttp.ClientSession | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Open a session."""
        await super().setup(setup)
        self._session = self._opened = aiohttp.ClientSession()

    async def cleanup(self) -> None:
        """Close it."""
        await super().cleanup()
        if self._opened is not None:
            await self._opened.close()
