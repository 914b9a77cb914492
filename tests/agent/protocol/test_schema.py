"""The files for other languages say what the server does."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.protocol import media
from agent.protocol.events.reading import SERVER_EVENTS
from agent.protocol.schema import schema, text, vectors

FOLDER = Path(__file__).parents[3] / "docs" / "protocol"
PAGE = (FOLDER / "README.md").read_text()
VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text())


def test_the_files_are_those_of_this_version() -> None:
    assert (FOLDER / "schema.json").read_text() == text(schema())
    assert (FOLDER / "vectors.json").read_text() == text(vectors())


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda vector: vector["name"])
def test_a_frame_is_read_from_its_bytes(vector: dict[str, Any]) -> None:
    frame = media.decode(bytes.fromhex(vector["hex"]))
    assert (frame.kind, frame.flags, frame.turn) == (
        vector["kind"],
        vector["flags"],
        vector["turn"],
    )
    assert frame.media_time_us == vector["media_time_us"]
    assert frame.payload == bytes.fromhex(vector["payload_hex"])


def test_every_event_has_a_schema_that_names_it() -> None:
    body = schema()
    assert set(body["events"]["server"]) == set(SERVER_EVENTS)
    assert len(body["events"]["client"]) == 20
    for side in ("client", "server"):
        for kind, place in body["events"][side].items():
            definition = body["$defs"][place["$ref"].rpartition("/")[2]]
            assert definition["properties"]["type"]["const"] == kind


def test_the_page_names_every_event_of_its_own() -> None:
    kinds = [*schema()["events"]["client"], *SERVER_EVENTS]
    own = [kind for kind in kinds if kind.startswith(("avatar.", "kiosk.", "session.", "caption."))]
    missing = {kind for kind in own if kind not in PAGE and kind.rpartition(".")[2] not in PAGE} - {
        "kiosk.state"
    }
    assert missing == set()
    assert {code for each in VECTORS["client_events"] if (code := each["code"])} == {
        "unknown_event",
        "invalid_event",
    }
