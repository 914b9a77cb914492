from collections.abc import Iterator

import numpy as np
import pytest

from avatar.behaviour.events import MotionEvent
from avatar.behaviour.temperament import Temperament
from avatar.clock import FPS, TICK, TICK_S
from avatar.data.clip import NOTHING_NEW, DyadicClip, Role
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.acting import Performance
from avatar.synthetic.dialogues.conversation import converse, perceived
from avatar.synthetic.dialogues.room import speech_level_db
from avatar.synthetic.dialogues.scene import Act, Dialogue, Line, Person
from avatar.synthetic.dialogues.speech import Speaker
from avatar.tick import AvatarState, Phone, Samples, Style
from avatar.timeline import FACE_FORGOTTEN

SECONDS, LOOK_AHEAD = 20, 2
TICKS = SECONDS * FPS


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    with Speaker() as open_speaker:
        yield open_speaker


def line(party: Role, start: int, ticks: int) -> Line:
    chance = np.random.default_rng(start)
    audio = (0.08 * chance.standard_normal(ticks * TICK)).astype(np.float32)
    phones = (Phone("a", 0.0, 0.3), Phone("m", 0.3, 0.5))
    return Line(party, Act.STATEMENT, start, audio, phones, ends_turn=True)


def script(seed: int) -> Dialogue:
    persons = [
        Person("espeak", "en-us", "en", Temperament(), Style(intensity=0.3 + 0.4 * i))
        for i in range(2)
    ]
    lines = (line(0, 25, 50), line(1, 100, 60), line(0, 180, 75), line(1, 330, 30))
    return Dialogue(seed, (persons[0], persons[1]), lines, TICKS)


