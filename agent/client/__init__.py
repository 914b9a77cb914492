"""Talking with a server from Python: `connect`, and what comes; `Face` for scripts without asyncio.

README.md beside it is its page.
"""

from agent.client.connecting import ConnectionBack, ConnectionLost, Happening
from agent.client.errors import ClientError, ConnectionFailed, DeviceUnavailable, NotAgreed
from agent.client.face import Face
from agent.client.player import Player, Shown
from agent.client.session import Session, connect

__all__ = [
    "ClientError",
    "ConnectionBack",
    "ConnectionFailed",
    "ConnectionLost",
    "DeviceUnavailable",
    "Face",
    "Happening",
    "NotAgreed",
    "Player",
    "Session",
    "Shown",
    "connect",
]
