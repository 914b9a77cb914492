"""Both sides of the protocol talk with each other, without a socket."""

from base64 import b64decode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import media
from agent.protocol.client import ClientConnection
from agent.protocol.connection import ServerConnection
from agent.protocol.errors import ProtocolError
from agent.protocol.events.audio import InputAudioAppend
from agent.protocol.events.avatar import AvatarFlush, AvatarSay
from agent.protocol.events.conversation import ItemCreate
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.reading import SERVER_EVENTS, UnknownEvent, read
from agent.protocol.events.response import ResponseCreate
from agent.protocol.events.session import AvatarFacts, MotionFacts, SessionUpdate
from agent.protocol.media import MediaFrame, MediaKind


def sides() -> tuple[ClientConnection, ServerConnection]:
    """A client and a server that have greeted each other."""
    facts = AvatarFacts(name="Ana", disclosure="An AI.", motion=MotionFacts())
    server, client = ServerConnection("sess_1", "model", facts), ClientConnection()
    client.received(server.wire(server.hello()))
    return client, server


def agreed(**wanted: object) -> tuple[ClientConnection, ServerConnection]:
    client, server = sides()
    event = server.text(client.update(wanted))
    assert isinstance(event, SessionUpdate)
    client.received(server.wire(server.update(event)))
    return client, server


def test_they_greet_and_agree() -> None:
    client, _ = sides()
    assert client.facts is not None
    assert (client.session_id, client.facts.name) == ("sess_1", "Ana")
    client, server = agreed(audio={"input_rate": 48_000}, video=None)
    assert client.format == server.format
    assert client.format is not None
    assert (client.microphone_rate, client.voice_rate) == (48_000, 24_000)
    assert client.format.video is None


def test_sound_has_the_times_of_its_samples() -> None:
    client, server = agreed()
    frames: list[MediaFrame] = []
    for length in (320, 480, 160):
        sent = client.sound(bytes(2 * length))
        assert isinstance(sent, bytes)
        frames.append(server.binary(sent))
    assert [frame.media_time_us for frame in frames] == [0, 20_000, 50_000]
    assert {frame.kind for frame in frames} == {MediaKind.USER_AUDIO}
    assert server.binary(client.motion([0.0] * 58)).media_time_us == 60_000
    assert server.binary(client.picture(b"jpeg")).payload == b"jpeg"


def test_without_binary_media_sound_goes_in_events() -> None:
    client, server = sides()
    sent = client.sound(b"\1\0\2\0")
    assert isinstance(sent, str)
    event = server.text(sent)
    assert isinstance(event, InputAudioAppend)
    assert b64decode(event.audio) == b"\1\0\2\0"


def test_what_a_client_says_is_understood() -> None:
    client, server = agreed()
    item, answer = (server.text(event) for event in client.message("Hello."))
    assert isinstance(item, ItemCreate)
    assert item.item.content[0].text == "Hello."
    assert isinstance(answer, ResponseCreate)
    said = server.text(client.event("avatar.say", text="Welcome.", interrupt=True))
    assert isinstance(said, AvatarSay)
    assert (said.text, said.interrupt) == ("Welcome.", True)
    assert item.event_id != answer.event_id


def test_what_a_server_says_is_understood() -> None:
    client, server = agreed()
    flush = AvatarFlush(turn=3, media_time_us=80_000)
    assert client.received(server.wire(flush)) == flush
    refused = server.refuse(ProtocolError("unknown_event", "no such event", event_id="client_7"))
    told = client.received(server.wire(refused))
    assert isinstance(told, ErrorEvent)
    assert (told.error.code, told.error.event_id) == ("unknown_event", "client_7")
    picture = MediaFrame(MediaKind.AVATAR_PICTURE, 0, 40_000, b"jpeg")
    assert client.received(media.encode(picture)) == picture


def test_a_newer_server_is_not_an_error() -> None:
    event = read('{"type":"avatar.winked","eye":"left"}')
    assert isinstance(event, UnknownEvent)
    assert event.body["eye"] == "left"
    known = read('{"type":"avatar.flush","turn":1,"media_time_us":0,"reason":"new"}')
    assert known == AvatarFlush(turn=1, media_time_us=0)


def test_every_event_of_the_server_is_known_to_clients() -> None:
    assert len(SERVER_EVENTS) >= 28
    for kind, event in SERVER_EVENTS.items():
        assert event.model_fields["type"].default == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_json"),
        ("[]", "invalid_json"),
        ('{"type": 3}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('{"type":"avatar.flush"}', "invalid_event"),
        ('{"type":"avatar.flush","turn":"x","media_time_us":0}', "invalid_event"),
    ],
)
def test_what_is_no_event_is_named(text: str, code: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        read(text)
    assert refused.value.code == code


@given(st.one_of(st.text(), st.binary()))
def test_nothing_that_comes_is_another_error(message: str | bytes) -> None:
    with suppress(ProtocolError):
        ClientConnection().received(message)
