"""What is known of the parts of a kiosk, and how soon."""

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
)

from agent.frames import (
    AnswerComesFrame,
    AnswerFailedFrame,
    AnswerWrittenFrame,
    AvatarLoadFrame,
    UserPresenceFrame,
)
from agent.kiosk_frames import VisitorFrame
from agent.protocol.events.kiosk import Fault, KioskDevice
from pipelines.kiosk.faults import ORDER, SILENT_S, Faults
from pipelines.kiosk.health import SLOW_S, Health
from pipelines.kiosk.ladder import DOWN_AFTER, UP_AFTER, Rung
from tests.agent.turns.detectors import sound
from tests.agent.turns.theatre import ScriptedLLM, ScriptedTTS

NOTICED_WITHIN_S = 5.0
WORDS = TranscriptionFrame("hello", "user", "", finalized=True)


def test_a_part_that_never_gave_a_sign_is_not_missed() -> None:
    assert Faults().at(1e6) == ()


@pytest.mark.parametrize("part", ["microphone", "camera"])
def test_silence_is_a_fault_within_five_seconds_and_a_sign_ends_it(part: Fault) -> None:
    faults = Faults().works(part, 10.0)
    assert faults.at(10.0 + SILENT_S[part]) == ()
    assert faults.at(10.1 + SILENT_S[part]) == (part,)
    assert SILENT_S[part] + 0.5 < NOTICED_WITHIN_S
    assert faults.works(part, 20.0).at(20.0) == ()
    assert faults.off(part).at(1000.0) == ()


@pytest.mark.parametrize("part", ["ears", "answers", "voice"])
def test_parts_that_work_now_and_then_are_not_missed_for_their_silence(part: Fault) -> None:
    assert Faults().works(part, 0.0).at(1e6) == ()


def test_a_probe_takes_back_what_it_said_and_not_what_somebody_waits_for() -> None:
    faults = Faults().fails("answers").fails("answers", "slow")
    assert faults.could_work("answers").at(0.0) == ("answers",)
    assert faults.works("answers", 0.0).at(0.0) == ()
    assert Faults().fails("voice").could_work("voice").at(0.0) == ()


def test_faults_come_in_an_order_that_does_not_change() -> None:
    faults = Faults()
    for part in reversed(ORDER):
        faults = faults.fails(part)
    assert faults.at(0.0) == ORDER


async def nothing() -> None:
    pass


def health(**probes: object) -> Health:
    return Health(probes, nothing)  # pyright: ignore[reportArgumentType]


def device(name: str, *, works: bool) -> VisitorFrame:
    told = {"type": "kiosk.device", "device": name, "works": works}
    return VisitorFrame(KioskDevice.model_validate(told))


@pytest.mark.parametrize("asks", [[WORDS, UserStoppedSpeakingFrame()], [LLMRunFrame()]])
def test_an_answer_that_does_not_come_is_missed(asks: list[Frame]) -> None:
    known = health()
    for frame in asks:
        known.see(frame, 10.0)
    assert known.faults(10.0 + SLOW_S) == ()
    assert known.faults(10.1 + SLOW_S) == ("answers",)
    assert SLOW_S + 0.5 < NOTICED_WITHIN_S
    known.see(AnswerComesFrame(), 16.0)
    assert known.faults(100.0) == ()


@pytest.mark.parametrize("frame", [InterruptionFrame(), AnswerComesFrame(), AnswerWrittenFrame()])
def test_who_is_answered_or_goes_on_waits_no_longer(frame: Frame) -> None:
    known = health()
    known.see(LLMRunFrame(), 10.0)
    known.see(frame, 11.0)
    assert known.faults(100.0) == ()


def test_a_voice_that_fills_the_wait_does_not_hide_it() -> None:
    known = health()
    known.see(LLMRunFrame(), 10.0)
    known.see(BotStartedSpeakingFrame(), 11.5)
    assert known.faults(10.1 + SLOW_S) == ("answers",), "it has only said: let me see"


def test_a_cough_without_words_is_not_waited_for() -> None:
    known = health()
    known.see(UserStoppedSpeakingFrame(), 10.0)
    assert known.faults(100.0) == ()


def test_an_error_names_the_part_that_it_came_from() -> None:
    known = health()
    known.see(ErrorFrame("no", processor=ScriptedTTS()), 1.0)
    assert known.faults(1.0) == ("voice",)
    assert known.rung is Rung.TEXT_ONLY, "without a voice it writes"
    known.see(ErrorFrame("no", processor=ScriptedLLM(str, 0.0)), 1.0)
    assert known.faults(1.0) == ("answers", "voice")
    known.see(ErrorFrame("no"), 1.0)
    known.see(BotStartedSpeakingFrame(), 2.0)
    assert known.faults(2.0) == ("answers",)
    assert known.rung is Rung.WHOLE
    known.see(AnswerFailedFrame(), 3.0)
    known.see(AnswerComesFrame(), 4.0)
    assert known.faults(4.0) == ()


def test_sound_is_missed_only_while_it_is_expected() -> None:
    known = health()
    known.see(sound(10), 1.0)
    assert isinstance(sound(10), InputAudioRawFrame)
    assert known.faults(50.0) == ()
    assert known.faults(50.0, hears=True) == ("microphone",)
    known.see(sound(10), 51.0)
    assert known.faults(51.0, hears=True) == ()


def test_a_client_says_that_its_device_fails_and_works_again() -> None:
    known = health()
    for name in ("camera", "microphone"):
        known.see(device(name, works=False), 1.0)
    assert known.faults(1.0, hears=True) == ("microphone", "camera")
    known.see(UserPresenceFrame(None), 2.0)
    known.see(sound(10), 2.0)
    assert known.faults(2.0, hears=True) == ("microphone", "camera"), (
        "whose device it is knows better"
    )
    for name in ("camera", "microphone"):
        known.see(device(name, works=True), 3.0)
    assert known.faults(3.0, hears=True) == ()


def test_pictures_that_come_late_are_a_fault_until_there_is_room() -> None:
    known = health()
    for _ in range(DOWN_AFTER):
        known.see(AvatarLoadFrame(0.5), 1.0)
    assert known.faults(1.0) == ("load",)
    assert known.rung is Rung.FEWER_PICTURES
    for _ in range(UP_AFTER):
        known.see(AvatarLoadFrame(0.0), 1.0)
    assert known.faults(1.0) == ()
