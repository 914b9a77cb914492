import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.errors import ProtocolError
from agent.protocol.media import (
    LARGEST_PAYLOAD,
    MediaFlag,
    MediaFrame,
    MediaKind,
    decode,
    encode,
)

frames = st.builds(
    MediaFrame,
    kind=st.integers(0, 255),
    turn=st.integers(0, 2**32 - 1),
    media_time_us=st.integers(0, 2**64 - 1),
    payload=st.binary(max_size=300),
    flags=st.integers(0, 2**16 - 1),
)


@given(frames)
def test_what_is_encoded_is_decoded(frame: MediaFrame) -> None:
    assert decode(encode(frame)) == frame


@given(st.binary(max_size=40))
def test_any_bytes_give_a_frame_or_a_code(data: bytes) -> None:
    if len(data) >= 16 and data[0] == 1:
        assert encode(decode(data)) == data
    else:
        with pytest.raises(ProtocolError):
            decode(data)


def test_the_header_is_as_documented() -> None:
    frame = MediaFrame(MediaKind.AVATAR_AUDIO, 7, 40_000, b"\x01\x02", MediaFlag.SPEAKING)
    assert encode(frame).hex() == "01020200" + "07000000" + "409c000000000000" + "0102"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_frame"),
        (bytes(15), "malformed_frame"),
        (b"\x02" + bytes(15), "unsupported_version"),
        (b"\x01" + bytes(15 + LARGEST_PAYLOAD + 1), "frame_too_large"),
    ],
)
def test_bad_bytes_have_a_code(data: bytes, code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "frame",
    [
        MediaFrame(256, 0, 0, b""),
        MediaFrame(1, -1, 0, b""),
        MediaFrame(1, 0, 2**64, b""),
        MediaFrame(1, 0, 0, bytes(LARGEST_PAYLOAD + 1)),
    ],
)
def test_what_does_not_fit_is_not_sent(frame: MediaFrame) -> None:
    with pytest.raises(ProtocolError):
        encode(frame)
