"""What is counted of a server and its conversations, and who may read it."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from pipecat.frames.frames import (
    Frame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.tests.utils import SleepFrame, run_test
from starlette.testclient import TestClient

from agent.frames import (
    AvatarAudioFrame,
    AvatarFlushFrame,
    AvatarHeldFrame,
    AvatarImageFrame,
    AvatarPicturesFrame,
    AvatarTickFrame,
)
from agent.nodes import Answers
from agent.services.stt.pocketsphinx import PocketSphinxConfig, PocketSphinxSTTService
from pipelines.admission import Admission
from pipelines.config import ServeConfig
from pipelines.telemetry import Telemetry, add_metrics, is_local
from pipelines.telemetry_session import SessionTelemetry, part_of

SPEECH = AvatarAudioFrame(b"", 24_000, 1)


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    return telemetry.registry.get_sample_value(f"visavis_{name}", labels)


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def test_what_has_not_happened_is_nought(telemetry: Telemetry) -> None:
    assert value(telemetry, "visits_total", step="handed_off") == 0
    assert value(telemetry, "fault", fault="microphone") == 0
    assert value(telemetry, "latency_seconds_count", kind="response") == 0


def test_each_step_of_a_visit_is_counted(telemetry: Telemetry) -> None:
    for _ in range(3):
        telemetry.visit("noticed")
    telemetry.visit("greeted")
    assert telemetry.funnel == {
        "noticed": 3, "greeted": 1, "conversed": 0, "answered": 0, "handed_off": 0, "reset": 0,
    }  # fmt: skip


def test_faults_come_and_go(telemetry: Telemetry) -> None:
    telemetry.fault("voice", present=True)
    telemetry.fault("camera", present=True)
    telemetry.fault("voice", present=False)
    assert telemetry.faults == ("camera",)
    assert value(telemetry, "fault", fault="camera") == 1
    assert value(telemetry, "fault", fault="voice") == 0


def test_going_down_the_ladder_is_counted_and_coming_up_is_not(telemetry: Telemetry) -> None:
    for rung in (1, 2, 2, 1, 0, 1):
        telemetry.rung(rung)
    assert telemetry.rungs_down == 1
    assert value(telemetry, "descents_total") == 3


def test_two_servers_share_no_figure(telemetry: Telemetry) -> None:
    telemetry.error("ears")
    telemetry.unanswered("language")
    assert value(Telemetry(), "errors_total", part="ears") == 0
    assert value(telemetry, "errors_total", part="ears") == 1
    assert value(telemetry, "unanswered_total", kind="language") == 1


def test_no_label_is_about_a_visitor(telemetry: Telemetry) -> None:
    labels = set(re.findall(r"[{,](\w+)=", telemetry.text().decode()))
    assert labels == {"version", "fault", "step", "kind", "outcome", "part", "le"}


def served(token: str | None, caller: str) -> TestClient:
    config = ServeConfig(token=token)
    admission, app = Admission(config), FastAPI()
    add_metrics(app, config, admission, Telemetry())
    return TestClient(app, client=(caller, 50_000))


@pytest.mark.parametrize(
    ("token", "caller", "given", "status"),
    [
        (None, "127.0.0.1", None, 200),
        (None, "::1", None, 200),
        (None, "192.0.2.7", None, 403),
        (None, "192.0.2.7", "secret", 403),
        ("secret", "127.0.0.1", None, 200),
        ("secret", "192.0.2.7", None, 401),
        ("secret", "192.0.2.7", "wrong", 401),
        ("secret", "192.0.2.7", "secret", 200),
    ],
)
def test_figures_are_for_this_machine_and_for_those_who_show_the_token(
    token: str | None, caller: str, given: str | None, status: int
) -> None:
    headers = {} if given is None else {"Authorization": f"Bearer {given}"}
    assert served(token, caller).get("/metrics", headers=headers).status_code == status


def test_figures_are_told_as_prometheus_reads_them() -> None:
    config = ServeConfig(token=None)
    admission, app, telemetry = Admission(config), FastAPI(), Telemetry()
    add_metrics(app, config, admission, telemetry)
    client = TestClient(app, client=("127.0.0.1", 1))
    assert "visavis_ready 0.0" in client.get("/metrics").text
    admission.ready()
    with admission.session():
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "visavis_sessions 1.0" in answer.text
    assert "visavis_ready 1.0" in answer.text


@pytest.mark.parametrize("address", ["", "localhost", "10.0.0.1", "fe80::1%eth0", "127.0.0.1.evil"])
def test_an_address_that_is_not_ours_is_foreign(address: str) -> None:
    assert not is_local(address)


def picture(tick: int) -> AvatarImageFrame:
    return AvatarImageFrame(image=b"", size=(0, 0), format="RGB", tick=tick)


async def passed(telemetry: Telemetry, *frames: Frame, **options: Any) -> list[type]:
    """What comes out of a conversation's telemetry when these frames go in."""
    counted = SessionTelemetry(telemetry, **options)
    came, _ = await run_test(counted, frames_to_send=[*frames])
    return [type(frame) for frame in came]


