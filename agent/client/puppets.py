"""The avatar's motion for other faces: Live Link Face (Unreal) and VMC (VRM puppets), over UDP.

puppet = LiveLinkFace("127.0.0.1", 11111)
puppet.show(session.facts.motion.names, shown.motion)    # a picture of `Player.picture`
"""

import socket
import struct
from collections.abc import Sequence
from itertools import count
from math import cos, sin
from typing import Protocol, runtime_checkable

from agent.client.errors import DeviceUnavailable
from agent.protocol.client import MOTION_CHANNELS

COEFFICIENTS = 52
FPS = 25

LIVE_LINK_VERSION = 6
EYE_ROTATIONS = 6
"""Curves behind the head's rotation, which the coefficients of gaze say already."""


@runtime_checkable
class Puppet(Protocol):
    """A face elsewhere."""

    def show(self, names: Sequence[str], motion: bytes) -> None:
        """Take on a motion: 58 float32, little endian, with their names."""
        ...

    def close(self) -> None:
        """Send nothing more."""
        ...


class LiveLinkFace:
    """Sends what Epic's app Live Link Face sends: a UDP packet for each motion."""

    def __init__(self, host: str, port: int = 11111, subject: str = "visavis") -> None:
        self._address, self._subject = (host, port), subject
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._frames = count()

    def show(self, names: Sequence[str], motion: bytes) -> None:
        """Send a motion."""
        del names
        packet = live_link_packet(values_of(motion), self._subject, next(self._frames))
        self._socket.sendto(packet, self._address)

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class VmcPuppet:
    """Sends coefficients and the head's bone by the Virtual Motion Capture protocol (extra `osc`).

    Raises DeviceUnavailable without the extra.
    """

    def __init__(self, host: str, port: int = 39539) -> None:
        try:
            from pythonosc.udp_client import SimpleUDPClient
        except ImportError as error:
            raise DeviceUnavailable("VMC needs OSC: pip install 'visavis[osc]'") from error
        self._client = SimpleUDPClient(host, port)

    def show(self, names: Sequence[str], motion: bytes) -> None:
        """Send a motion, one message for each coefficient, and have them applied."""
        values = values_of(motion)
        for name, value in zip(names[:COEFFICIENTS], values, strict=False):
            self._client.send_message("/VMC/Ext/Blend/Val", [name, value])
        self._client.send_message("/VMC/Ext/Blend/Apply", [])
        place = [0.0, 0.0, 0.0]
        turned = head_rotation(*values[COEFFICIENTS : COEFFICIENTS + 3])
        self._client.send_message("/VMC/Ext/Bone/Pos", ["Head", *place, *turned])
        self._client.send_message("/VMC/Ext/OK", [1])

    def close(self) -> None:
        """Let go of the socket."""
        self._client._sock.close()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def values_of(motion: bytes) -> tuple[float, ...]:
    """The 58 numbers of a motion. Raises ValueError when it is none."""
    if len(motion) < 4 * MOTION_CHANNELS:
        raise ValueError(f"a motion is {MOTION_CHANNELS} float32; {len(motion)} bytes came")
    return struct.unpack_from(f"<{MOTION_CHANNELS}f", motion)


def live_link_packet(values: Sequence[float], subject: str, frame: int) -> bytes:
    """A packet of version 6, big endian: who, when, and 61 curves in ARKit's order."""
    who = subject.encode()
    head = values[COEFFICIENTS : COEFFICIENTS + 3]
    curves = [*values[:COEFFICIENTS], *head, *[0.0] * EYE_ROTATIONS]
    name = struct.pack(">i", len(who)) + who
    time = struct.pack(">ifii", frame, 0.0, FPS, 1)
    body = struct.pack(f">B{len(curves)}f", len(curves), *curves)
    return struct.pack(">B", LIVE_LINK_VERSION) + name + name + time + body


def head_rotation(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    """The head's quaternion (x, y, z, w) where x is right, y up and z forward, left-handed."""
    y, x, z = -yaw / 2, -pitch / 2, roll / 2
    return (
        cos(y) * sin(x) * cos(z) + sin(y) * cos(x) * sin(z),
        sin(y) * cos(x) * cos(z) - cos(y) * sin(x) * sin(z),
        cos(y) * cos(x) * sin(z) - sin(y) * sin(x) * cos(z),
        cos(y) * cos(x) * cos(z) + sin(y) * sin(x) * sin(z),
    )
