"""The Python client against a real server."""

import asyncio

import pytest

from agent.client.connecting import Happening
from agent.client.errors import ConnectionFailed, NotAgreed
from agent.client.session import Session, connect
from agent.protocol.events.avatar import AvatarFlush, AvatarLanguage
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.response import OutputTranscriptDone, ResponseDone
from agent.protocol.media import MediaFrame, MediaKind
from tests.pipelines.live.conftest import Server

pytestmark = pytest.mark.realtime


def url(server: Server) -> str:
    return f"ws://127.0.0.1:{server.port}/v1/realtime"


async def until(session: Session, kind: type, seconds: float = 20.0) -> list[Happening]:
    """What comes until an event of a kind."""
    came: list[Happening] = []
    async with asyncio.timeout(seconds):
        async for received in session:
            came.append(received)
            if isinstance(received, kind):
                break
    return came


def media(came: list[Happening], kind: MediaKind) -> list[MediaFrame]:
    return [each for each in came if isinstance(each, MediaFrame) and each.kind == kind]


async def test_typed_words_are_answered_with_sound_and_pictures(server: Server) -> None:
    async with connect(url(server), motion=True) as session:
        assert session.facts.protocol == "visavis.1"
        assert session.media.audio.output_rate == 24_000
        await session.send_text("Where can I park my car?")
        came = await until(session, ResponseDone)
    (said,) = [each for each in came if isinstance(each, OutputTranscriptDone)]
    assert "Mill Lane" in said.transcript
    sound, pictures = media(came, MediaKind.AVATAR_AUDIO), media(came, MediaKind.AVATAR_PICTURE)
    assert sum(len(piece.payload) for piece in sound) > 2 * 24_000 * 3
    assert len(pictures) > 50
    assert all(picture.payload[:2] == b"\xff\xd8" for picture in pictures)
    assert all(len(motion.payload) == 232 for motion in media(came, MediaKind.AVATAR_MOTION))


async def test_the_avatar_says_what_it_is_given_until_it_is_interrupted(server: Server) -> None:
    async with connect(url(server), video=None) as session:
        await session.say("This is a long text that nobody wants to hear to its end. " * 4)
        async with asyncio.timeout(10):
            async for received in session:
                if isinstance(received, MediaFrame) and received.kind == MediaKind.AVATAR_AUDIO:
                    break
        await session.interrupt()
        came = await until(session, AvatarFlush)
        assert not media(came, MediaKind.AVATAR_PICTURE)


async def test_what_cannot_be_is_told(server: Server) -> None:
    with pytest.raises(NotAgreed, match="not made; sizes"):
        async with connect(url(server), video={"width": 3, "height": 3}):
            pass
    with pytest.raises(ConnectionFailed, match="cannot be talked with"):
        async with connect("ws://127.0.0.1:9/v1/realtime"):
            pass
    async with connect(url(server), video=None) as session:
        await session.configure(language="xx")
        (error,) = [e for e in await until(session, ErrorEvent) if isinstance(e, ErrorEvent)]
        assert not isinstance(error, AvatarLanguage)
        await session.send_text("Where can I park my car?")
        assert isinstance((await until(session, ResponseDone))[-1], ResponseDone)
