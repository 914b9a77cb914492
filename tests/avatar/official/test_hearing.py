"""Voices heard live: their levels are followed, and a quiet room stays quiet."""

import numpy as np
import pytest
import torch
from jaxtyping import Float32
from torch import Tensor

from avatar.clock import FPS, TICK
from avatar.errors import DataError
from avatar.nn.forcing_speech import filters, normed_features
from avatar.nn.speech_encoder import SpeechConfig, SpeechEncoder
from avatar.official.hearing import (
    LOUDEST,
    QUIETEST,
    WINDOW,
    Bands,
    Hearing,
    Level,
    Voice,
    Window,
)
from avatar.official.hearing_error import hearing_errors
from avatar.voices.base import Speech

CPU = torch.device("cpu")
NONE = Bands(np.zeros((1, 0), np.float32), TICK)
SMALL = SpeechConfig(
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=32,
    conv_dim=(16,) * 7,
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=2,
)
ROOM = 3e-4
"""Level of a quiet room, of full scale."""


@pytest.fixture(scope="module")
def encoder() -> SpeechEncoder:
    torch.manual_seed(2)
    return SpeechEncoder(SMALL).eval().requires_grad_(False)


def noise(ticks: int, level: float, seed: int = 0) -> Float32[np.ndarray, " samples"]:
    return np.random.default_rng(seed).normal(0, level, ticks * TICK).astype(np.float32)


def followed(level: Level, sound: Float32[np.ndarray, " samples"], bands: Bands = NONE) -> Level:
    for tick in sound.reshape(-1, TICK):
        level = level.after(tick, bands)
    return level


@pytest.mark.parametrize("loud", [0.02, 0.1, 0.25])
def test_a_level_is_that_of_voice_and_not_of_pauses(loud: float) -> None:
    sound = noise(20 * FPS, loud)
    sound.reshape(-1, FPS, TICK)[::2] *= 0.01
    level = followed(NONE.typical(), sound)
    assert level.power**0.5 == pytest.approx(loud, rel=0.3)
    assert level.deviation == pytest.approx(float(sound.std()), rel=0.3)


def test_a_level_stays_in_bounds_and_finds_who_goes_on_quietly() -> None:
    shouted = followed(NONE.typical(), noise(10 * FPS, 0.9))
    assert shouted.power**0.5 == pytest.approx(LOUDEST)
    silent = followed(shouted, noise(20 * FPS, 0.9 * QUIETEST))
    assert silent.power == shouted.power
    whispered = followed(shouted, noise(40 * FPS, 0.02))
    assert whispered.power**0.5 == pytest.approx(0.02, rel=0.1)


def test_bands_are_learned_from_the_voice(encoder: SpeechEncoder) -> None:
    bands = Hearing(encoder, CPU).bands
    sound = np.sin(np.arange(20 * FPS * TICK) * 2 * np.pi * 1900 / 16_000).astype(np.float32) / 5
    level = followed(bands.typical(), sound, bands)
    wanted = bands.powers(sound) / np.square(sound).mean()
    before = np.abs(bands.typical().shares - wanted).mean() / wanted.mean()
    assert before > 0.3
    assert np.abs(level.shares - wanted).mean() / wanted.mean() < 0.05
    assert bands.typical().shares.shape == (16,)


def test_a_known_norm_is_the_encoders_own(encoder: SpeechEncoder) -> None:
    sound = torch.from_numpy(noise(WINDOW, 1.0)[None])
    taps, stride = filters(encoder)
    channels = torch.nn.functional.conv1d(sound[:, None], taps[:, None], stride=stride)
    powers = channels.square().mean(-1) - channels.mean(-1).square()
    own, size = encoder(sound, WINDOW), encoder(sound, WINDOW).square().mean().sqrt()
    right, wrong = (normed_features(encoder, sound, WINDOW, x) for x in (powers, 4 * powers))
    assert float((right - own).square().mean().sqrt() / size) < 0.02
    assert float((wrong - own).square().mean().sqrt() / size) > 0.1


def test_a_room_after_speech_sounds_like_silence(encoder: SpeechEncoder, answer: Speech) -> None:
    hearing = Hearing(encoder, CPU)
    said = answer.pcm[: len(answer.pcm) // TICK * TICK].astype(np.float32) / 32768
    voice = Voice.silent(hearing.level)
    for tick in [*said.reshape(-1, TICK), *noise(WINDOW, ROOM).reshape(-1, TICK)]:
        voice = voice.after(tick, hearing.bands)
    window = voice.window()
    assert float(window.sound.std()) < 0.02
    away = (hearing.features([window])[0] - hearing.silence).square().mean().sqrt()
    alone = torch.from_numpy(window.sound / window.sound.std())[None]
    amplified = (encoder(alone, WINDOW)[0] - hearing.silence).square().mean().sqrt()
    assert float(away) < 0.5 * float(amplified)


def test_what_is_absent_or_silent_is_not_asked_for(encoder: SpeechEncoder) -> None:
    hearing = Hearing(encoder, CPU)
    quiet = Window(np.zeros(WINDOW * TICK, np.float32), hearing.level.shares)
    loud = Window(noise(WINDOW, 1.0), hearing.level.shares)
    heard = hearing.features([quiet, loud, quiet])
    assert heard.shape == (3, WINDOW, encoder.features)
    assert torch.equal(heard[0], hearing.silence)
    assert torch.equal(heard[2], hearing.silence)
    assert not torch.allclose(heard[1], hearing.silence, atol=0.1)
    absent = Voice.silent(hearing.level).after(None, NONE)
    assert absent.present.tolist() == [False] * WINDOW
    assert absent.level is hearing.level


def test_sound_ahead_ends_the_window() -> None:
    voice = Voice.silent(NONE.typical())
    for tick in noise(WINDOW, 0.1).reshape(-1, TICK):
        voice = voice.after(tick, NONE)
    ahead = noise(3, 0.1, seed=1)
    sound = voice.window(ahead).sound * voice.level.deviation
    np.testing.assert_allclose(sound[-3 * TICK :], ahead, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(sound[: -3 * TICK], voice.samples.ravel()[3 * TICK :], rtol=1e-5)


def deaf_to_context(samples: Tensor, frames: int) -> Tensor:
    """Of each frame its level alone, in three layers."""
    level = samples.unflatten(1, (frames, TICK)).square().mean(-1, keepdim=True).sqrt()
    return level.repeat(1, 1, 3)


def test_the_error_of_hearing_is_that_of_the_context_and_of_the_level(
    encoder: SpeechEncoder,
) -> None:
    sound = noise(80, 0.1) * np.repeat(np.tile([1.0, 0.1], 8), 5 * TICK).astype(np.float32)
    exact, by_level = hearing_errors(deaf_to_context, sound, block=5, looks=(0,), device=CPU)
    assert (exact.level, by_level.level) == ("known", "followed")
    assert len(exact.layers) == 3
    assert max(exact.layers) < 1e-3
    assert 0.01 < max(by_level.layers) < 0.5
    told = hearing_errors(encoder, sound, block=10, looks=(0, 5), device=CPU)
    assert [(one.ahead, one.level) for one in told] == [
        (0, "known"), (0, "followed"), (5, "known"), (5, "followed"),
    ]  # fmt: skip
    assert all(1e-3 < error < 2 for one in told for error in one.layers)
    with pytest.raises(DataError, match=r"at least 2\.4 s of sound are needed, not 1\.0"):
        hearing_errors(encoder, noise(25, 0.1), block=5, looks=(0,), device=CPU)
