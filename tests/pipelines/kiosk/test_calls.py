"""A visitor calls a person, in a conversation's pipeline."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from pipecat.frames.frames import Frame, InterruptionFrame, TTSSpeakFrame
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import ForgetFrame, LanguageFrame
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.protocol.events.kiosk import KioskCall, KioskCalled
from pipelines.kiosk.calls import Calls
from pipelines.kiosk.config import BrandingConfig, HandOffConfig, KioskConfig, WebhookConfig
from pipelines.kiosk.desk import Desk
from pipelines.kiosk.hand_off import HandOff
from pipelines.kiosk.webhook import WebhookError
from pipelines.kiosk.wording import DEFAULTS

PRESS = VisitorFrame(KioskCall(type="kiosk.call"))
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


class Lobby:
    """A kiosk whose desk is told by an address."""

    def __init__(self, *, fails: bool = False, takes_s: float = 0.02) -> None:
        self.told: list[Mapping[str, str]] = []
        self.counted: list[str] = []
        self._fails, self._takes_s = fails, takes_s
        hand_off = HandOff(
            HandOffConfig(webhook=WebhookConfig(url="https://desk.example/")), tell=self._tell
        )
        desk = Desk(
            config=KioskConfig(branding=BrandingConfig(name="Lobby")), name="Ana", words=DEFAULTS,
            eared=frozenset(("en",)), wall=lambda: AT, count=self.counted.append,
        )  # fmt: skip
        self.calls = Calls(desk, hand_off)

    async def _tell(self, config: WebhookConfig, event: str, facts: Mapping[str, str]) -> None:
        self.told.append(facts)
        await asyncio.sleep(self._takes_s)
        if self._fails:
            raise WebhookError("https://desk.example/ answered with status 500")

    async def visited(self, *frames: Frame) -> list[Frame]:
        down, _ = await run_test(self.calls, frames_to_send=[*frames, SleepFrame(0.1)])
        return list(down)


def shown(frames: Sequence[Frame]) -> list[str]:
    events = [frame.event for frame in frames if isinstance(frame, KioskFrame)]
    return [event.outcome for event in events if isinstance(event, KioskCalled)]


def said(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TTSSpeakFrame)]


async def test_a_press_calls_and_says_so() -> None:
    lobby = Lobby()
    frames = await lobby.visited(PRESS)
    assert shown(frames) == ["calling", "called"]
    assert said(frames) == [DEFAULTS["en"].calling]
    assert any(isinstance(frame, InterruptionFrame) for frame in frames), "at once"
    assert lobby.told == [
        {"kiosk": "Lobby", "language": "en", "reason": "button", "at": "2026-03-04T09:30:00+00:00"}
    ]
    assert lobby.counted == ["handed_off"]


async def test_who_presses_everything_calls_once() -> None:
    lobby = Lobby()
    frames = await lobby.visited(*[PRESS] * 30)
    assert shown(frames) == ["calling", "called"]
    assert len(lobby.told) == 1


async def test_when_nobody_comes_it_is_said_in_the_visitors_language() -> None:
    lobby = Lobby(fails=True)
    frames = await lobby.visited(LanguageFrame("de"), SleepFrame(0.02), PRESS)
    assert shown(frames) == ["calling", "failed"]
    assert said(frames) == [DEFAULTS["de"].calling, DEFAULTS["de"].nobody_comes]
    assert lobby.told[0]["language"] == "de"
    assert lobby.counted == []


@pytest.mark.parametrize("fails", [True, False])
async def test_the_next_visitor_hears_nothing_of_it(*, fails: bool) -> None:
    lobby = Lobby(fails=fails, takes_s=0.06)
    frames = await lobby.visited(PRESS, SleepFrame(0.02), ForgetFrame())
    assert shown(frames) == ["calling"]
    assert said(frames) == [DEFAULTS["en"].calling]
    assert lobby.counted == ([] if fails else ["handed_off"])


async def test_a_model_that_calls_says_so_itself() -> None:
    lobby = Lobby()
    visit = asyncio.create_task(lobby.visited(SleepFrame(0.05)))
    await asyncio.sleep(0.03)
    await lobby.calls.call("tool")
    frames = await visit
    assert shown(frames) == ["calling", "called"]
    assert said(frames) == []
    assert lobby.told[0]["reason"] == "tool"
