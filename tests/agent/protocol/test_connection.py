"""The server's side of a connection: agreement, numbers, refusals, flushes."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.connection import MOST_ERRORS, ServerConnection
from agent.protocol.errors import ProtocolError
from agent.protocol.events.session import (
    AvatarFacts,
    MediaFormat,
    MotionFacts,
    SessionUpdate,
    VideoFacts,
    VideoFormat,
    sizes_of,
)
from agent.protocol.media import MediaFrame, MediaKind, encode


def a_connection() -> ServerConnection:
    facts = AvatarFacts(name="Ana", disclosure="An AI.", motion=MotionFacts(names=("jawOpen",)))
    return ServerConnection("sess_1", "model", facts)


def asked(**avatar: object) -> str:
    body = {"type": "session.update", "event_id": "mine", "session": {"avatar": avatar}}
    return json.dumps(body)


def code_of(receive: Callable[[], object]) -> str | None:
    try:
        receive()
    except ProtocolError as error:
        return error.code
    return None


def update(connection: ServerConnection, text: str) -> dict[str, object]:
    event = connection.text(text)
    assert isinstance(event, SessionUpdate)
    return connection.update(event).session


def test_the_first_event_says_what_can_be_done() -> None:
    connection = a_connection()
    hello = json.loads(connection.wire(connection.hello()))
    assert (hello["type"], hello["event_id"]) == ("session.created", "event_1")
    avatar = hello["session"]["avatar"]
    assert avatar["protocol"] == "visavis.1"
    assert avatar["fps"] == 25
    assert avatar["motion"]["names"] == ["jawOpen"]
    assert [512, 512] in avatar["video"]["sizes"]


def test_what_is_agreed_on_is_echoed() -> None:
    connection = a_connection()
    audio = {"input_rate": 48_000, "output_rate": 16_000}
    effective = update(connection, asked(media="binary", audio=audio, motion=True, video=None))
    assert effective["avatar"] == {
        "media": "binary",
        "audio": audio,
        "video": None,
        "motion": True,
        "metrics": False,
    }


def test_a_wide_avatar_offers_its_own_sizes_and_comes_so_unasked() -> None:
    facts = AvatarFacts(
        name="Ana",
        disclosure="An AI.",
        video=VideoFacts(sizes=sizes_of((912, 512))),
        motion=MotionFacts(),
    )
    connection = ServerConnection("sess_1", "model", facts)
    hello = json.loads(connection.wire(connection.hello()))
    assert hello["session"]["avatar"]["video"]["sizes"] == [[912, 512], [456, 256], [228, 128]]
    effective = update(connection, asked(media="binary", video={"quality": 70}))
    assert MediaFormat.model_validate(effective["avatar"]).video == VideoFormat(
        width=912, height=512, quality=70
    )
    half = update(connection, asked(video={"width": 456, "height": 256}))
    assert MediaFormat.model_validate(half["avatar"]).video == VideoFormat(
        width=456, height=256, quality=70
    )
    square = connection.text(asked(video={"width": 512, "height": 512}))
    assert isinstance(square, SessionUpdate)
    assert code_of(lambda: connection.update(square)) == "unsupported_size"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"video": {"width": 1024, "height": 1024}}, "unsupported_size"),
        ({"video": {"codec": "mpeg1"}}, "invalid_event"),
        ({"audio": {"input_rate": 44_100}}, "invalid_event"),
        ({"media": "smoke"}, "invalid_event"),
    ],
)
def test_what_is_not_supported_changes_nothing(wish: dict[str, object], code: str) -> None:
    connection = a_connection()
    update(connection, asked(media="binary"))
    before = connection.format
    with pytest.raises(ProtocolError) as refused:
        update(connection, asked(**wish))
    assert (refused.value.code, refused.value.event_id) == (code, "mine")
    assert connection.format == before
    told = json.loads(connection.wire(connection.refuse(refused.value)))
    assert told["error"]["event_id"] == "mine"


def test_binary_needs_an_agreement() -> None:
    connection = a_connection()
    sound = encode(MediaFrame(MediaKind.USER_AUDIO, 0, 0, b"\0\0"))
    with pytest.raises(ProtocolError) as refused:
        connection.binary(sound)
    assert refused.value.code == "media_not_negotiated"
    update(connection, asked(media="binary"))
    assert connection.binary(sound).payload == b"\0\0"


def test_what_is_left_out_of_an_update_stays() -> None:
    connection = a_connection()
    update(connection, asked(audio={"output_rate": 48_000}, video=None))
    effective = update(connection, asked(motion=True, audio={"input_rate": 24_000}))
    assert effective["avatar"] == {
        "media": "binary",
        "audio": {"input_rate": 24_000, "output_rate": 48_000},
        "video": None,
        "motion": True,
        "metrics": False,
    }


def test_ten_errors_in_a_row_are_hopeless_and_nine_are_not() -> None:
    connection = a_connection()
    refusal = ProtocolError("malformed_frame", "nonsense")
    for _ in range(MOST_ERRORS - 1):
        connection.refuse(refusal)
    assert not connection.hopeless
    connection.accepted()
    for _ in range(MOST_ERRORS):
        connection.refuse(ProtocolError("unknown_event", "from a newer client"))
    assert not connection.hopeless
    for _ in range(MOST_ERRORS):
        assert not connection.hopeless
        connection.refuse(refusal)
    assert connection.hopeless


def test_nothing_of_a_flushed_turn_may_be_sent() -> None:
    connection = a_connection()
    connection.flush(3)
    connection.flush(1)
    assert [connection.may_send(turn) for turn in range(6)] == [True, *[False] * 3, True, True]


@given(st.text(max_size=200))
def test_any_text_is_an_event_or_refused_with_a_code(text: str) -> None:
    assert code_of(lambda: a_connection().text(text)) in (
        None,
        "invalid_json",
        "unknown_event",
        "invalid_event",
    )


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused_with_a_code(data: bytes) -> None:
    connection = a_connection()
    update(connection, asked(media="binary"))
    code = code_of(lambda: connection.binary(data))
    assert code in (None, "malformed_frame", "unsupported_version")
