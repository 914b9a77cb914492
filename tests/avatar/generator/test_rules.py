from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar.behaviour.events import MotionEvent, MotionEventDetector
from avatar.behaviour.gestures import Beat
from avatar.behaviour.reactions import QUIET_SMILE
from avatar.clock import FPS, TICK
from avatar.generator.base import MotionGenerator
from avatar.generator.rules import RuleBasedGenerator
from avatar.media import Recording, read_wav
from avatar.motion import ARKIT58, FaceObservation
from avatar.tick import AvatarState, Phone, Samples, Style, Tick
from avatar.timeline import Timeline
from avatar.voices.base import Speech
from tests.sounds import laugh, level, silence, tone

JAW, PITCH = ARKIT58.index("jawOpen"), ARKIT58.index("headPitch")
EVERYTHING = np.ones(ARKIT58.dim, bool)


def make_ticks(
    seconds: float,
    *,
    user: Samples | None = None,
    faces: Callable[[float], dict[str, float]] | None = None,
    speech: Recording | None = None,
    phones: Sequence[Phone] = (),
    state: AvatarState = AvatarState.LISTENING,
    style: Style | None = None,
) -> list[Tick]:
    rate = 16_000 if speech is None else speech.rate
    timeline = Timeline(voice_rate=rate, look_ahead=RuleBasedGenerator.look_ahead)
    timeline.direct(state=state, style=style or Style())
    if speech is not None:
        timeline.push_speech(1, speech.pcm, phones=phones)
        timeline.direct(state=AvatarState.SPEAKING)
    ticks: list[Tick] = []
    for index in range(round(seconds * FPS)):
        if user is not None:
            piece = user[index * TICK : (index + 1) * TICK]
            timeline.push_user_audio(np.pad(piece, (0, TICK - len(piece))))
        if faces is not None:
            motion = ARKIT58.vector(faces(index / FPS))
            timeline.push_user_face(FaceObservation(ARKIT58, motion, EVERYTHING))
        ticks.append(timeline.next_tick())
    return ticks


def generate(ticks: Sequence[Tick], seed: int = 0, chunk: int = 1) -> np.ndarray:
    generator = RuleBasedGenerator()
    state = generator.start(seed=seed, rest=ARKIT58.rest)
    motions: list[np.ndarray] = []
    for start in range(0, len(ticks), chunk):
        motion, state = generator.step(ticks[start : start + chunk], state)
        motions.append(motion[0])
    return np.stack(motions)


def events(motions: np.ndarray) -> Iterator[MotionEvent]:
    detector = MotionEventDetector()
    for index, motion in enumerate(motions):
        yield from detector.step(index, motion)


def first_difference(ticks: Sequence[Tick], changed: Sequence[Tick], seed: int) -> int:
    apart = np.abs(generate(ticks, seed) - generate(changed, seed)).max(axis=1) > 1e-3
    return int(np.argmax(apart)) if apart.any() else len(ticks)


def test_it_is_a_generator() -> None:
    generator = RuleBasedGenerator()
    assert isinstance(generator, MotionGenerator)
    assert (generator.block, generator.space) == (1, ARKIT58)


def test_a_step_can_be_taken_again(question: Recording) -> None:
    ticks = make_ticks(3, user=question.heard())
    generator = RuleBasedGenerator()
    state = generator.start(seed=3, rest=ARKIT58.rest)
    for tick in ticks[:40]:
        _, state = generator.step([tick], state)
    once, _ = generator.step([ticks[40]], state)
    again, _ = generator.step([ticks[40]], state)
    assert (once == again).all()


def test_ticks_in_pieces_give_the_same_motion(question: Recording) -> None:
    ticks = make_ticks(4, user=question.heard())
    assert (generate(ticks)[4::5] == generate(ticks, chunk=5)).all()


def test_seeds_are_people_and_repeat(question: Recording) -> None:
    ticks = make_ticks(4, user=question.heard())
    assert (generate(ticks, 1) == generate(ticks, 1)).all()
    assert np.abs(generate(ticks, 1) - generate(ticks, 2)).max() > 0.01


@pytest.mark.parametrize("seed", range(4))
def test_it_never_mouths_the_users_words(question: Recording, seed: int) -> None:
    motions = generate(make_ticks(question.seconds + 1, user=question.heard()), seed)
    mouth = [ARKIT58.index(name) for name in ("jawOpen", "mouthFunnel", "mouthPucker")]
    assert motions[:, mouth].max() == 0.0


@pytest.mark.parametrize("with_phones", [True, False])
def test_lips_follow_the_voice(answer: Speech, with_phones: bool) -> None:
    recording = Recording(answer.pcm, answer.rate)
    phones = answer.phones if with_phones else ()
    assert best_correlation(recording, phones) > 0.6


