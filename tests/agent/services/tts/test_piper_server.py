"""Speech from a Piper that is a server, and what comes when there is none."""

import io
import wave

import numpy as np
from fastapi import FastAPI, Request, Response
from pipecat.frames.frames import ErrorFrame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.tests.utils import SleepFrame, run_test

from agent.services.tts.piper_server import PiperServerTTSService
from pipelines.loopback import loopback

SAMPLES = np.arange(1, 16_001, dtype=np.int16)


def piper() -> FastAPI:
    app = FastAPI()

    @app.post("/")
    async def speak(request: Request) -> Response:
        asked = await request.json()
        if asked["text"] == "Break.":
            return Response("no voice", 500)
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(16_000)
            wav.writeframes(SAMPLES.tobytes())
        return Response(file.getvalue(), media_type="audio/wav")

    return app


async def test_it_says_what_the_server_sends() -> None:
    async with loopback(piper()) as address:
        service = PiperServerTTSService(f"{address}/", sample_rate=16_000)
        down, up = await run_test(
            service, frames_to_send=[TTSSpeakFrame("Hello there."), SleepFrame(0.5)]
        )
    sound = b"".join(frame.audio for frame in down if isinstance(frame, TTSAudioRawFrame))
    assert np.array_equal(np.frombuffer(sound, np.int16)[: len(SAMPLES)], SAMPLES)
    assert not [frame for frame in up if isinstance(frame, ErrorFrame)]


async def test_a_server_that_fails_or_is_gone_is_an_error() -> None:
    async with loopback(piper()) as address:
        failing = PiperServerTTSService(address, sample_rate=16_000)
        _, up = await run_test(failing, frames_to_send=[TTSSpeakFrame("Break."), SleepFrame(0.3)])
        assert any("status: 500" in frame.error for frame in up if isinstance(frame, ErrorFrame))
    gone = PiperServerTTSService(address, sample_rate=16_000)
    _, up = await run_test(gone, frames_to_send=[TTSSpeakFrame("Hello."), SleepFrame(0.5)])
    assert any(isinstance(frame, ErrorFrame) for frame in up)
