"""Some seconds of noise, and of messages that are nearly right; a neighbour goes on talking."""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
import pytest
import websockets

from tests.pipelines.live.conftest import Server
from tests.pipelines.live.test_bad_input import SMALL, jpeg, still_talks, typed, until, workers
from tests.pipelines.live.visitor import HEADER, Media, Visitor, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

Chosen = TypeVar("Chosen")

SEED = 20261122
SECONDS = 8.0

PAUSE_S = 0.004
"""The neighbour lives in this process too, and needs time to read."""

FEWEST_A_S = 5
"""Pictures a second that the neighbour must get, of 25: the noise costs this process time too."""

UPGRADE = (
    b"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
VALID: list[dict[str, Any]] = [
    {
        "type": "session.update",
        "event_id": "mine",
        "session": {
            "type": "realtime",
            "instructions": "Be brief.",
            "output_modalities": ["audio"],
            "audio": {
                "input": {"format": {"type": "audio/pcm", "rate": 24_000}, "turn_detection": None},
                "output": {"format": {"type": "audio/pcm"}, "voice": "slt"},
            },
            "tools": [{"type": "function", "name": "look", "parameters": {"a": {"b": [1]}}}],
            "avatar": {
                "media": "binary",
                "audio": {"input_rate": 16_000, "output_rate": 24_000},
                "video": SMALL,
                "motion": True,
                "metrics": True,
            },
        },
    },
    {"type": "session.update", "session": {"resume_token": "guessed"}},
    {"type": "input_audio_buffer.append", "audio": "AAAAAAAA"},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "output_audio_buffer.clear"},
    typed("Where is the exit?"),
    {"type": "conversation.item.create", "item": {"role": "assistant", "content": [{}]}},
    {"type": "conversation.item.create", "item": {"type": "function_call_output", "output": "x"}},
    {"type": "conversation.item.truncate", "item_id": "item_avatar_1", "audio_end_ms": 40},
    {"type": "response.create", "response": {"instructions": "x"}},
    {"type": "response.cancel", "response_id": "resp_1"},
    {"type": "avatar.say", "text": "Hello.", "interrupt": True},
    {
        "type": "avatar.config.update",
        "intensity": 0.5,
        "reactions": "lively",
        "emotion": "happy",
        "gaze": [0.1, 0.1],
        "language": "en",
    },
    {"type": "avatar.user_motion.append", "values": [0.1] * 58, "seen": [True] * 58},
    {"type": "avatar.playback", "turn": 1, "media_time_us": 1, "picture_media_time_us": 1},
    {"type": "avatar.keyframe"},
    {"type": "kiosk.presence.update", "present": True, "distance": 1.0},
    {"type": "kiosk.reset"},
    typed("\ud800 is half a pair"),
    *(
        {"type": "session.update", "session": {"tools": [{"name": "look", "parameters": odd}]}}
        for odd in ({"\ud800": 1}, {"deep": json.loads("[" * 300 + "]" * 300)})
    ),
]
BEYOND = "beyond"
"""Stands for a number that no float holds."""

ODD: list[Any] = [
    *(None, True, -1, 0, 1 << 31, 1 << 63, 10**400, 1e308, -0.0, float("nan"), BEYOND),
    *("", "x", "\0", "\ud800", "x" * 5000, "item_avatar_1", "😀"),
    *([], {}, [[]], {"\ud800": "\ud800"}, ["x"] * 200, json.loads("[" * 300 + "]" * 300)),
]
SMALL_JPEG = jpeg(64)


def pick(rng: np.random.Generator, choices: list[Chosen]) -> Chosen:
    return choices[int(rng.integers(len(choices)))]


