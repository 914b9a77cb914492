"""What the kiosk's page talks with in its tests: facts of a house, pictures, and events at will."""

import asyncio
import json
import threading
from typing import Any

import uvicorn
from fastapi import FastAPI, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse

from agent.protocol.events.base import ServerEvent
from agent.protocol.events.caption import CaptionDone
from agent.protocol.events.kiosk import Fault, KioskState, VisitState
from agent.protocol.events.session import (
    AvatarFacts,
    MotionFacts,
    SessionCreated,
    SessionFacts,
    SessionUpdated,
)
from agent.protocol.media import MediaFrame, MediaKind, encode
from pipelines.kiosk.screen import Screen, ScreenLanguage
from pipelines.pages import PAGE, add_files

PICTURE_S = 0.1

ENGLISH = ScreenLanguage(
    code="en",
    name="English",
    disclosure="You are talking with an AI. Its picture and its voice are synthetic.",
    attract=("Welcome to Hafenhaus. How can I help you?", "Ask me for the way."),
    suggestions=(
        "Where is the meeting room?",
        "What is the wifi password?",
        "When does the café open?",
        "Where can I park my car?",
        "Where are the toilets?",
        "How do I get a taxi?",
    ),
)
GERMAN = ScreenLanguage(
    code="de",
    name="Deutsch",
    disclosure="Sie sprechen mit einer KI. Ihr Bild und ihre Stimme sind künstlich.",
    attract=("Willkommen im Hafenhaus. Was kann ich für Sie tun?",),
    suggestions=("Wo ist der Besprechungsraum?", "Wie lautet das WLAN-Passwort?"),
)
FRENCH = ScreenLanguage(
    code="fr",
    name="Français",
    ears=False,
    disclosure="Vous parlez avec une IA. Son image et sa voix sont artificielles.",
    suggestions=("Où est la salle de réunion ?", "Quand le café ouvre-t-il ?"),
)
HOUSE = Screen(
    name="Hafenhaus",
    colour="#17695c",
    languages=(ENGLISH, GERMAN, FRENCH),
    can_call=True,
)


class Reception:
    """A server that says what a test has it say, and remembers what it heard.

    `sound` and `seen` count pieces of sound that are no silence, and pictures. While it is `deaf`
    it does not say what the house is like.
    """

    def __init__(self, picture: bytes, port: int = 0) -> None:
        self.screen = HOUSE
        self.pictures = True
        self.heard = list[dict[str, Any]]()
        self.sound = 0
        self.seen = 0
        self.deaf = False
        self.state = KioskState(state="attract", language="en")
        self.picture = picture
        self._sockets = list[WebSocket]()
        self._loop = asyncio.new_event_loop()
        config = uvicorn.Config(
            self._app(), "127.0.0.1", port, log_level="warning", ws="websockets-sansio"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
        (listening,) = self._server.servers
        self.port: int = listening.sockets[0].getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/kiosk"

    def close(self) -> None:
        """Cut all connections and end."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()

    def tell(self, *events: ServerEvent) -> None:
        """Say something to every page that is connected."""
        for event in events:
            asyncio.run_coroutine_threadsafe(self._say(event), self._loop).result(5)

    def be(
        self,
        state: VisitState,
        language: str = "en",
        *,
        faults: tuple[Fault, ...] = (),
        rung: int = 0,
        quiet: bool = False,
    ) -> None:
        """Have the kiosk in some state, now and for pages that come."""
        self.state = KioskState(
            state=state, language=language, faults=faults, rung=rung, quiet=quiet
        )
        self.tell(self.state)

    def hears(self, words: str) -> None:
        """The visitor has said this."""
        self.tell(CaptionDone(role="user", text=words, start_us=0, end_us=0))

    def says(self, words: str) -> None:
        """The avatar has said this."""
        self.tell(CaptionDone(role="assistant", text=words, start_us=0, end_us=0))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type that pages sent, without their type."""
        return [
            {name: value for name, value in event.items() if name != "type"}
            for event in self.heard
            if event["type"] == kind
        ]

    def _serve(self) -> None:
        self._loop.run_until_complete(self._server.serve())
        self._loop.close()

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        add_files(app)

        @app.get("/kiosk")
        async def page() -> FileResponse:
            return FileResponse(PAGE / "kiosk" / "index.html")

        @app.get("/kiosk/screen")
        async def facts(response: Response) -> Screen:
            response.status_code = 503 if self.deaf else 200
            return self.screen

        @app.websocket("/v1/realtime")
        async def realtime(websocket: WebSocket) -> None:
            await websocket.accept(subprotocol="realtime")
            await self._talk(websocket)

        return app

    async def _talk(self, websocket: WebSocket) -> None:
        facts = AvatarFacts(name="ana", disclosure="", motion=MotionFacts(), kiosk=True)
        session = SessionFacts(id="session_1", model="visavis", avatar=facts)
        await websocket.send_text(SessionCreated(session=session).wire("event_0"))
        drawing = asyncio.create_task(self._draw(websocket))
        try:
            while True:
                await self._hear(websocket, await websocket.receive())
        except (WebSocketDisconnect, RuntimeError):
            drawing.cancel()
            if websocket in self._sockets:
                self._sockets.remove(websocket)

    async def _hear(self, websocket: WebSocket, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        if message.get("text") is None:
            data = message["bytes"]
            self.sound += data[1] == MediaKind.USER_AUDIO and any(data[16:])
            self.seen += data[1] == MediaKind.USER_PICTURE
            return
        event = json.loads(message["text"])
        self.heard.append(event)
        if event["type"] == "session.update" and "avatar" in event["session"]:
            agreed = {"id": "session_1", "avatar": {"media": "binary", "video": {"codec": "jpeg"}}}
            await websocket.send_text(SessionUpdated(session=agreed).wire("event_1"))
            self._sockets.append(websocket)
            await websocket.send_text(self.state.wire("event_2"))

    async def _draw(self, websocket: WebSocket) -> None:
        begun = self._loop.time()
        while True:
            await asyncio.sleep(PICTURE_S)
            if websocket in self._sockets and self.pictures:
                time_us = int((self._loop.time() - begun) * 1e6)
                frame = MediaFrame(MediaKind.AVATAR_PICTURE, 0, time_us, self.picture)
                await websocket.send_bytes(encode(frame))

    async def _say(self, event: ServerEvent) -> None:
        for socket in self._sockets:
            await socket.send_text(event.wire("event_9"))
