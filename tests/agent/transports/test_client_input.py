"""What clients send becomes frames, and what is wrong with it becomes a code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    InterruptionFrame,
    LLMMessagesAppendFrame,
    LLMRunFrame,
    TTSSpeakFrame,
)

from agent.frames import (
    AvatarDirectionFrame,
    LanguageRequestFrame,
    UserCaptionFrame,
    UserFaceFrame,
    UserPictureFrame,
)
from agent.protocol.errors import ProtocolError
from agent.protocol.events.parsing import parse
from agent.protocol.events.session import AvatarFacts, MotionFacts
from agent.protocol.media import MediaFrame, MediaKind
from agent.transports.client_input import ClientInput

FACTS = AvatarFacts(
    name="Ana",
    disclosure="An AI.",
    motion=MotionFacts(),
    avatars=("ana", "omar"),
    languages=("en", "de"),
    voices=("flite:slt", "espeak:de"),
)


def an_input(now: list[float] | None = None) -> ClientInput:
    time = now or [0.0]
    return ClientInput(lambda: time[0], FACTS)


def media(kind: int, payload: bytes) -> MediaFrame:
    return MediaFrame(kind, 0, 0, payload)


def test_typed_text_interrupts_is_shown_and_asked() -> None:
    text = (
        '{"type":"conversation.item.create","item":{"type":"message","role":"user",'
        '"content":[{"type":"input_text","text":" Hello? "}]}}'
    )
    frames = an_input().event(parse(text))
    assert [type(frame) for frame in frames] == [
        InterruptionFrame,
        UserCaptionFrame,
        LLMMessagesAppendFrame,
    ]
    asked = frames[2]
    assert isinstance(asked, LLMMessagesAppendFrame)
    assert asked.messages == [{"role": "user", "content": "Hello?"}]
    assert isinstance(an_input().event(parse('{"type":"response.create"}'))[0], LLMRunFrame)


def test_a_language_is_asked_for_and_one_that_is_not_spoken_is_refused() -> None:
    client = an_input()
    frames = client.event(parse('{"type":"avatar.config.update","language":"de"}'))
    (wanted,) = [frame for frame in frames if isinstance(frame, LanguageRequestFrame)]
    assert wanted.language == "de"
    with pytest.raises(ProtocolError, match="spoken here: en, de; 'fr' was asked for") as refused:
        client.event(parse('{"type":"avatar.config.update","language":"fr","event_id":"e1"}'))
    assert (refused.value.code, refused.value.event_id) == ("unknown_language", "e1")


def test_words_for_the_avatar() -> None:
    frames = an_input().event(parse('{"type":"avatar.say","text":"Hi.","interrupt":true}'))
    assert [type(frame) for frame in frames] == [InterruptionFrame, TTSSpeakFrame]


@pytest.mark.parametrize(
    ("reactions", "listens", "intensity"),
    [("off", False, 0.0), ("composed", True, 0.0), ("lively", True, 1.0)],
)
def test_the_listening_switch(reactions: str, listens: bool, intensity: float) -> None:
    client = an_input()
    text = f'{{"type":"avatar.config.update","reactions":"{reactions}","emotion":"happy"}}'
    (frame,) = client.event(parse(text))
    assert isinstance(frame, AvatarDirectionFrame)
    assert frame.style is not None
    assert (frame.listens, frame.style.intensity) == (listens, intensity)
    (later,) = client.event(parse('{"type":"avatar.config.update"}'))
    assert isinstance(later, AvatarDirectionFrame)
    assert later.style == frame.style
    assert later.listens is None


def test_a_motion_with_a_mask() -> None:
    values = np.linspace(0, 1, 58, dtype="<f4")
    payload = values.tobytes() + (1 | 1 << 17).to_bytes(8, "little")
    (frame,) = an_input().media(media(MediaKind.USER_MOTION, payload))
    assert isinstance(frame, UserFaceFrame)
    assert np.flatnonzero(frame.face.seen).tolist() == [0, 17]
    assert frame.face.value("jawOpen") == pytest.approx(float(values[17]))


def test_a_motion_that_is_not_a_number_is_refused_where_it_is_seen() -> None:
    values = np.zeros(58, "<f4")
    values[3] = np.nan
    with pytest.raises(ProtocolError) as refused:
        an_input().media(media(MediaKind.USER_MOTION, values.tobytes()))
    assert refused.value.code == "malformed_motion"
    unseen = values.tobytes() + (1).to_bytes(8, "little")
    assert an_input().media(media(MediaKind.USER_MOTION, unseen))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_motion_or_refused(payload: bytes) -> None:
    refused = None
    try:
        frames = an_input().media(media(MediaKind.USER_MOTION, payload))
    except ProtocolError as error:
        refused, frames = error.code, []
    whole = len(payload) in (232, 240)
    assert refused in (None if whole else "malformed_motion", "malformed_motion")
    assert len(frames) == (0 if refused else 1)


def test_kinds_of_the_server_are_refused_and_unknown_ones_ignored() -> None:
    with pytest.raises(ProtocolError, match="from the server to the client"):
        an_input().media(media(MediaKind.AVATAR_PICTURE, b""))
    assert an_input().media(media(99, b"")) == []


def test_too_many_pictures_are_told_of_once_a_second() -> None:
    now = [0.0]
    client = an_input(now)
    picture = media(MediaKind.USER_PICTURE, b"jpeg")
    frames = [client.media(picture) for _ in range(30)]
    assert all(isinstance(frame, UserPictureFrame) for (frame,) in frames)
    with pytest.raises(ProtocolError, match="at most 30 pictures a second"):
        client.media(picture)
    assert client.media(picture) == []
    now[0] = 1.0
    assert len(client.media(picture)) == 1
