"""Rooms of LiveKit and Daily, as far as one gets without their services."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from avatar.avatar import Avatar
from avatar.errors import PartUnavailable
from pipelines.build import build_avatar
from pipelines.build.face import Look
from pipelines.config import DailyRoom, LiveKitRoom, ServeConfig
from pipelines.rooms import DRAWN_AT_ONCE, QUEUE_MS, room_transport

SECRET = "a secret that is at least thirty-two bytes"


@pytest.fixture(scope="module")
def avatar() -> Avatar:
    return build_avatar("ana", generator="rules", look=Look(size=256))


def configured(**room: str) -> LiveKitRoom | DailyRoom:
    config = TypeAdapter(ServeConfig).validate_python({"room": room})
    assert config.room is not None
    return config.room


def test_a_room_of_livekit_is_joined_as_an_agent(
    avatar: Avatar, monkeypatch: pytest.MonkeyPatch
) -> None:
    jwt = pytest.importorskip("jwt")
    pytest.importorskip("livekit.api")
    monkeypatch.setenv("LIVEKIT_API_KEY", "key")
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    room = configured(kind="livekit", url="wss://example.org", room="lobby")
    transport: Any = room_transport(room, avatar)
    params = transport._params
    assert (params.video_out_width, params.video_out_height) == (256, 256)
    assert params.video_out_framerate == DRAWN_AT_ONCE
    assert params.audio_out_queue_size_ms == QUEUE_MS
    assert params.video_in_sources["camera"].framerate == 15
    assert transport.input() is not None
    claims = jwt.decode(transport._client._token, SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["kind"]) == ("visavis", "agent")
    assert (claims["video"]["room"], claims["video"]["roomJoin"]) == ("lobby", True)


def test_a_room_without_its_secret_is_named(
    avatar: Avatar, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("livekit.api")
    monkeypatch.delenv("LIVEKIT_API_KEY", raising=False)
    room = configured(kind="livekit", url="wss://example.org", room="lobby")
    with pytest.raises(PartUnavailable, match="LIVEKIT_API_KEY"):
        room_transport(room, avatar)


def test_a_room_of_daily_is_made(avatar: Avatar) -> None:
    pytest.importorskip("daily")
    room = configured(kind="daily", url="https://example.daily.co/lobby", name="Ana")
    transport: Any = room_transport(room, avatar)
    assert type(transport).__name__ == "DailyTransport"
    assert transport._params.video_out_width == 256


@pytest.mark.parametrize(
    "room", [{"kind": "zoom"}, {"kind": "livekit", "url": "x"}, {"kind": "daily", "room": "x"}]
)
def test_a_room_that_is_none_is_refused(room: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="room"):
        configured(**room)
