"""The assistant on this machine: its own microphone and loudspeaker, and a window for the face."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from loguru import logger

from agent.client.errors import ClientError, DeviceUnavailable
from agent.client.player import Player, Shown
from agent.client.sound_card import VOICE_RATE, FullDuplex, sound_card
from agent.client.talk import Talk
from agent.protocol.events import ServerEvent
from agent.protocol.events.error import ErrorEvent
from avatar.errors import PartUnavailable

LOOKS_EVERY_S = 0.01
"""A window asks so often whether the time of a picture has come."""

PART = b"--picture\r\nContent-Type: image/jpeg\r\n\r\n"

WINDOW = """<!doctype html><html lang="en"><meta charset="utf-8"><title>visavis</title>
<style>body{margin:0;background:#111;height:100vh;display:grid;place-items:center}
img{max-width:100vw;max-height:100vh}</style><img src="/local/face" alt="the avatar"></html>"""


class LocalTalk:
    """A conversation with a sound card. Raises PartUnavailable when there is none."""

    def __init__(self) -> None:
        self._player = Player(VOICE_RATE)
        self._talk = Talk(self._player, told=_note)
        self._card = ExitStack()
        try:
            self._card.enter_context(sound_card(FullDuplex(self._player, self._talk.heard)))
        except DeviceUnavailable as error:
            raise PartUnavailable(str(error)) from error

    async def run(self, address: str, token: str | None) -> None:
        """Talk until it is cancelled; the server goes on without it when it breaks."""
        with self._card:
            try:
                await self._talk.run(address, token)
            except ClientError as error:
                logger.error(f"the conversation by microphone has ended: {error}")

    def add_window(self, app: FastAPI) -> None:
        """`/local` shows the face: the sound comes out of this machine."""

        @app.get("/local")
        async def window() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
            return HTMLResponse(WINDOW)

        @app.get("/local/face")
        async def face() -> StreamingResponse:  # pyright: ignore[reportUnusedFunction]
            kind = "multipart/x-mixed-replace; boundary=picture"
            return StreamingResponse(self._pictures(), media_type=kind)

    async def _pictures(self) -> AsyncGenerator[bytes]:
        shown: Shown | None = None
        while True:
            picture = self._player.picture()
            if picture is not None and picture is not shown:
                shown = picture
                yield PART + picture.data + b"\r\n"
            await asyncio.sleep(LOOKS_EVERY_S)


def _note(event: ServerEvent) -> None:
    if isinstance(event, ErrorEvent):
        logger.warning(f"the assistant reports: {event.error.message}")
