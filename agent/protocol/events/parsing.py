"""From the text of a client to an event."""

import json
import re
import reprlib
from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from agent.protocol.errors import ProtocolError
from agent.protocol.events.audio import (
    InputAudioAppend,
    InputAudioClear,
    InputAudioCommit,
    OutputAudioClear,
)
from agent.protocol.events.avatar import (
    AvatarConfigUpdate,
    AvatarKeyframe,
    AvatarPlayback,
    AvatarSay,
    UserMotionAppend,
)
from agent.protocol.events.base import LONGEST_ID
from agent.protocol.events.conversation import ItemCreate, ItemTruncate
from agent.protocol.events.kiosk import (
    KioskAnswer,
    KioskCall,
    KioskDevice,
    KioskPresenceUpdate,
    KioskReset,
    KioskTouch,
)
from agent.protocol.events.response import ResponseCancel, ResponseCreate
from agent.protocol.events.session import SessionUpdate

MOST_VALUES = 10_000
"""Values in one event. The largest events are one long string; a large number of small values would
hold up everybody else while they are read."""

DEEPEST = 64
"""Objects and lists in each other, in one event: what is echoed is written by others, too."""

AnyClientEvent: TypeAlias = (
    SessionUpdate
    | InputAudioAppend
    | InputAudioCommit
    | InputAudioClear
    | OutputAudioClear
    | ItemCreate
    | ItemTruncate
    | ResponseCreate
    | ResponseCancel
    | AvatarSay
    | AvatarConfigUpdate
    | UserMotionAppend
    | AvatarPlayback
    | AvatarKeyframe
    | KioskPresenceUpdate
    | KioskTouch
    | KioskDevice
    | KioskCall
    | KioskAnswer
    | KioskReset
)

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")

_EVENTS: TypeAdapter[AnyClientEvent] = TypeAdapter(
    Annotated[AnyClientEvent, Field(discriminator="type")]
)


def parse(text: str) -> AnyClientEvent:
    """The event in a text frame.

    Raises ProtocolError: `invalid_json`, `unknown_event` or `invalid_event`, with the offender's
    `event_id` when it had one.
    """
    body = _object(text)
    event_id = _id(body.get("event_id"))
    try:
        event = _EVENTS.validate_python(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"].startswith("union_tag"):
            raise ProtocolError(
                "unknown_event",
                f"there is no client event {reprlib.repr(body.get('type'))}",
                param="type",
                event_id=event_id,
            ) from error
        field = ".".join(str(part) for part in first["loc"][1:])
        raise ProtocolError(
            "invalid_event",
            f"{body['type']}: {field or 'the event'}: {first['msg']}",
            param=field or None,
            event_id=event_id,
        ) from error
    if _SURROGATE.search(text) and not _is_text(body):
        wrong = "half a surrogate pair is no character"
    elif _depth(body) > DEEPEST:
        wrong = f"an event may be {DEEPEST} levels deep"
    else:
        return event
    raise ProtocolError("invalid_event", f"{body['type']}: {wrong}", event_id=event_id)


def _id(given: object) -> str | None:
    """An id that can be sent back; half a surrogate pair, for one, cannot."""
    fits = isinstance(given, str) and len(given) <= LONGEST_ID and given.isprintable()
    return given if isinstance(given, str) and fits else None


def _object(text: str) -> dict[str, Any]:
    if sum(text.count(mark) for mark in ",[{") > MOST_VALUES:
        raise ProtocolError("invalid_json", f"an event may hold at most {MOST_VALUES} values")
    try:
        body = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(
            "invalid_json", f"a text frame must be a JSON object: {error}"
        ) from error
    if not isinstance(body, dict):
        raise ProtocolError(
            "invalid_json", f"a text frame must be a JSON object, it is a {type(body).__name__}"
        )
    return body


def _is_text(body: object) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _depth(body: object) -> int:
    """Levels of objects and lists in each other."""
    depth, level = 0, [body]
    while level:
        depth += 1
        inner = [list(each.values()) if isinstance(each, dict) else each for each in level]
        level = [one for each in inner if isinstance(each, list) for one in each]
    return depth


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number of JSON")
