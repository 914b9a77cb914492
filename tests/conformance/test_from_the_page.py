"""A client that knows only what `docs/protocol` says, and shares no code with the server."""

import asyncio
import itertools
import json
import shutil
import struct
import subprocess
import wave
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.pipelines.live.conftest import Server

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

PAGE = Path(__file__).parents[2] / "docs" / "protocol"
VECTORS: dict[str, list[dict[str, Any]]] = json.loads((PAGE / "vectors.json").read_text())
SERVER_EVENTS = set(json.loads((PAGE / "schema.json").read_text())["events"]["server"])

HEADER = struct.Struct("<BBHIQ")
USER_AUDIO, AVATAR_AUDIO, PICTURE, MOTION = 1, 2, 3, 5
INPUT_RATE, OUTPUT_RATE = 16_000, 24_000
PIECE = 2 * INPUT_RATE // 50
QUESTION = "Where can I park my car?"
LEAST_PICTURES = 10
"""A second, of 25, from a host that does other things too."""

BINARY = {
    "media": "binary",
    "audio": {"input_rate": INPUT_RATE, "output_rate": OUTPUT_RATE},
    "video": {"codec": "jpeg", "width": 256, "height": 256, "quality": 80},
    "motion": True,
}


class Media(NamedTuple):
    kind: int
    flags: int
    turn: int
    time_us: int
    payload: bytes


def packed(media: Media) -> bytes:
    return HEADER.pack(1, *media[:4]) + media.payload


def unpacked(data: bytes) -> Media:
    if len(data) < HEADER.size:
        raise ValueError("malformed_frame")
    version, *fields = HEADER.unpack_from(data)
    if version != 1:
        raise ValueError("unsupported_version")
    return Media(*fields, payload=data[HEADER.size :])


class Client:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []
        self.media: list[Media] = []

    async def send(self, kind: str, **fields: object) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def until(self, kind: str, seconds: float = 30) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            async for message in self.connection:
                if isinstance(message, bytes):
                    self.media.append(unpacked(message))
                else:
                    self.events.append(json.loads(message))
                    if self.events[-1]["type"] == kind:
                        return self.events[-1]
        pytest.fail(f"the connection ended before {kind}")

    async def update(self, **session: object) -> dict[str, Any]:
        await self.send("session.update", session={"type": "realtime", **session})
        return (await self.until("session.updated"))["session"]

    async def turn(self) -> int:
        return int((await self.until("response.created"))["response"]["metadata"]["turn"])

    async def speak(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), PIECE):
            piece = Media(USER_AUDIO, 0, 0, 20_000 * start // PIECE, pcm[start : start + PIECE])
            await self.connection.send(packed(piece))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def conversing(server: Server, **avatar: object) -> AsyncGenerator[Client]:
    async with connect(f"ws://127.0.0.1:{server.port}/v1/realtime") as connection:
        client = Client(connection)
        await client.until("session.created")
        if avatar:
            assert (await client.update(avatar=avatar))["avatar"].items() >= avatar.items()
        yield client
    assert {event["type"] for event in client.events} <= SERVER_EVENTS


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("page") / "question.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", QUESTION, "-o", path], check=True)
    with wave.open(str(path)) as sound:
        assert sound.getframerate() == INPUT_RATE
        return sound.readframes(sound.getnframes())


def test_frames_are_packed_and_unpacked_as_the_vectors_say() -> None:
    for vector in VECTORS["frames"]:
        fields = [vector[name] for name in ("kind", "flags", "turn", "media_time_us")]
        media = Media(*fields, payload=bytes.fromhex(vector["payload_hex"]))
        assert unpacked(bytes.fromhex(vector["hex"])) == media
        assert packed(media).hex() == vector["hex"]