@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
def test_lips_follow_a_voice_they_were_not_tuned_on(
    flite: Callable[[str, str], Recording], voice: str
) -> None:
    recording = flite(voice, "The quick brown fox jumps over the lazy dog. My name is Mary.")
    assert best_correlation(recording, ()) > 0.5


def best_correlation(recording: Recording, phones: Sequence[Phone]) -> float:
    """The best correlation of jaw and loudness within two ticks (80 ms)."""
    motions = generate(make_ticks(recording.seconds + 1, speech=recording, phones=phones))
    loudness = level(recording.heard())
    jaw = motions[: len(loudness), JAW]
    return max(
        float(np.corrcoef(np.roll(loudness, lag)[2:-2], jaw[2:-2])[0, 1]) for lag in range(-2, 3)
    )


def test_the_mouth_is_shut_in_silence(answer: Speech) -> None:
    recording = Recording(answer.pcm, answer.rate)
    motions = generate(make_ticks(recording.seconds + 2, speech=recording, phones=answer.phones))
    after = round((recording.seconds + 0.4) * FPS)
    assert motions[after:, JAW].max() == 0.0


def test_bilabials_close_the_lips() -> None:
    phones = [Phone("ɑ", 0.0, 0.2), Phone("p", 0.2, 0.3), Phone("ɑ", 0.3, 0.5)]
    sound = np.concatenate([tone(0.2), silence(0.1), tone(0.2)])
    recording = Recording((8000 * sound).astype(np.int16), 16_000)
    motions = generate(make_ticks(0.5, speech=recording, phones=phones))
    assert motions[2, JAW] > 0.4
    assert motions[6, JAW] < 0.12
    assert motions[6, ARKIT58.index("mouthPressLeft")] > 0.3


@pytest.mark.parametrize("seed", range(3))
def test_a_voice_is_answered_within_two_ticks(seed: int) -> None:
    """Twin runs: equal but for one onset; the first tick whose motion differs by 1e-3."""
    quiet = make_ticks(6, user=silence(6))
    onset = 3.0
    spoken = np.concatenate([silence(onset), tone(1.0), silence(2)])
    reaction = first_difference(quiet, make_ticks(6, user=spoken), seed) - round(onset * FPS)
    assert 0 <= reaction <= 2


def a_smile(begin: float, strength: float = 0.7) -> Callable[[float], dict[str, float]]:
    return lambda t: {"mouthSmile": strength if begin <= t < begin + 1.5 else 0.0}


def test_a_smile_is_seen_within_two_ticks() -> None:
    still, smiling = make_ticks(5, faces=lambda _: {}), make_ticks(5, faces=a_smile(2.0))
    assert 0 <= first_difference(still, smiling, 0) - 50 <= 2


def test_smiles_are_returned() -> None:
    returned = 0
    for seed in range(10):
        motions = generate(make_ticks(6, faces=a_smile(2.0)), seed)
        returned += any(e.kind == "smile" and 50 <= e.onset <= 85 for e in events(motions))
    assert returned >= 8


def test_laughter_is_answered_with_the_whole_face() -> None:
    answered = 0
    for seed in range(6):
        sound = np.concatenate([silence(1.5), laugh(seed), silence(3)])
        sound += np.random.default_rng(seed).normal(0, 3e-4, len(sound)).astype(np.float32)
        motions = generate(make_ticks(len(sound) / 16_000, user=sound), seed)
        laughs = [event for event in events(motions) if event.kind == "laugh"]
        if laughs:
            answered += 1
            peak = motions[laughs[0].onset : laughs[0].onset + 40]
            assert peak[:, ARKIT58.index("cheekSquintLeft")].max() > 0.5
            assert peak[:, PITCH].max() > np.radians(4)
    assert answered >= 5


def nods_between(sound: Samples, begin_s: float, end_s: float, seeds: int = 12) -> float:
    """Nods a second that begin in a span, over several people."""
    ticks = make_ticks(len(sound) / 16_000, user=sound)
    found = sum(
        event.kind == "nod" and begin_s * FPS <= event.onset < end_s * FPS
        for seed in range(seeds)
        for event in events(generate(ticks, seed))
    )
    return found / seeds / (end_s - begin_s)


@pytest.mark.slow
def test_it_nods_at_pauses_more_than_into_speech() -> None:
    sound = np.concatenate([silence(0.4), tone(2.4), silence(1.6)])
    sound += np.random.default_rng(0).normal(0, 3e-4, len(sound)).astype(np.float32)
    into_speech, at_pause = nods_between(sound, 0.6, 2.6), nods_between(sound, 2.8, 3.8)
    assert at_pause > 0.35
    assert at_pause > 2.5 * into_speech