def performance(role: Role) -> Performance:
    time = np.arange(TICKS)[:, None] * TICK_S
    hertz = np.linspace(0.3, 1.3, ARKIT58.dim)
    motion = (0.35 + 0.25 * np.sin(2 * np.pi * hertz * time + role)).astype(np.float32)
    states = tuple(
        AvatarState.SPEAKING if (i // 100 % 2) == role else AvatarState.LISTENING
        for i in range(TICKS)
    )
    return Performance(motion, (MotionEvent("nod", 40 + role, 0.5),), states)


def staged(seed: int) -> DyadicClip:
    return perceived(script(seed), (performance(0), performance(1)))


def voice_of(clip: DyadicClip, role: Role) -> Samples:
    return clip.parties[role].audio


def test_a_clip_holds_what_was_said_and_played() -> None:
    clip = staged(3)
    assert clip.source == "synthetic seed 3"
    assert clip.licence == "Apache-2.0"
    assert clip.length == TICKS
    for role, party in enumerate(clip.parties):
        assert [u.start for u in party.utterances] == [[25, 180], [100, 330]][role]
        assert party.seen.all()
        assert party.events == (MotionEvent("nod", 40 + role, 0.5),)
        assert party.style.intensity == pytest.approx(0.3 + 0.4 * role)
        assert (party.motion == performance(role).motion).all()  # type: ignore[arg-type]


@pytest.mark.parametrize("avatar", [0, 1])
@pytest.mark.parametrize("seed", range(8))
def test_the_engine_is_told_what_devices_tell_by_hand(seed: int, avatar: Role) -> None:
    clip = staged(seed)
    own, other = clip.parties[avatar], clip.parties[1 - avatar]
    signals = other.signals
    voice = voice_of(clip, avatar)
    last: int | None = None
    ticks = list(clip.ticks(avatar, look_ahead=LOOK_AHEAD))
    assert len(ticks) == TICKS
    for n, tick in enumerate(ticks):
        here = slice(n * TICK, (n + 1) * TICK)
        if signals.audio is None:
            assert tick.user_audio is None
        else:
            assert tick.user_audio is not None
            assert (tick.user_audio == signals.audio[here]).all()
        last = n if signals.age_ticks[n] != NOTHING_NEW else last
        age = None if last is None else int(signals.age_ticks[last]) + n - last
        if last is None or age is None or age > FACE_FORGOTTEN:
            assert tick.user_face is None
        else:
            assert tick.user_face is not None
            assert tick.user_face.age_ticks == age
            assert (tick.user_face.seen == signals.seen[last]).all()
            assert (tick.user_face.motion == signals.motion[last]).all()
        said = np.zeros(TICK) if tick.speech is None else tick.speech / 32767
        np.testing.assert_allclose(said, voice[here], atol=1e-4)
        assert tick.state is own.states[n]
        assert tick.style == own.style


def test_speech_is_heard_ahead_only_once_it_has_begun() -> None:
    clip = staged(0)
    voice = voice_of(clip, 0)
    utterances = clip.parties[0].utterances
    for n, tick in enumerate(clip.ticks(0, look_ahead=LOOK_AHEAD)):
        known = np.zeros((1 + LOOK_AHEAD) * TICK, np.float32)
        for utterance in utterances:
            if utterance.start <= n < utterance.end:
                end = min(utterance.end, n + 1 + LOOK_AHEAD) * TICK
                known[: end - n * TICK] = voice[n * TICK : end]
        np.testing.assert_allclose(tick.avatar_audio, known, atol=1e-4)
        if any(u.start - LOOK_AHEAD <= n < u.start for u in utterances):
            assert (tick.avatar_audio == 0).all()
            assert tick.phones == ()


def test_devices_differ_between_parties_and_conversations() -> None:
    clips = [staged(seed) for seed in range(12)]
    sounds = [p.signals.audio for clip in clips for p in clip.parties]
    levels = [round(speech_level_db(s) or 0, 1) for s in sounds if s is not None]
    assert len(set(levels)) > 0.8 * len(levels)
    assert -41 < min(levels) < max(levels) < -11
    rates = {int((p.signals.age_ticks >= 0).sum()) for clip in clips for p in clip.parties}
    assert len(rates) > 8


def test_what_one_party_does_leaves_the_others_devices_alone() -> None:
    played = performance(0), performance(1)
    stiller = Performance(played[0].motion * 0.5, played[0].events, played[0].states)
    for seed in range(6):
        first, second = (
            perceived(script(seed), played),
            perceived(script(seed), (stiller, played[1])),
        )
        mine, theirs = first.parties[1].signals, second.parties[1].signals
        assert (mine.motion == theirs.motion).all()
        assert (mine.age_ticks == theirs.age_ticks).all()
        assert (first.parties[0].signals.age_ticks == second.parties[0].signals.age_ticks).all()
        for a, b in zip(first.parties, second.parties, strict=True):
            assert (a.signals.audio is None) == (b.signals.audio is None)
            if a.signals.audio is not None:
                assert (a.signals.audio == b.signals.audio).all()


@pytest.mark.slow
def test_the_same_seed_is_the_same_conversation(speaker: Speaker) -> None:
    clips = [converse(5, length_s=12.0, speaker=speaker) for _ in range(2)]
    for a, b in zip(clips[0].parties, clips[1].parties, strict=True):
        assert (a.motion == b.motion).all()
        assert (a.audio == b.audio).all()
        assert a.events == b.events
        assert a.states == b.states
        assert (a.signals.motion == b.signals.motion).all()
        assert (a.signals.audio is None) == (b.signals.audio is None)
        if a.signals.audio is not None:
            assert (a.signals.audio == b.signals.audio).all()


def test_a_conversation_is_whole(speaker: Speaker) -> None:
    clip = converse(3, length_s=8.0, speaker=speaker)
    assert clip.length == 200
    assert clip.seconds == pytest.approx(8.0)
    for party in clip.parties:
        assert party.motion.shape == (200, ARKIT58.dim)
        assert np.isfinite(party.motion).all()
        assert len(party.states) == 200
        assert len(party.audio) == 200 * TICK
        assert party.signals.audio is None or len(party.signals.audio) == 200 * TICK
    assert sum(1 for _ in clip.ticks(1, look_ahead=2)) == 200
