"""The figures of a conversation, on a clock of the test's own."""

import pytest
from pipecat.frames.frames import VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame

from agent.frames import AvatarAudioFrame, AvatarFlushFrame, AvatarHeldFrame, AvatarReactionFrame
from agent.protocol.events.avatar import AvatarPlayback
from agent.reactions import Cause, Reaction
from agent.transports.meter import Meter

SPEECH = AvatarAudioFrame(b"", 24_000, 1)


def test_pictures_a_second_and_those_that_are_missing() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    now[0] = 1.0
    report = meter.report(20)
    assert (report.fps, report.late) == (20.0, pytest.approx(0.2))
    now[0] = 2.0
    assert meter.report(0).fps == 0.0


def test_the_answer_is_timed_from_the_end_of_speech_itself() -> None:
    now = [10.0]
    meter = Meter(lambda: now[0])
    meter.see(VADUserStoppedSpeakingFrame(stop_secs=0.2))
    now[0] = 10.4
    meter.see(SPEECH)
    now[0] = 10.9
    meter.see(SPEECH)
    assert meter.report(0).response_ms == pytest.approx(600)


def test_being_cut_off_is_timed_from_the_first_sound() -> None:
    now = [10.0]
    meter = Meter(lambda: now[0])
    meter.see(SPEECH)
    meter.see(VADUserStartedSpeakingFrame(start_secs=0.2))
    now[0] = 10.05
    meter.see(AvatarFlushFrame(1, 0))
    assert meter.report(0).barge_in_ms == pytest.approx(250)


def test_whoever_holds_first_fell_silent_then() -> None:
    now = [10.0]
    meter = Meter(lambda: now[0])
    meter.see(SPEECH)
    now[0] = 10.1
    meter.see(AvatarHeldFrame(held=True, tick=1, turn=1))
    now[0] = 10.2
    meter.see(VADUserStartedSpeakingFrame(start_secs=0.2))
    now[0] = 10.8
    meter.see(AvatarFlushFrame(1, 0))
    assert meter.report(0).barge_in_ms == pytest.approx(100)


def test_a_flush_of_silence_or_by_a_button_is_no_barge_in() -> None:
    now = [10.0]
    meter = Meter(lambda: now[0])
    meter.see(VADUserStartedSpeakingFrame(start_secs=0.2))
    meter.see(AvatarFlushFrame(1, 0))
    meter.see(SPEECH)
    meter.see(AvatarFlushFrame(1, 0))
    assert meter.report(0).barge_in_ms is None


def test_reactions_and_what_the_client_plays() -> None:
    meter = Meter(lambda: 0.0)
    for latency in (0.1, 0.3, 0.2, None):
        reaction = Reaction("nod", Cause.USER_PAUSE, 1.0, 0, latency)
        meter.see(AvatarReactionFrame(reaction))
    meter.played(
        AvatarPlayback(
            type="avatar.playback", media_time_us=1_000_000, picture_media_time_us=980_000
        )
    )
    report = meter.report(0)
    assert (report.reaction_ms, report.av_skew_ms) == (200.0, -20.0)
