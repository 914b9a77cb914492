"""A face before a transport that drops its pictures says so, with pipecat's own transports."""

from collections.abc import Generator
from itertools import pairwise
from unittest.mock import AsyncMock

import pytest
from loguru import logger
from pipecat.frames.frames import OutputTransportReadyFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.tests.utils import run_test
from pipecat.transports.base_transport import BaseTransport, TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)

from agent.nodes import AvatarService
from agent.nodes.video_check import video_problem
from agent.transports.webrtc import FaceWebRTCTransport
from tests.agent.nodes.test_avatar_service import AVATAR


@pytest.fixture
def warnings() -> Generator[list[str]]:
    said: list[str] = []
    sink = logger.add(said.append, level="WARNING", format="{message}")
    yield said
    logger.remove(sink)


def websocket() -> BaseTransport:
    return FastAPIWebsocketTransport(AsyncMock(), FastAPIWebsocketParams(audio_out_enabled=True))


async def webrtc(params: TransportParams) -> BaseTransport:
    return SmallWebRTCTransport(SmallWebRTCConnection(), params)


def problem(transport: BaseTransport, *between: FrameProcessor) -> str | None:
    """What a face says of a transport somewhere behind it."""
    service = AvatarService(AVATAR)
    line: list[FrameProcessor] = [service, *between, transport.output()]
    for before, behind in pairwise(line):
        before.link(behind)
    return video_problem(service)


def test_a_websocket_of_pipecat_drops_pictures() -> None:
    said = problem(websocket())
    assert said is not None
    assert said.startswith("FastAPIWebsocketOutputTransport cannot carry video")
    assert "agent.transports.websocket" in said


def test_it_is_found_behind_others() -> None:
    assert problem(websocket(), IdentityFilter(), IdentityFilter()) is not None


async def test_webrtc_carries_pictures() -> None:
    params = AvatarService.transport_params(AVATAR)
    assert problem(await webrtc(params)) is None
    assert problem(FaceWebRTCTransport(SmallWebRTCConnection(), params)) is None


async def test_webrtc_without_video_says_what_is_missing() -> None:
    said = problem(await webrtc(TransportParams(audio_out_enabled=True)))
    assert said is not None
    assert "AvatarService.transport_params(avatar)" in said


def test_without_a_transport_there_is_no_problem() -> None:
    service = AvatarService(AVATAR)
    service.link(IdentityFilter())
    assert video_problem(service) is None


async def test_it_is_said_once_when_the_transport_is_ready(warnings: list[str]) -> None:
    line = Pipeline([AvatarService(AVATAR), websocket().output()])
    _, up = await run_test(line, frames_to_send=[])
    assert any(isinstance(frame, OutputTransportReadyFrame) for frame in up)
    assert sum("cannot carry video" in line for line in warnings) == 1


async def test_nothing_is_said_before_a_transport_with_video(warnings: list[str]) -> None:
    output = (await webrtc(AvatarService.transport_params(AVATAR))).output()
    _, up = await run_test(Pipeline([AvatarService(AVATAR), output]), frames_to_send=[])
    assert any(isinstance(frame, OutputTransportReadyFrame) for frame in up)
    assert not [line for line in warnings if "video" in line]
