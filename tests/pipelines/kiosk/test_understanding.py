"""The screen is told where an answer is from, and when somebody asks in vain."""

import pytest
from pipecat.frames.frames import Frame, TranscriptionFrame
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import ForgetFrame, LanguageFrame, TurnEndsFrame, UserCaptionFrame
from agent.kiosk_frames import KioskFrame
from agent.protocol.events.kiosk import KioskHint, KioskSources
from pipelines.kiosk.desk import Found, LookUp
from pipelines.kiosk.understanding import Understanding

COUGH = TurnEndsFrame("")


def asks(text: str) -> list[Frame]:
    """A turn with these words, as the coordinator passes it on."""
    return [TranscriptionFrame(text, "user", "", finalized=True), TurnEndsFrame(text)]


def known(text: str, language: str) -> Found:
    """Only lifts are written about, in two languages."""
    if "lift" in text:
        return Found(answered=True, sources=(f"{language}/lift.md",))
    return Found(answered=False)


async def told(*frames: Frame, look_up: LookUp | None = known) -> list[str]:
    """The hints and sources that came of it."""
    spread = [piece for frame in frames for piece in (frame, SleepFrame(0.01))]
    down, _ = await run_test(
        Understanding("en", look_up), frames_to_send=[*spread, SleepFrame(0.05)]
    )
    shown: list[str] = []
    for frame in down:
        match frame:
            case KioskFrame(event=KioskHint()):
                shown.append("hint")
            case KioskFrame(event=KioskSources(sources=sources)):
                shown += sources
            case _:
                pass
    return shown


async def test_the_page_that_answers_is_shown() -> None:
    assert await told(*asks("where is the lift")) == ["en/lift.md"]


async def test_it_is_the_page_of_the_language_that_is_spoken() -> None:
    assert await told(LanguageFrame("de"), *asks("lift")) == ["de/lift.md"]


async def test_what_is_typed_counts_as_what_is_said() -> None:
    typed = UserCaptionFrame("where is the lift", final=True, typed=True)
    assert await told(typed) == ["en/lift.md"]
    spoken = UserCaptionFrame("where is the lift", final=True)
    assert await told(spoken) == [], "its transcript was seen"


async def test_the_second_question_in_vain_offers_other_ways() -> None:
    assert await told(*asks("hyperspace")) == []
    assert await told(*asks("hyperspace"), *asks("warp drive")) == ["hint"]
    assert await told(*asks("hyperspace"), *asks("lift"), *asks("warp")) == ["en/lift.md"]


async def test_turns_without_words_are_in_vain_too() -> None:
    assert await told(COUGH) == []
    assert await told(COUGH, COUGH) == ["hint"]
    assert await told(COUGH, *asks("hyperspace")) == ["hint"]
    assert await told(COUGH, COUGH, look_up=None) == ["hint"]


async def test_a_language_model_judges_for_itself() -> None:
    frames = [*asks("hyperspace"), *asks("warp drive"), *asks("time travel")]
    assert await told(*frames, look_up=None) == []
    assert await told(COUGH, *asks("hyperspace"), COUGH, look_up=None) == []


@pytest.mark.parametrize("between", [ForgetFrame(), LanguageFrame("de")])
async def test_the_next_visitor_and_another_language_begin_anew(between: Frame) -> None:
    assert await told(COUGH, between, COUGH) == []
    assert await told(COUGH, between, COUGH, COUGH) == ["hint"]
