import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avatar.generator.motion_codec import PULL, MotionCodec
from avatar.motion import ARKIT58, LATENT512
from tests.avatar.generator.streams import codec


@given(seed=st.integers(0, 1000))
def test_motions_come_back(seed: int) -> None:
    chance = np.random.default_rng(seed)
    motions = chance.uniform(0, 0.5, (20, ARKIT58.dim)).astype(np.float32)
    before = chance.uniform(0, 0.5, ARKIT58.dim).astype(np.float32)
    rest = ARKIT58.vector({"headYaw": 0.1, "mouthSmile": 0.1})
    whitening = codec()
    back = whitening.decode(whitening.encode(motions, before, rest), before, rest)
    np.testing.assert_allclose(back, motions, atol=2e-6)


def test_tokens_of_the_corpus_are_white() -> None:
    chance = np.random.default_rng(1)
    walk = np.cumsum(chance.normal(0, 0.01, (5000, ARKIT58.dim)), axis=0).astype(np.float32)
    whitening = MotionCodec.fitted([walk], ARKIT58)
    tokens = whitening.encode(walk, walk[0], ARKIT58.rest)
    assert whitening.numbers == ARKIT58.dim + 6
    np.testing.assert_allclose(tokens.std(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(tokens[:, : ARKIT58.dim].mean(axis=0), 0, atol=0.02)


def test_a_head_follows_its_changes_and_cannot_drift() -> None:
    whitening = codec()
    tokens = np.zeros((200, whitening.numbers), np.float32)
    tokens[:, -6:] = 0.5
    motions = whitening.decode(tokens, ARKIT58.rest, ARKIT58.rest)
    yaw = motions[:, ARKIT58.index("headYaw")]
    step = 0.5 * whitening.change_scale[0]
    level = whitening.mean[ARKIT58.index("headYaw")]
    assert np.diff(yaw).max() <= step + PULL * abs(level) + 1e-6
    np.testing.assert_allclose(yaw[-1], level + (1 - PULL) / PULL * step, atol=1e-4)


def test_motions_stay_inside_the_bounds_of_the_space() -> None:
    whitening = codec()
    wild = np.random.default_rng(0).normal(0, 50, (30, whitening.numbers)).astype(np.float32)
    motions = whitening.decode(wild, ARKIT58.rest, ARKIT58.rest)
    assert (motions >= ARKIT58.low).all()
    assert (motions <= ARKIT58.high).all()


def test_another_motion_space_has_no_head_to_follow() -> None:
    latents = np.random.default_rng(0).normal(0, 2, (300, LATENT512.dim)).astype(np.float32)
    whitening = MotionCodec.fitted([latents], LATENT512)
    assert whitening.numbers == LATENT512.dim
    tokens = whitening.encode(latents, latents[0], LATENT512.rest)
    back = whitening.decode(tokens, latents[0], LATENT512.rest)
    np.testing.assert_allclose(back, latents, atol=1e-5)
