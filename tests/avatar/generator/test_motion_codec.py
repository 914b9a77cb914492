from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.generator.motion_codec import KEPT, LEAK, PULL, MotionCodec
from avatar.motion import ARKIT58, LATENT512, POSE
from tests.avatar.generator.streams import codec


def unbounded() -> MotionCodec:
    far = np.full(ARKIT58.dim, 9, np.float32)
    return replace(codec(), low=-far, high=far)


@given(seed=st.integers(0, 1000))
def test_faces_come_back_a_little_fainter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    motions = chance.uniform(0, 0.5, (20, ARKIT58.dim)).astype(np.float32)
    before = chance.uniform(0, 0.5, ARKIT58.dim).astype(np.float32)
    rest = ARKIT58.vector({"headYaw": 0.1, "mouthSmile": 0.1})
    whitening = unbounded()
    back = whitening.decode(whitening.encode(motions, before, rest), before, rest)
    usual = whitening.mean + rest
    faded = usual + whitening.faded * (motions - usual)
    np.testing.assert_allclose(back[:, :-6], ARKIT58.clamp(faded)[:, :-6], atol=2e-6)


def test_a_nod_comes_back_and_a_sway_dies_away() -> None:
    whitening = unbounded()
    motions = np.tile(whitening.mean, (150, 1))
    time = np.arange(150) / 25
    nod = -0.1 * np.sin(2 * np.pi * 1.8 * time[:28]) ** 2
    motions[20:48, ARKIT58.index("headPitch")] += nod.astype(np.float32)
    motions[20:, ARKIT58.index("headX")] += 0.1
    tokens = whitening.encode(motions, motions[0], ARKIT58.rest)
    # As a network would that takes the sway for where the head is.
    back = whitening.decode(tokens, motions[0], ARKIT58.rest)
    pitch = back[:, ARKIT58.index("headPitch")] - motions[0, ARKIT58.index("headPitch")]
    assert pitch.min() == pytest.approx(-0.1, rel=0.1)
    tokens[:, ARKIT58.index("headX")] = 0
    swayed = whitening.decode(tokens, motions[0], ARKIT58.rest)[:, ARKIT58.index("headX")]
    assert abs(swayed[-1] - whitening.mean[ARKIT58.index("headX")]) < 0.01


def test_tokens_of_the_corpus_are_white() -> None:
    chance = np.random.default_rng(1)
    walk = np.cumsum(chance.normal(0, 0.01, (5000, ARKIT58.dim)), axis=0).astype(np.float32)
    whitening = MotionCodec.fitted([walk], ARKIT58)
    tokens = whitening.encode(walk, walk[0], ARKIT58.rest)
    assert whitening.numbers == ARKIT58.dim + 6
    np.testing.assert_allclose(tokens.std(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(tokens[:, : ARKIT58.dim].mean(axis=0), 0, atol=0.02)


def test_a_head_follows_its_changes_and_cannot_drift() -> None:
    whitening = unbounded()
    tokens = np.zeros((400, whitening.numbers), np.float32)
    tokens[:, -6:] = 0.5
    motions = whitening.decode(tokens, ARKIT58.rest, ARKIT58.rest)
    for name, kept in (("headPitch", 1.0), ("headYaw", KEPT["headYaw"])):
        column = ARKIT58.index(name)
        step = 0.5 * kept * whitening.change_scale[POSE.index(name)]
        follows = (1 - LEAK) * (1 - PULL)
        end = whitening.mean[column] + follows * step / (1 - follows)
        np.testing.assert_allclose(motions[-1, column], end, atol=1e-4)


def test_motions_stay_inside_the_bounds_of_the_space() -> None:
    whitening = codec()
    wild = np.random.default_rng(0).normal(0, 50, (30, whitening.numbers)).astype(np.float32)
    motions = whitening.decode(wild, ARKIT58.rest, ARKIT58.rest)
    assert (motions >= ARKIT58.low).all()
    assert (motions <= ARKIT58.high).all()


def test_motions_stay_where_motions_were_about_their_own_rest() -> None:
    whitening = codec()
    rest = ARKIT58.vector({"eyeLookDownLeft": 0.1})
    tokens = np.zeros((3, whitening.numbers), np.float32)
    column = ARKIT58.index("eyeLookDownLeft")
    tokens[:, column] = 50
    motions = whitening.decode(tokens, rest, rest)
    np.testing.assert_allclose(motions[:, column], 0.1 + whitening.high[column], atol=1e-6)


def test_another_motion_space_has_no_head_to_follow() -> None:
    latents = np.random.default_rng(0).normal(0, 2, (300, LATENT512.dim)).astype(np.float32)
    whitening = MotionCodec.fitted([latents], LATENT512)
    assert whitening.numbers == LATENT512.dim
    tokens = whitening.encode(latents, latents[0], LATENT512.rest)
    back = whitening.decode(tokens, latents[0], LATENT512.rest)
    faded = whitening.mean + whitening.faded * (latents - whitening.mean)
    np.testing.assert_allclose(back, np.clip(faded, whitening.low, whitening.high), atol=1e-5)
