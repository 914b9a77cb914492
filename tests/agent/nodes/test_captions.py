"""The user's words pass the user aggregator as captions."""

from pipecat.frames.frames import Frame, InterimTranscriptionFrame, TextFrame, TranscriptionFrame
from pipecat.tests.utils import run_test

from agent.frames import UserCaptionFrame
from agent.nodes import UserCaptions

NOW = "2030-01-01T00:00:00+00:00"


async def through(*frames: Frame) -> list[Frame]:
    down, _ = await run_test(UserCaptions(), frames_to_send=list(frames))
    return list(down)


async def test_transcripts_are_said_twice_and_keep_their_order() -> None:
    interim = InterimTranscriptionFrame("where is", "u", NOW)
    final = TranscriptionFrame(" where is the lift ", "u", NOW)
    down = await through(interim, final)
    captions = [(f.text, f.final) for f in down if isinstance(f, UserCaptionFrame)]
    assert captions == [("where is", False), ("where is the lift", True)]
    assert [frame for frame in down if not isinstance(frame, UserCaptionFrame)] == [interim, final]


async def test_nothing_understood_is_no_caption() -> None:
    silence = TranscriptionFrame(" ", "u", NOW)
    assert await through(silence) == [silence]


async def test_other_text_is_no_caption() -> None:
    text = TextFrame("hello")
    assert await through(text) == [text]