async def test_pictures_and_those_that_came_late_are_counted(telemetry: Telemetry) -> None:
    beats: list[int] = []
    frames = [picture(1), AvatarTickFrame(2), picture(3), AvatarTickFrame(4)]
    unwatched = [AvatarPicturesFrame(wanted=False), AvatarTickFrame(5), AvatarTickFrame(6)]
    came = await passed(telemetry, *frames, *unwatched, alive=lambda: beats.append(1))
    assert value(telemetry, "pictures_total") == 2
    assert value(telemetry, "pictures_late_total") == 2
    assert len(beats) == 6
    assert sorted(came, key=str) == sorted(map(type, frames + unwatched), key=str)


async def test_what_a_user_waits_for_is_timed(telemetry: Telemetry) -> None:
    frames = [
        VADUserStoppedSpeakingFrame(stop_secs=0.2),
        SleepFrame(sleep=0.02),
        SPEECH,
        SleepFrame(sleep=0.02),
        VADUserStartedSpeakingFrame(start_secs=0.1),
        AvatarFlushFrame(1, 0),
    ]
    await passed(telemetry, *frames, clock=lambda: 5.0)
    assert value(telemetry, "latency_seconds_sum", kind="response") == pytest.approx(0.2)
    assert value(telemetry, "latency_seconds_sum", kind="barge_in") == pytest.approx(0.1)
    assert value(telemetry, "latency_seconds_count", kind="reaction") == 0


@pytest.mark.parametrize(
    ("then", "outcome"),
    [(AvatarHeldFrame(held=False, tick=2, turn=1), "resumed"), (AvatarFlushFrame(1, 2), "cut_off")],
)
async def test_held_speech_goes_on_or_is_cut_off(
    telemetry: Telemetry, then: Frame, outcome: str
) -> None:
    await passed(telemetry, AvatarHeldFrame(held=True, tick=1, turn=1), then)
    counts = {
        kind: value(telemetry, "speech_interrupted_total", outcome=kind)
        for kind in ("held", "resumed", "cut_off")
    }
    assert counts == {"held": 1, "resumed": 0, "cut_off": 0} | {outcome: 1}


async def test_a_flush_of_speech_that_was_not_held_cuts_nothing_off(telemetry: Telemetry) -> None:
    await passed(telemetry, AvatarFlushFrame(1, 0))
    assert value(telemetry, "speech_interrupted_total", outcome="cut_off") == 0


async def test_what_is_said_goes_into_no_figure(telemetry: Telemetry) -> None:
    await passed(telemetry, TranscriptionFrame("my name is Miller", "me", "now"))
    assert b"Miller" not in telemetry.text()


def test_errors_are_called_by_the_part_that_they_come_from() -> None:
    ears = PocketSphinxSTTService(PocketSphinxConfig())
    assert part_of(ears) == "ears"
    assert [part_of(other) for other in (Answers(), IdentityFilter(), None)] == ["other"] * 3


def test_errors_of_a_conversation_are_counted_by_part(telemetry: Telemetry) -> None:
    counted = SessionTelemetry(telemetry)
    for processor in (PocketSphinxSTTService(PocketSphinxConfig()), None, None):
        counted.failed(processor)
    assert value(telemetry, "errors_total", part="ears") == 1
    assert value(telemetry, "errors_total", part="other") == 2