@pytest.mark.slow
def test_most_people_nod_while_they_are_asked_something() -> None:
    path = Path(__file__).parents[3] / "examples" / "audio" / "question.wav"
    ticks = make_ticks(read_wav(path).seconds, user=read_wav(path).heard())
    nodding = [any(e.kind == "nod" for e in events(generate(ticks, seed))) for seed in range(12)]
    assert sum(nodding) >= 7


def test_a_flickering_smile_is_not_answered_without_end() -> None:
    def flickering(t: float) -> dict[str, float]:
        return {"mouthSmile": 0.5 if round(t * FPS) % 12 < 6 else 0.1}

    for intensity in (0.0, 1.0):
        motions = generate(make_ticks(12, faces=flickering, style=Style(intensity=intensity)))
        assert motions[:, ARKIT58.index("mouthSmileLeft")].max() <= QUIET_SMILE + 1e-6


def test_a_smile_is_returned_as_long_as_it_lasts() -> None:
    motions = generate(make_ticks(12, faces=lambda t: {"mouthSmile": 0.8 if t > 1 else 0.0}))
    late = motions[8 * FPS :, ARKIT58.index("mouthSmileLeft")]
    assert late.min() > 0.3
    assert late.max() <= QUIET_SMILE + 1e-6


def test_beats_come_with_phones_that_mark_no_stress(answer: Speech) -> None:
    recording = Recording(answer.pcm, answer.rate)
    unmarked = [replace(phone, symbol=phone.symbol.replace("ˈ", "")) for phone in answer.phones]
    ticks = make_ticks(recording.seconds, speech=recording, phones=unmarked)
    generator = RuleBasedGenerator()
    state = generator.start(seed=0, rest=ARKIT58.rest)
    beats = set[Beat]()
    for tick in ticks:
        _, state = generator.step([tick], state)
        beats |= {gesture for gesture in state.reactions.gestures if isinstance(gesture, Beat)}
    assert len(beats) >= 2


@pytest.mark.slow
def test_composed_reacts_less_than_lively(question: Recording) -> None:
    def activity(intensity: float) -> float:
        ticks = make_ticks(5, user=question.heard(), style=Style(intensity=intensity))
        return float(
            np.mean([np.abs(np.diff(generate(ticks, s)[:, PITCH])).sum() for s in range(6)])
        )

    assert activity(0.0) < 0.8 * activity(1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("state", "low", "high"), [("listening", 10, 30), ("speaking", 14, 36)])
def test_blinks_are_as_frequent_as_peoples(state: str, low: float, high: float) -> None:
    motions = generate(make_ticks(60, state=AvatarState(state)), seed=5)
    blinks = sum(event.kind == "blink" for event in events(motions))
    assert low <= blinks <= high


def test_every_blink_shuts_the_eyes() -> None:
    motions = generate(make_ticks(30), seed=1)
    lids = motions[:, ARKIT58.index("eyeBlinkLeft")]
    for event in events(motions):
        if event.kind == "blink" and event.onset < len(lids) - 4:
            assert lids[event.onset : event.onset + 4].max() > 0.95


def test_eyes_hold_the_look_while_the_head_nods() -> None:
    motions = generate(make_ticks(4, style=Style(gaze=(0.2, 0.0))), seed=2)
    eyes = motions[:, ARKIT58.index("eyeLookOutLeft")] - motions[:, ARKIT58.index("eyeLookInLeft")]
    looking = np.radians(33) * eyes + motions[:, ARKIT58.index("headYaw")]
    assert abs(float(np.median(looking[20:])) - 0.2) < 0.04


def test_emotion_shows() -> None:
    happy = generate(make_ticks(3, style=Style(emotion="happy")))
    neutral = generate(make_ticks(3))
    smile = ARKIT58.index("mouthSmileLeft")
    assert happy[-1, smile] > neutral[-1, smile] + 0.1


def test_everything_can_be_absent() -> None:
    motions = generate(make_ticks(4, state=AvatarState.IDLE))
    assert np.isfinite(motions).all()
    assert np.abs(np.diff(motions[:, PITCH])).max() < 0.05


def test_no_jumps_in_the_pose(question: Recording, answer: Speech) -> None:
    recording = Recording(answer.pcm, answer.rate)
    for ticks in (make_ticks(6, user=question.heard()), make_ticks(6, speech=recording)):
        steps = np.abs(np.diff(generate(ticks, 7)[:, 52:55], axis=0)).max()
        assert steps < np.radians(5)
