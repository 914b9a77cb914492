"""The official generator live: in blocks, without an end, with whoever is there."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from jaxtyping import Float32
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.clock import FPS, TICK, TICK_S
from avatar.errors import DataError
from avatar.motion import ARKIT58, FaceObservation, Motions, MotionSpace, Vector, latent_space
from avatar.nn.forcing import ForcingConfig
from avatar.nn.forcing_stream import ForcingModel, Guidance
from avatar.official.generator import OfficialGenerator, OfficialState
from avatar.rendering.base import Picture
from avatar.session import AvatarSession
from avatar.tick import Tick
from avatar.timeline import Timeline

SPACE = latent_space(16)
FEATURES = 8
SMALL = ForcingConfig(latent=16, width=32, heads=4, depth=2, features=FEATURES, clip=30, block=10)
FACE = AutoencoderConfig(64, 16, 4, tuple((2**power, 4) for power in range(2, 7)))
RATE = 16_000
STEPS = Guidance(evaluations=3)
REST = np.random.default_rng(3).normal(0, 1, 16).astype(np.float32)


class Ear:
    """Stands for the speech network: a few numbers of each frame's sound."""

    def __init__(self, features: int = FEATURES) -> None:
        self.weight = torch.randn(TICK, features, generator=torch.Generator().manual_seed(1)) / 25
        self.windows = 0

    def __call__(self, samples: Tensor, frames: int) -> Tensor:
        self.windows += len(samples)
        return torch.tanh(samples.unflatten(1, (frames, TICK)) @ self.weight)


class Blank:
    """A renderer that draws nothing."""

    space: MotionSpace = SPACE
    size: tuple[int, int] = (1, 1)

    def start(self) -> None:
        return None

    def render(self, motion: Vector, state: None, *, ticks: int = 1) -> tuple[Picture, None]:
        return np.zeros((1, 1, 3), np.uint8), None


@pytest.fixture(scope="module")
def model() -> ForcingModel:
    torch.manual_seed(5)
    return ForcingModel(FACE, SMALL).requires_grad_(False)


@pytest.fixture(scope="module")
def generator(model: ForcingModel) -> OfficialGenerator:
    return OfficialGenerator(model, Ear(), guidance=STEPS)


def a_session(generator: OfficialGenerator, seed: int = 0) -> AvatarSession:
    return AvatarSession(
        generator=generator, renderer=Blank(), rest=REST, voice_rate=RATE, seed=seed
    )


def voice(ticks: int, seed: int = 0) -> Float32[np.ndarray, " samples"]:
    return np.random.default_rng(seed).normal(0, 0.05, ticks * TICK).astype(np.float32)


def face(seed: int) -> FaceObservation:
    motion = np.random.default_rng(seed).normal(0, 1, 16).astype(np.float32)
    return FaceObservation(SPACE, motion, np.ones(16, np.bool_))


