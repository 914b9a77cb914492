"""Talking in a room of LiveKit or Daily: the avatar is one of those who are there."""

import asyncio
import os
from typing import Any

from loguru import logger
from pipecat.transports.base_transport import BaseTransport, VideoInSourceParams

from agent.nodes import AvatarService
from agent.transports.webrtc import CAMERA_FPS, FIRST_BITS
from avatar.avatar import Avatar
from avatar.errors import PartUnavailable
from pipelines.config import DailyRoom, LiveKitRoom
from pipelines.sessions import Sessions

JOINS_AGAIN_S = 2.0
LONGEST_WAIT_S = 60.0

DRAWN_AT_ONCE = 100
"""Pictures a second that pipecat is told of: it waits so long before it hands on a picture, which
at 25 would make each come 40 ms behind its sound."""

QUEUE_MS = 200
"""Sound that may wait in LiveKit: more than a hiccup, less than anybody hears as late."""


async def keep_room(sessions: Sessions, room: LiveKitRoom | DailyRoom, avatar: Avatar) -> None:
    """Hold one conversation after the other in a room, until cancelled.

    Each ends when somebody leaves. A room that cannot be joined is tried again, ever less often.
    """
    wait_s = JOINS_AGAIN_S
    while True:
        begin = asyncio.get_running_loop().time()
        await sessions.room(room_transport(room, avatar))
        lasted = asyncio.get_running_loop().time() - begin > LONGEST_WAIT_S
        wait_s = JOINS_AGAIN_S if lasted else min(LONGEST_WAIT_S, 2 * wait_s)
        logger.info(f"joining the room again in {wait_s:.0f} s")
        await asyncio.sleep(wait_s)


def room_transport(room: LiveKitRoom | DailyRoom, avatar: Avatar) -> BaseTransport:
    """A transport of pipecat's. Raises PartUnavailable without its extra or its secrets."""
    camera = {"camera": VideoInSourceParams(framerate=CAMERA_FPS)}
    params = AvatarService.transport_params(
        avatar,
        video_in_enabled=True,
        video_in_sources=camera,
        video_out_framerate=DRAWN_AT_ONCE,
    )
    given = {name: getattr(params, name) for name in params.model_fields_set}
    try:
        if isinstance(room, LiveKitRoom):
            return _livekit(room, given)
        return _daily(room, given)
    except ImportError as error:
        extra = "livekit" if isinstance(room, LiveKitRoom) else "daily"
        raise PartUnavailable(
            f"a room of {extra} needs more: pip install 'visavis[{extra}]' ({error})"
        ) from error


def _livekit(room: LiveKitRoom, params: dict[str, Any]) -> BaseTransport:
    from livekit.api import AccessToken, VideoGrants
    from pipecat.transports.livekit.transport import LiveKitParams, LiveKitTransport

    token = AccessToken(_secret(room.api_key_from), _secret(room.api_secret_from))
    grants = VideoGrants(room_join=True, room=room.room, agent=True)
    signed = token.with_identity(room.identity).with_kind("agent").with_grants(grants).to_jwt()
    params |= {"audio_out_queue_size_ms": QUEUE_MS, "video_out_max_bitrate": FIRST_BITS}
    return LiveKitTransport(room.url, signed, room.room, LiveKitParams(**params))


def _daily(room: DailyRoom, params: dict[str, Any]) -> BaseTransport:
    from pipecat.transports.daily.transport import DailyParams, DailyTransport

    token = None if room.token_from is None else _secret(room.token_from)
    return DailyTransport(room.url, token, room.name, DailyParams(**params))


def _secret(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise PartUnavailable(f"the room needs {name} in the environment")
    return value
