"""Motions as other programs read them, over real sockets."""

import socket
import struct
from collections.abc import Generator
from contextlib import closing
from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.client.puppets import (
    LiveLinkFace,
    Puppet,
    VmcPuppet,
    head_rotation,
    live_link_packet,
    values_of,
)
from avatar.motion import ARKIT58

MOTION = struct.pack("<58f", *[n / 100 for n in range(58)])


@pytest.fixture
def listener() -> Generator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(2)
        yield heard


def test_live_link_face_has_61_curves_in_arkits_order(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    for frame in range(2):
        with closing(LiveLinkFace("127.0.0.1", port, "Ana")) as puppet:
            assert isinstance(puppet, Puppet)
            for _ in range(frame):
                puppet.show(ARKIT58.channels, MOTION)
                listener.recv(2048)
            puppet.show(ARKIT58.channels, MOTION)
            packet = listener.recv(2048)
        assert len(packet) == 1 + 2 * (4 + 3) + 16 + 1 + 61 * 4
        assert packet[0] == 6
        assert packet[1:8] == b"\0\0\0\3Ana"
        assert struct.unpack_from(">ifii", packet, 15) == (frame, 0.0, 25, 1)
        curves = struct.unpack_from(">61f", packet, 32)
        assert curves[:55] == pytest.approx(values_of(MOTION)[:55])
        assert curves[ARKIT58.channels.index("jawOpen")] == pytest.approx(0.17)
        assert curves[55:] == (0.0,) * 6


def test_vmc_names_each_coefficient_and_turns_the_head(listener: socket.socket) -> None:
    osc = pytest.importorskip("pythonosc.osc_message")
    with closing(VmcPuppet("127.0.0.1", listener.getsockname()[1])) as puppet:
        puppet.show(ARKIT58.channels, MOTION)
    messages = [osc.OscMessage(listener.recv(2048)) for _ in range(55)]
    values = {m.params[0]: m.params[1] for m in messages if m.address == "/VMC/Ext/Blend/Val"}
    assert len(values) == 52
    assert values["jawOpen"] == pytest.approx(0.17)
    assert [m.address for m in messages[52:]] == [
        "/VMC/Ext/Blend/Apply",
        "/VMC/Ext/Bone/Pos",
        "/VMC/Ext/OK",
    ]
    assert messages[53].params[0] == "Head"
    assert messages[53].params[4:] == pytest.approx(list(head_rotation(0.52, 0.53, 0.54)))


def test_the_head_turns_the_right_way() -> None:
    half = radians(15)
    assert head_rotation(radians(30), 0, 0) == pytest.approx((0, -sin(half), 0, cos(half)))
    assert head_rotation(0, radians(30), 0) == pytest.approx((-sin(half), 0, 0, cos(half)))
    assert head_rotation(0, 0, radians(30)) == pytest.approx((0, 0, sin(half), cos(half)))


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_a_rotation_is_one(yaw: float, pitch: float, roll: float) -> None:
    assert sum(part**2 for part in head_rotation(yaw, pitch, roll)) == pytest.approx(1)


def test_half_a_motion_is_refused() -> None:
    with pytest.raises(ValueError, match="58 float32; 3 bytes"):
        values_of(b"abc")
    assert len(live_link_packet(values_of(MOTION), "ä", 0)) == 1 + 2 * (4 + 2) + 16 + 1 + 244
