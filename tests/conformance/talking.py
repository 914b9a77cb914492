"""A talk over OpenAI's own Python client: each event that comes is held against OpenAI's models."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar, get_args

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import (
    RealtimeServerEvent,
    ResponseAudioDeltaEvent,
    SessionCreatedEvent,
)
from pydantic import BaseModel

from tests.conformance.conftest import RATE
from tests.pipelines.live.conftest import Server

EventT = TypeVar("EventT", bound=BaseModel)

MODELS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["type"].annotation)[0]: model
    for model in get_args(get_args(RealtimeServerEvent)[0])
}


@dataclass
class Talk:
    """What the server told, each event checked as it comes; `foreign` are types of our own."""

    connection: AsyncRealtimeConnection
    events: list[BaseModel] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)

    @property
    def types(self) -> set[str]:
        return {str(getattr(event, "type", "")) for event in self.events}

    @property
    def heard_s(self) -> float:
        """Seconds of the avatar's sound."""
        deltas = self.of(ResponseAudioDeltaEvent)
        return sum(len(base64.b64decode(event.delta)) for event in deltas) / 2 / RATE

    def of(self, kind: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, kind)]

    async def hear(self) -> None:
        raw = await self.connection.recv_bytes()
        kind = json.loads(raw)["type"]
        if kind not in MODELS:
            self.foreign.add(kind)
            return
        MODELS[kind].model_validate_json(raw, strict=True)
        parsed = self.connection.parse_event(raw)
        assert type(parsed) is MODELS[kind]
        self.events.append(parsed)

    async def until(self, kind: type[EventT], seconds: float = 20.0) -> EventT:
        """The next event of a kind."""
        before = len(self.of(kind))
        async with asyncio.timeout(seconds):
            while len(self.of(kind)) == before:
                await self.hear()
        return self.of(kind)[-1]

    async def until_heard(self, sound_s: float, seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while self.heard_s < sound_s:
                await self.hear()

    async def ask(self, words: str) -> None:
        await self.connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": words}],
            }
        )
        await self.connection.response.create()

    async def append(self, pcm: bytes) -> None:
        await self.connection.input_audio_buffer.append(audio=base64.b64encode(pcm).decode())


@asynccontextmanager
async def talk(server: Server, **query: str) -> AsyncGenerator[Talk]:
    url = f"http://127.0.0.1:{server.port}/v1"
    async with (
        AsyncOpenAI(base_url=url, api_key="none") as client,
        client.realtime.connect(model="visavis", extra_query={**query}) as connection,
    ):
        talking = Talk(connection)
        await talking.until(SessionCreatedEvent)
        yield talking
