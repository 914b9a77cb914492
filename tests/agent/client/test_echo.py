"""A room in which the microphone hears the loudspeaker: what is left of it, and of the speaker."""

import numpy as np
import pytest

from agent.client.player import Player
from agent.client.sound_card import CARD_RATE, FullDuplex
from agent.protocol.media import MediaFrame, MediaKind
from avatar.media import Recording

pytest.importorskip("livekit")

FRAME = CARD_RATE // 100
DELAY = round(0.04 * CARD_RATE)


class Room:
    """A loudspeaker's sound comes back 40 ms later, with a tail of 100 ms."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        tail = rng.normal(0, 1, CARD_RATE // 10) * np.exp(-np.arange(CARD_RATE // 10) / 700)
        self._impulse = np.concatenate([np.zeros(DELAY), 0.5 * tail / np.abs(tail).sum() * 8])
        self._played = np.zeros(len(self._impulse) + FRAME)

    def echo(self, played: np.ndarray) -> np.ndarray:
        self._played = np.concatenate([self._played[FRAME:], played])
        return np.convolve(self._played, self._impulse, "valid")[-FRAME:]


def at(recording: Recording, rate: int) -> np.ndarray:
    import soxr

    return soxr.resample(recording.pcm, recording.rate, rate)


def energy_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(sound.astype(float) ** 2) + 1e-9))


def played_in_a_room(voice: np.ndarray, visitor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the microphone heard, and what is sent of it."""
    time, sent, raw = [0.0], [], []
    player = Player(24_000, clock=lambda: time[0])
    duplex, room = FullDuplex(player, sent.append), Room()
    for n in range(len(voice) // 240):
        time[0] = 0.01 * n
        if n % 4 == 0:
            piece = voice[n * 240 : (n + 4) * 240].astype("<i2").tobytes()
            player.take(MediaFrame(MediaKind.AVATAR_AUDIO, 1, n * 10_000, piece))
        echo = room.echo(duplex.play(DELAY / CARD_RATE).astype(float))
        says = visitor[n * FRAME : (n + 1) * FRAME]
        heard = echo + np.pad(says, (0, FRAME - len(says)))
        frame = np.clip(heard, -32768, 32767).astype(np.int16)
        raw.append(frame)
        duplex.hear(frame)
    return np.concatenate(raw), np.concatenate(sent)


def test_the_avatars_own_voice_is_not_heard(question: Recording) -> None:
    voice = np.tile(at(question, 24_000), 2)
    raw, sent = played_in_a_room(voice, np.zeros(0))
    later = len(sent) // 3
    assert energy_db(raw[3 * later :]) > 40
    assert energy_db(sent[later:]) < energy_db(raw[3 * later :]) - 25


def test_a_visitor_who_talks_over_it_is_heard(question: Recording, answer: Recording) -> None:
    voice = np.tile(at(question, 24_000), 2)
    silence = np.zeros(2 * CARD_RATE)
    visitor = np.concatenate([silence, at(Recording(answer.pcm, answer.rate), CARD_RATE)])
    raw, sent = played_in_a_room(voice, visitor)
    says = visitor[2 * CARD_RATE :][: len(raw) - 2 * CARD_RATE]
    assert energy_db(sent[2 * 16_000 :]) > energy_db(says) - 12
