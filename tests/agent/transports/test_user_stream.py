"""The user's sound in real time, on a clock of the test's own."""

import asyncio

import numpy as np
import pytest

from agent.protocol.errors import ProtocolError
from agent.transports.user_stream import AHEAD_S, UserStream

SECOND = np.arange(16_000).astype("<i2").tobytes()


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        sleep = asyncio.sleep

        async def pass_by(seconds: float) -> None:
            self.now += seconds
            await sleep(0)

        monkeypatch.setattr("agent.transports.user_stream.asyncio.sleep", pass_by)

    def __call__(self) -> float:
        return self.now


async def take(stream: UserStream, count: int) -> list[bytes]:
    pieces: list[bytes] = []
    async with asyncio.timeout(2):
        async for piece in stream.pieces():
            pieces.append(piece)
            if len(pieces) == count:
                break
    return pieces


async def test_a_whole_file_is_handed_on_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    stream = UserStream(time)
    stream.push(SECOND, 16_000)
    pieces = await take(stream, 50)
    assert b"".join(pieces) == SECOND
    assert time.now == pytest.approx(1.0 - AHEAD_S, abs=0.03)


async def test_sound_in_real_time_passes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    stream = UserStream(time)
    pieces = stream.pieces()
    for i in range(100):
        time.now = 0.02 * i
        stream.push(SECOND[:640], 16_000)
        await anext(pieces)
        assert time.now == pytest.approx(0.02 * i)


@pytest.mark.parametrize("rate", [24_000, 48_000])
async def test_other_rates_become_16_khz(monkeypatch: pytest.MonkeyPatch, rate: int) -> None:
    stream = UserStream(Time(monkeypatch))
    t = np.arange(rate) / rate
    stream.push((8000 * np.sin(2 * np.pi * 440 * t)).astype("<i2").tobytes(), rate)
    heard = np.frombuffer(b"".join(await take(stream, 45)), "<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert spectrum.argmax() * 16_000 / len(heard) == pytest.approx(440, abs=3)


def test_more_than_a_minute_is_refused_and_nothing_is_lost() -> None:
    stream = UserStream(lambda: 0.0)
    for _ in range(60):
        stream.push(SECOND, 16_000)
    with pytest.raises(ProtocolError, match="send it in real time") as refused:
        stream.push(SECOND, 16_000)
    assert refused.value.code == "audio_overflow"
    stream.clear()
    stream.push(SECOND, 16_000)


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ProtocolError) as refused:
        UserStream(lambda: 0.0).push(b"abc", 16_000)
    assert refused.value.code == "malformed_audio"
