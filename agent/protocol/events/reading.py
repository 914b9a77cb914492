"""From the text of a server to an event, for clients."""

import json
from typing import Any, get_args

from agent.protocol.errors import ProtocolError
from agent.protocol.events import (
    audio,
    avatar,
    caption,
    conversation,
    error,
    kiosk,
    response,
    session,
)
from agent.protocol.events.base import ServerEvent


class UnknownEvent(ServerEvent):
    """An event of a newer server, as it came: to be ignored."""

    type: str
    body: dict[str, Any]


def _known() -> dict[str, type[ServerEvent]]:
    modules = (audio, avatar, caption, conversation, error, kiosk, response, session)
    found = [each for module in modules for each in vars(module).values()]
    events = [e for e in found if isinstance(e, type) and issubclass(e, ServerEvent)]
    return {
        get_args(event.model_fields["type"].annotation)[0]: event
        for event in events
        if "type" in event.model_fields
    }


SERVER_EVENTS = _known()
"""The classes of the events that a server sends, by their type."""


def read(text: str) -> ServerEvent:
    """The event in a text frame of a server; fields that this version does not know are left out.

    Raises ProtocolError: `invalid_json`, or `invalid_event` for a known event without what it must
    have.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise ProtocolError("invalid_json", f"the server sent no JSON: {wrong}") from wrong
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise ProtocolError("invalid_json", "the server sent no event: an object with a type")
    event = SERVER_EVENTS.get(body["type"])
    if event is None:
        return UnknownEvent(type=body["type"], body=body)
    try:
        return event.model_validate(body)
    except ValueError as wrong:
        raise ProtocolError("invalid_event", f"{body['type']}: {wrong}") from wrong