async def test_broken_frames_are_refused_and_ten_of_them_close(server: Server) -> None:
    broken = [(bytes.fromhex(vector["hex"]), vector["code"]) for vector in VECTORS["broken_frames"]]
    async with conversing(server, **BINARY) as client:
        for data, code in (broken * 10)[:10]:
            with pytest.raises(ValueError, match=code):
                unpacked(data)
            await client.connection.send(data)
            assert (await client.until("error"))["error"]["code"] == code
        await client.connection.wait_closed()
    assert client.connection.close_code == 1008


async def test_events_are_judged_as_the_vectors_say(server: Server) -> None:
    async with conversing(server) as client:
        for vector in VECTORS["client_events"]:
            await client.connection.send(json.dumps(vector["event"]))
            await client.send("no.such.event", event_id="the next")
            if vector["code"] is not None:
                assert (await client.until("error"))["error"]["code"] == vector["code"]
            assert (await client.until("error"))["error"]["event_id"] == "the next"


async def test_a_typed_question_is_answered_with_sound_pictures_and_motion(server: Server) -> None:
    async with conversing(server, **BINARY) as client:
        content = [{"type": "input_text", "text": QUESTION}]
        message = {"type": "message", "role": "user", "content": content}
        await client.send("conversation.item.create", item=message)
        await client.send("response.create")
        turn = await client.turn()
        assert (await client.until("response.done"))["response"]["status"] == "completed"
    said = b"".join(m.payload for m in client.media if (m.kind, m.turn) == (AVATAR_AUDIO, turn))
    assert len(said) > 3 * 2 * OUTPUT_RATE
    assert max(struct.iter_unpack("<h", said)) > (1000,)
    pictures = [media for media in client.media if media.kind == PICTURE]
    motions = [media for media in client.media if media.kind == MOTION]
    assert {picture.payload[:2] for picture in pictures} == {b"\xff\xd8"}
    assert {picture.turn for picture in pictures} == {0, turn}
    assert [motion.time_us for motion in motions] == [picture.time_us for picture in pictures]
    assert {len(motion.payload) for motion in motions} <= {4 * 58, 4 * 58 + 8}
    steps = {later.time_us - one.time_us for one, later in itertools.pairwise(pictures)}
    assert all(step > 0 and step % 40_000 == 0 for step in steps), steps
    seconds = (pictures[-1].time_us - pictures[0].time_us) / 1e6
    assert len(pictures) / seconds >= LEAST_PICTURES


async def test_nothing_of_a_turn_comes_after_its_flush(server: Server) -> None:
    async with conversing(server, **BINARY) as client:
        await client.send("avatar.say", text="This will not be heard to its end. " * 8)
        turn = await client.turn()
        with pytest.raises(TimeoutError):
            await client.until("response.done", seconds=1)
        await client.send("response.cancel")
        flush, seen = await client.until("avatar.flush"), len(client.media)
        response = (await client.until("response.done"))["response"]
        assert (flush["turn"], response["status"]) == (turn, "cancelled")
        cut = {"item_id": response["output"][0]["id"], "audio_end_ms": 400}
        await client.send("conversation.item.truncate", **cut)
        assert (await client.until("conversation.item.truncated")).items() >= cut.items()
        with pytest.raises(TimeoutError):
            await client.until("response.created", seconds=1)
    assert {media.turn for media in client.media[seen:]} == {0}


async def test_push_to_talk_is_answered_once_and_not_before(server: Server, voice: bytes) -> None:
    async with conversing(server, **{**BINARY, "video": None, "motion": False}) as client:
        await client.update(audio={"input": {"turn_detection": None}})
        await client.speak(voice + bytes(2 * 2 * INPUT_RATE))
        with pytest.raises(TimeoutError):
            await client.until("response.created", seconds=1)
        await client.send("input_audio_buffer.commit")
        await client.send("response.create")
        heard = await client.until("conversation.item.input_audio_transcription.completed")
        assert "park" in heard["transcript"]
        assert (await client.until("response.done"))["response"]["status"] == "completed"
    assert [event["type"] for event in client.events].count("response.created") == 1