def mutated(value: Any, rng: np.random.Generator) -> Any:
    """The same with an odd value somewhere in it."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = pick(rng, list(value))
        return {**value, key: mutated(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = int(rng.integers(len(value)))
        return [*value[:at], mutated(value[at], rng), *value[at + 1 :]]
    return pick(rng, ODD)


def text(rng: np.random.Generator) -> str:
    event = pick(rng, VALID)
    for _ in range(int(rng.integers(3))):
        event = mutated(event, rng)
    said = json.dumps(event).replace(f'"{BEYOND}"', "1e999")
    return said if rng.random() < 0.9 else said[: int(rng.integers(len(said)))]


def binary(rng: np.random.Generator) -> bytes:
    floats = rng.normal(size=60).astype("<f4")
    floats[rng.integers(60)] = np.nan if rng.random() < 0.5 else 1e38
    payloads = [b"", b"odd", rng.bytes(640), rng.bytes(5000), SMALL_JPEG, SMALL_JPEG[:200]]
    payload = pick(rng, [*payloads, floats[:58].tobytes(), floats.tobytes()])
    version, kind = pick(rng, [1, 1, 1, 1, 0, 2, 255]), pick(rng, [*range(8), 1, 4, 6, 255])
    turn, at = pick(rng, [0, 1, (1 << 32) - 1]), pick(rng, [0, 1 << 63, (1 << 64) - 1])
    made = HEADER.pack(version, kind, int(rng.integers(1 << 16)), turn, at) + payload
    return made if rng.random() < 0.9 else made[: int(rng.integers(20))]


async def talks_nonsense(server: Server, rng: np.random.Generator, end: float) -> None:
    """One visit after another, each until it is sent away or has had enough."""
    while time.monotonic() < end:
        with suppress(websockets.WebSocketException, TimeoutError):
            async with visit(
                server.port, binary=rng.random() < 0.8, motion=True, video=SMALL
            ) as visitor:
                await speaks_nonsense(visitor, rng, end)
        await asyncio.sleep(0.05)


async def speaks_nonsense(visitor: Visitor, rng: np.random.Generator, end: float) -> None:
    for _ in range(int(rng.integers(100, 500))):
        if time.monotonic() > end:
            break
        noise = binary(rng) if rng.random() < 0.4 else text(rng)
        await visitor.socket.send(noise if rng.random() < 0.98 else rng.bytes(50))
        await asyncio.sleep(PAUSE_S)
    if rng.random() < 0.7 or time.monotonic() > end:
        visitor.socket.transport.abort()


def upgrade(rng: np.random.Generator) -> bytes:
    """An upgrade that is cut short, damaged, or followed by what are no frames."""
    damaged = bytearray(UPGRADE)
    damaged[rng.integers(len(damaged))] = int(rng.integers(256))
    return pick(
        rng,
        [
            rng.bytes(int(rng.integers(1, 2000))),
            UPGRADE[: int(rng.integers(len(UPGRADE)))],
            bytes(damaged),
            UPGRADE.replace(b"realtime", b"x" * 70_000),
            UPGRADE.replace(b"Host", b"Sec-WebSocket-Protocol: visavis-resume.\xff\r\nHost"),
            UPGRADE + rng.bytes(200),
            UPGRADE + b"\x81\xff\x7f" + b"\xff" * 20,
            UPGRADE + b"\x82\x85\0\0\0\0\1\2\3\4\5" + rng.bytes(30),
            UPGRADE + b"\x09\x80\0\0\0\0" * 100 + b"\x88\x82\0\0\0\0\x03\xe7",
        ],
    )


async def knocks(server: Server, rng: np.random.Generator, end: float) -> None:
    """Bytes that are no conversation, one connection after another."""
    while time.monotonic() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with suppress(ConnectionError, TimeoutError):
            writer.write(upgrade(rng))
            await writer.drain()
            async with asyncio.timeout(0.03):
                await reader.read(1000)
        writer.transport.abort()
        await asyncio.sleep(0.02)


async def drained(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 16):
        pass


def goes_on(pictures: list[Media], seconds: float = SECONDS) -> bool:
    """Whether the pictures of so many seconds came, and their clock did not stand still."""
    arrived = pictures[-1].at - pictures[0].at
    shown = (pictures[-1].us - pictures[0].us) / 1e6
    many = len(pictures) > FEWEST_A_S * arrived
    return many and arrived > 0.8 * seconds and 0.8 * arrived < shown < 1.2 * arrived


@pytest.fixture(autouse=True)
async def everybody_leaves(server: Server) -> AsyncGenerator[None]:
    """Each test ends with no session left, and with nothing that nobody foresaw."""
    yield
    await until(lambda: workers(server) == [], 5)
    assert "Traceback" not in "".join(server.lines)


async def test_noise_is_refused_and_the_neighbour_is_answered(server: Server) -> None:
    end = time.monotonic() + SECONDS
    rngs = [np.random.default_rng([SEED, number]) for number in range(3)]
    async with visit(server.port, motion=False, video=SMALL) as neighbour:
        noise = asyncio.gather(
            talks_nonsense(server, rngs[0], end),
            talks_nonsense(server, rngs[1], end),
            knocks(server, rngs[2], end),
        )
        await neighbour.tell(**typed("Where is the exit?"))
        await neighbour.tell(type="response.create")
        said = await neighbour.until("caption.done", role="assistant", seconds=SECONDS)
        assert "glass door" in said["text"]
        await noise
        assert goes_on(neighbour.of_kind(3))
        assert neighbour.of("error") == []
    async with visit(server.port, motion=False, video=SMALL) as visitor:
        await still_talks(visitor)


async def test_a_flood_before_the_first_event_is_not_noticed_next_door(server: Server) -> None:
    unknown = b'{"type": "x"}'
    flood = (bytes([0x81, 0x80 | len(unknown), 0, 0, 0, 0]) + unknown) * 50_000
    async with visit(server.port, motion=False, video=SMALL) as neighbour:
        await until(lambda: len(neighbour.of_kind(3)) > 10, 5)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(flood)
        before = len(neighbour.of_kind(3))
        reading = asyncio.create_task(drained(reader))
        await asyncio.sleep(3)
        writer.transport.abort()
        await asyncio.gather(reading, return_exceptions=True)
        assert goes_on(neighbour.of_kind(3)[before:], 2.5)
