"""A duet on stage: what spectators get, what they may switch, and that it rests without them."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from agent.protocol.media import MediaFrame, MediaKind, decode
from avatar.avatar import Avatar
from avatar.clock import TICK
from avatar.duet import DuetLine
from avatar.errors import PartUnavailable
from pipelines.config import ServeConfig
from pipelines.duet import live
from pipelines.duet.live import LINES_AHEAD, ReadAhead
from pipelines.duet.serving import create_app
from pipelines.duet.stage import MOST_SPECTATORS, Stage

Received = dict[str, Any] | MediaFrame


@pytest.fixture
def stage(avatar: Avatar) -> Stage:
    return Stage((avatar, avatar), seed=1)


@pytest.fixture
def client(stage: Stage) -> Iterator[TestClient]:
    with TestClient(create_app(ServeConfig(token=None), stage)) as client:
        yield client


def received(socket: WebSocketTestSession) -> Iterator[Received]:
    while True:
        message = socket.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(message["code"], message.get("reason"))
        if message.get("text") is not None:
            yield json.loads(message["text"])
        else:
            yield decode(message["bytes"])


def until(socket: WebSocketTestSession, wanted: Callable[[Received], bool]) -> Received:
    for message in received(socket):
        if wanted(message):
            return message
    raise AssertionError


def event(kind: str) -> Callable[[Received], bool]:
    return lambda message: isinstance(message, dict) and message["type"] == kind


def media(kind: MediaKind) -> Callable[[Received], bool]:
    return lambda message: isinstance(message, MediaFrame) and message.kind == kind


def test_a_spectator_sees_both_hears_both_and_reads_both(client: TestClient) -> None:
    with client.websocket_connect("/v1/duet") as socket:
        hello = socket.receive_json()
        assert hello["type"] == "session.created"
        assert hello["duet"]["names"] == ["ana", "ana"]
        assert hello["duet"]["rate"] == 16_000
        assert hello["duet"]["senses"] == [{"hears": True, "sees": True}] * 2
        socket.send_json({"type": "session.update", "session": {}})
        agreed = until(socket, event("session.updated"))
        assert isinstance(agreed, dict)
        assert agreed["session"]["avatar"]["media"] == "binary"
        picture = until(socket, media(MediaKind.AVATAR_PICTURE))
        assert isinstance(picture, MediaFrame)
        drawn = cv2.imdecode(np.frombuffer(picture.payload, np.uint8), cv2.IMREAD_COLOR)
        assert drawn is not None
        assert drawn.shape == (512, 1024, 3)
        line = until(socket, event("duet.line"))
        assert isinstance(line, dict)
        assert len(line["text"]) > 3
        assert line["end_us"] > line["start_us"] + 300_000
        sound = until(socket, media(MediaKind.AVATAR_AUDIO))
        assert isinstance(sound, MediaFrame)
        assert len(sound.payload) == 2 * TICK
        assert line["start_us"] <= sound.media_time_us < line["end_us"]


def test_what_one_switches_all_are_told(client: TestClient, stage: Stage) -> None:
    with client.websocket_connect("/v1/duet") as one, client.websocket_connect("/v1/duet") as other:
        one.send_json({"type": "duet.senses", "side": 1, "hears": False, "sees": True})
        wanted = [{"hears": True, "sees": True}, {"hears": False, "sees": True}]
        for socket in (one, other):
            told = until(socket, event("duet.senses"))
            assert isinstance(told, dict)
            assert told["senses"] == wanted
        with client.websocket_connect("/v1/duet") as late:
            assert late.receive_json()["duet"]["senses"] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"duet.senses"',
        '{"type": "duet.senses"}',
        '{"type": "duet.senses", "side": 2, "hears": true, "sees": true}',
        '{"type": "duet.senses", "side": 0, "hears": "maybe", "sees": true}',
        '{"type": "avatar.playback", "turn": 0}',
    ],
)
def test_what_is_not_understood_changes_nothing(client: TestClient, text: str) -> None:
    with client.websocket_connect("/v1/duet") as socket:
        socket.receive_json()
        socket.send_text(text)
        socket.send_bytes(b"\x00\x01")
        socket.send_json({"type": "session.update"})
        for message in received(socket):
            assert not event("duet.senses")(message)
            if event("session.updated")(message):
                break


def test_nothing_goes_on_while_nobody_watches_and_then_it_goes_on_from_there(
    client: TestClient, stage: Stage
) -> None:
    with client.websocket_connect("/v1/duet") as socket:
        socket.send_json({"type": "duet.senses", "side": 0, "hears": False, "sees": False})
        until(socket, event("duet.senses"))
        seen = [until(socket, media(MediaKind.AVATAR_PICTURE)) for _ in range(5)]
    for _ in range(100):
        client.get("/duet")
        if not stage.running:
            break
    assert not stage.running
    with client.websocket_connect("/v1/duet") as socket:
        assert socket.receive_json()["duet"]["senses"] == [{"hears": True, "sees": True}] * 2
        next_one = until(socket, media(MediaKind.AVATAR_PICTURE))
    last = seen[-1]
    assert isinstance(last, MediaFrame)
    assert isinstance(next_one, MediaFrame)
    assert last.media_time_us < next_one.media_time_us < last.media_time_us + 2_000_000


def test_spectators_are_told_why_it_cannot_go_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise PartUnavailable("no voice: apt install flite")

    monkeypatch.setattr(live, "cast", nobody)
    with client.websocket_connect("/v1/duet") as socket:
        told = until(socket, event("error"))
        assert isinstance(told, dict)
        assert told["error"]["message"] == "no voice: apt install flite"
        with pytest.raises(WebSocketDisconnect) as ended:
            until(socket, event("nothing more"))
    assert ended.value.code == 1011


def test_the_page_is_there_and_a_full_house_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "duet.js" in client.get("/").text
    assert client.get("/web/duet.js").status_code == 200
    assert client.get("/sdk/player.js").status_code == 200
    assert client.get("/v1/duet").status_code == 426
    monkeypatch.setattr(Stage, "full", property(lambda _: True))
    refused = client.get("/v1/duet")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "server_full"
    assert str(MOST_SPECTATORS) in refused.json()["error"]["message"]


def test_a_token_guards_it(stage: Stage) -> None:
    with TestClient(create_app(ServeConfig(token="secret"), stage)) as client:
        assert client.get("/v1/duet").status_code == 401
        allowed = client.get("/v1/duet", headers={"Authorization": "Bearer secret"})
        assert allowed.status_code == 426


class Slow(Executor):
    """Does what it is told when it is told so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = Future[Any]()
        self.waiting.append((future, fn, args))
        return future

    def work(self) -> None:
        future, made, arguments = self.waiting.pop(0)
        future.set_result(made(*arguments))


def test_lines_that_are_made_too_late_come_later_and_so_do_all_after_them() -> None:
    def a_line(start: int) -> DuetLine:
        return DuetLine(0, start, np.zeros(TICK, np.int16), (), "", True, True)

    maker = Slow()
    script = ReadAhead(iter([a_line(10 * number) for number in range(1, 99)]), maker)
    assert len(maker.waiting) == LINES_AHEAD
    assert script.due(10) == []
    maker.work()
    maker.work()
    (late,) = script.due(14)
    assert late.start == 10
    assert [len(script.due(index)) for index in (20, 23, 24)] == [0, 0, 1]
