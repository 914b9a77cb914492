"""The protocol for other languages: a JSON Schema of all events, and vectors to test a client with.

python -m agent.protocol.schema docs/protocol
"""

import json
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agent.protocol import media
from agent.protocol.errors import ProtocolError
from agent.protocol.events.parsing import AnyClientEvent, parse
from agent.protocol.events.reading import SERVER_EVENTS
from agent.protocol.media import MediaFlag, MediaFrame, MediaKind

TITLE = "visavis.1"

FRAMES = {
    "20 ms of the user's sound at 16 kHz": MediaFrame(MediaKind.USER_AUDIO, 0, 40_000, bytes(640)),
    "a piece of the avatar's sound": MediaFrame(
        MediaKind.AVATAR_AUDIO, 7, 1_200_000, b"\x00\x40\xff\x7f", MediaFlag.SPEAKING
    ),
    "the end of a sign of listening": MediaFrame(
        MediaKind.AVATAR_AUDIO, 0, 80_000, bytes(4), MediaFlag.BACKCHANNEL | MediaFlag.LAST_PIECE
    ),
    "a picture after a year": MediaFrame(
        MediaKind.AVATAR_PICTURE, 4_294_967_295, 31_536_000_000_000, b"\xff\xd8\xff\xd9"
    ),
    "a keyframe": MediaFrame(MediaKind.AVATAR_PICTURE, 0, 0, b"\0\0\0\1", MediaFlag.KEYFRAME),
    "the user's face, of which the first channel is seen": MediaFrame(
        MediaKind.USER_MOTION, 0, 20_000, bytes(232) + (1).to_bytes(8, "little")
    ),
    "a kind of a later version": MediaFrame(99, 0, 0, b"?"),
}

BROKEN_FRAMES = {
    "no whole header": bytes(15),
    "another version": bytes([2, 1]) + bytes(14),
}

EVENTS = {
    "binary media are asked for": {
        "type": "session.update",
        "event_id": "client_1",
        "session": {"type": "realtime", "avatar": {"media": "binary", "video": None}},
    },
    "push to talk": {
        "type": "session.update",
        "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}},
    },
    "a question is typed": {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Hi."}],
        },
    },
    "unknown fields are ignored": {"type": "response.create", "response": {"later": True}},
    "an unknown event": {"type": "avatar.dance", "event_id": "client_2"},
    "words that are none": {"type": "avatar.say", "text": "", "event_id": "client_3"},
    "a number out of range": {"type": "avatar.config.update", "intensity": 2},
    "a codec that nobody knows": {
        "type": "session.update",
        "session": {"avatar": {"media": "binary", "video": {"codec": "mpeg1"}}},
    },
}


def schema() -> dict[str, Any]:
    """A JSON Schema: `client` and `server` are the events by their types."""
    client: tuple[type[BaseModel], ...] = get_args(AnyClientEvent)
    sides = {
        "client": {get_args(event.model_fields["type"].annotation)[0]: event for event in client},
        "server": dict(SERVER_EVENTS),
    }
    modes: dict[str, Any] = {"client": "validation", "server": "serialization"}
    wanted = [(event, modes[side]) for side, events in sides.items() for event in events.values()]
    places, body = models_json_schema(wanted, title=TITLE, ref_template="#/$defs/{model}")
    events = {
        side: {kind: places[(event, modes[side])] for kind, event in sorted(known.items())}
        for side, known in sides.items()
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, "events": events}


def vectors() -> dict[str, Any]:
    """Frames with their bytes, and events of clients with what a server makes of them."""
    return {
        "frames": [_frame(name, frame) for name, frame in FRAMES.items()],
        "broken_frames": [
            {"name": name, "hex": data.hex(), "code": _refused(lambda d=data: media.decode(d))}
            for name, data in BROKEN_FRAMES.items()
        ],
        "client_events": [
            {"name": name, "event": event, "code": _refused(lambda e=event: parse(json.dumps(e)))}
            for name, event in EVENTS.items()
        ],
    }


def _frame(name: str, frame: MediaFrame) -> dict[str, Any]:
    return {
        "name": name,
        "hex": media.encode(frame).hex(),
        "kind": int(frame.kind),
        "flags": int(frame.flags),
        "turn": frame.turn,
        "media_time_us": frame.media_time_us,
        "payload_hex": frame.payload.hex(),
    }


def _refused(reads: Any) -> str | None:
    try:
        reads()
    except ProtocolError as error:
        return error.code
    return None


def text(body: dict[str, Any]) -> str:
    """A file's text."""
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def main(folder: Path) -> None:
    """Write both files."""
    (folder / "schema.json").write_text(text(schema()))
    (folder / "vectors.json").write_text(text(vectors()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
