"""Conversations that outlive their connection for a while, and the tokens to come back with."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from loguru import logger
from starlette.websockets import WebSocket

from agent.protocol.events.parsing import AnyClientEvent
from agent.transports.websocket import WebsocketTransport


@dataclass(frozen=True, slots=True)
class Conversation:
    """A pipeline that runs in a task, and the transport by which it is talked with."""

    transport: WebsocketTransport
    task: asyncio.Task[None]

    @property
    def over(self) -> bool:
        """Whether the pipeline has ended."""
        return self.task.done()

    async def talk(self, websocket: WebSocket, first: AnyClientEvent) -> int:
        """As `WebsocketTransport.talk`, once the pipeline runs.

        Raises what kept it from running.
        """
        ready = asyncio.create_task(self.transport.ready())
        await asyncio.wait({ready, self.task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self.over:
            self.task.result()
        return await self.transport.talk(websocket, first)

    async def end(self) -> None:
        """End the pipeline."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@dataclass(slots=True)
class _Place:
    """A conversation, and the end of its waiting while it has no connection."""

    conversation: Conversation
    ends: asyncio.TimerHandle | None = None


class Waiting:
    """Which conversation a token stands for. Each is good for one return."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def expect(self, token: str, conversation: Conversation) -> None:
        """The client may come back with this token."""
        self._places[_key(token)] = _Place(conversation)

    def expects(self, token: str) -> bool:
        """Whether this token was not used yet."""
        return _key(token) in self._places

    def knows(self, token: str) -> bool:
        """Whether a conversation that still runs may go on with this token."""
        place = self._places.get(_key(token))
        return place is not None and not place.conversation.over

    def claim(self, token: str) -> Conversation | None:
        """The conversation that a known token stands for; the token is used up."""
        place = self._places.pop(_key(token), None)
        if place is None or place.conversation.over:
            return None
        if place.ends is not None:
            place.ends.cancel()
        return place.conversation

    def forget(self, token: str) -> None:
        """Nobody comes back with this token."""
        self._places.pop(_key(token), None)

    def wait_for(self, token: str, seconds: float) -> None:
        """The connection was lost: end the conversation unless its client is back in time."""
        place = self._places.pop(_key(token), None)
        if place is not None:
            self._places[_key(token)] = place
            loop = asyncio.get_running_loop()
            place.ends = loop.call_later(seconds, self._give_up, _key(token))
            logger.info("a connection was lost; its conversation waits for it")

    def make_room(self, free: int) -> None:
        """End those that wait, the longest first, until no more run than there are places."""
        waiting = [key for key, place in self._places.items() if place.ends is not None]
        for key in waiting[: max(0, -free)]:
            self._give_up(key)

    def _give_up(self, key: str) -> None:
        place = self._places.pop(key)
        if place.ends is not None:
            place.ends.cancel()
        place.conversation.task.cancel()


def _key(token: str) -> str:
    """Looking up a digest tells nobody by its time how much of a guess was right."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