def a_talk(generator: OfficialGenerator, ticks: int) -> list[Tick]:
    """Both speak and the user moves."""
    timeline = Timeline(voice_rate=RATE, look_ahead=generator.look_ahead + generator.block - 1)
    heard = voice(ticks, seed=1)
    timeline.push_speech(1, (voice(ticks // 2, seed=2) * 30_000).astype(np.int16))
    made: list[Tick] = []
    for index in range(ticks):
        timeline.push_user_audio(heard[index * TICK : (index + 1) * TICK])
        timeline.push_user_face(face(index))
        made.append(timeline.next_tick())
    return made


def perform(generator: OfficialGenerator, ticks: list[Tick], seed: int = 0) -> Motions:
    frames = a_session(generator, seed).perform(ticks, draw=False)
    return np.stack([frame.motion for frame in frames])


def advance(
    generator: OfficialGenerator, ticks: list[Tick], *, seed: int = 0
) -> tuple[Motions, OfficialState]:
    """Whole blocks, as `MotionCast` asks for them, and the state after the last."""
    state, made = generator.start(seed=seed, rest=REST), list[Motions]()
    begins = [0, *range(generator.block, len(ticks), generator.block)]
    for begin in begins:
        motions, state = generator.step(
            ticks[max(0, begin - generator.block + 1) : begin + 1], state
        )
        made.append(motions)
    return np.concatenate(made)[: len(ticks)], state


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_a_stream_is_what_it_would_be_in_one_go(generator: OfficialGenerator, seconds: int) -> None:
    ticks = a_talk(generator, seconds * FPS)
    whole = perform(generator, ticks)
    session = a_session(generator)
    streamed = np.stack([session.perform([tick])[0].motion for tick in ticks])
    np.testing.assert_array_equal(streamed, whole)
    assert whole.dtype == np.float32
    assert np.isfinite(whole).all()
    assert whole.std(0).min() > 0.01


@pytest.mark.parametrize("block", [10, 5, 2])
def test_a_step_can_be_taken_again(model: ForcingModel, block: int) -> None:
    generator = OfficialGenerator(model, Ear(), guidance=STEPS, block=block)
    ticks = a_talk(generator, 21)
    made, state = advance(generator, ticks[:20])
    assert made.shape == (20, 16)
    before = state.past.own.clone(), state.past.context.clone(), state.own.samples.copy()
    first, after = generator.step(ticks[-block:], state)
    again, _ = generator.step(ticks[-block:], state)
    assert first.shape == (block, 16)
    np.testing.assert_array_equal(first, again)
    assert torch.equal(state.past.own, before[0])
    assert torch.equal(state.past.context, before[1])
    np.testing.assert_array_equal(state.own.samples, before[2])
    assert not torch.equal(after.past.own, state.past.own)


def test_speech_that_is_taken_back_is_planned_anew(generator: OfficialGenerator) -> None:
    def session() -> AvatarSession:
        session = a_session(generator)
        session.timeline.push_speech(1, (voice(50, seed=2) * 30_000).astype(np.int16))
        return session

    going_on, interrupted = session(), session()
    went_on = [going_on.step() for _ in range(30)]
    stopped = [interrupted.step() for _ in range(14)]
    interrupted.timeline.flush(1)
    stopped += [interrupted.step() for _ in range(16)]
    same = [
        bool((one.motion == other.motion).all())
        for one, other in zip(went_on, stopped, strict=True)
    ]
    assert same == [True] * 14 + [False] * 16
    assert stopped[14].tick.revised
    step = np.abs(stopped[14].motion - stopped[13].motion).mean()
    usual = np.mean([np.abs(b.motion - a.motion).mean() for a, b in pairwise(went_on)])
    assert step < 3 * usual


def test_conversations_step_together_as_alone(generator: OfficialGenerator) -> None:
    ticks = a_talk(generator, 60)
    _, young = advance(generator, ticks[:10], seed=1)
    _, old = advance(generator, ticks[:50], seed=2)
    new = generator.start(seed=3, rest=-REST)
    due = [(ticks[1:11], young), (ticks[41:45], old), (ticks[:1], new)]
    for (motions, state), (given, before) in zip(generator.steps(due), due, strict=True):
        alone, after = generator.step(given, before)
        np.testing.assert_allclose(motions, alone, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(state.past.own, after.past.own, rtol=1e-4, atol=1e-5)


def without(tick: Tick, *, face: bool, voice: bool, speech: bool) -> Tick:
    return replace(
        tick,
        user_face=None if face else tick.user_face,
        user_audio=None if voice else tick.user_audio,
        avatar_audio=np.zeros_like(tick.avatar_audio) if speech else tick.avatar_audio,
    )


def test_any_sense_may_be_missing_and_each_one_counts(generator: OfficialGenerator) -> None:
    ticks = a_talk(generator, 30)
    whole = perform(generator, ticks)
    for missing in (1, 2, 4, 7):
        face, voice, speech = (bool(missing & 1 << bit) for bit in range(3))
        less = [without(tick, face=face, voice=voice, speech=speech) for tick in ticks]
        motions = perform(generator, less)
        assert np.isfinite(motions).all()
        assert np.abs(motions - whole).max() > 1e-3


def test_a_face_of_another_space_is_none(generator: OfficialGenerator) -> None:
    ticks = a_talk(generator, 12)
    strange = FaceObservation(ARKIT58, ARKIT58.rest, np.ones(58, np.bool_))
    state = generator.start(seed=0, rest=REST)
    seen, _ = generator.step([replace(ticks[0], user_face=strange)], state)
    unseen, _ = generator.step([replace(ticks[0], user_face=None)], state)
    np.testing.assert_array_equal(seen, unseen)


def test_only_sound_is_listened_to(model: ForcingModel) -> None:
    ear = Ear()
    generator = OfficialGenerator(model, ear, guidance=STEPS)
    assert ear.windows == 1
    timeline = Timeline(voice_rate=RATE, look_ahead=14)
    quiet = [timeline.next_tick() for _ in range(20)]
    advance(generator, quiet)
    assert ear.windows == 1
    advance(generator, a_talk(generator, 20))
    assert ear.windows == 5


def held(state: OfficialState) -> int:
    """Bytes of a conversation."""
    sound = sum(voice.samples.nbytes + voice.present.nbytes for voice in (state.own, state.user))
    assert state.plan is not None
    planned = [state.plan.latents, state.plan.told, state.mean, state.reference]
    return (
        state.past.bytes
        + sound
        + state.faces.nbytes
        + sum(x.untyped_storage().nbytes() for x in planned)
    )


def test_a_session_starts_at_once_and_holds_no_more_after_minutes(
    generator: OfficialGenerator,
) -> None:
    assert generator.start(seed=1, rest=REST).past is generator.start(seed=2, rest=REST).past
    ticks = a_talk(generator, 120)
    sizes = [held(advance(generator, ticks[:end])[1]) for end in (20, 120)]
    assert sizes[0] == sizes[1]


def test_seeds_make_different_people(generator: OfficialGenerator) -> None:
    ticks = a_talk(generator, 12)
    assert np.abs(perform(generator, ticks, 1) - perform(generator, ticks, 2)).max() > 0.1


def test_parts_that_do_not_fit_are_refused(model: ForcingModel) -> None:
    with pytest.raises(DataError, match="makes 9 numbers a frame, 8 are needed"):
        OfficialGenerator(model, Ear(9))
    with pytest.raises(ValueError, match="a look-ahead of 0 to 48"):
        OfficialGenerator(model, Ear(), look_ahead=49)


@pytest.mark.parametrize(("block", "most_ms"), [(10, 400), (5, 200), (2, 80)])
def test_the_face_answers_within_a_block(model: ForcingModel, block: int, most_ms: int) -> None:
    """Twins that differ in one event, whose first sample or look falls anywhere in a block."""
    generator = OfficialGenerator(model, Ear(), guidance=STEPS, block=block)
    calm = [replace(tick, user_face=None) for tick in a_talk(generator, 3 * block)]
    still = perform(generator, calm)
    for sense in ("voice", "face"):
        late: list[int] = []
        for event in range(block, 2 * block):
            stirred = [_stirred(tick, sense) if tick.index >= event else tick for tick in calm]
            moved = np.abs(perform(generator, stirred) - still).max(1) > 1e-3
            late.append(int(moved.argmax()) - event)
        assert sorted(late) == list(range(block))
        # A sound is heard at the end of its tick.
        assert (max(late) + 1) * TICK_S * 1000 <= most_ms + 1e-6


def _stirred(tick: Tick, sense: str) -> Tick:
    if sense == "face":
        return replace(tick, user_face=face(1))
    return replace(tick, user_audio=voice(1, seed=tick.index) * 4)
