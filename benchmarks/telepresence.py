"""From a live microphone to the lips: how late the picture of a sound leaves the node.

    python benchmarks/telepresence.py

A recording is said in real time, 20 ms at a time, into the pipeline of a telepresence. The time of
a tick is from the arrival of its last sample to its picture.
"""

import asyncio
from collections import defaultdict
from pathlib import Path

import numpy as np
from pipecat.frames.frames import ClientConnectedFrame, Frame, InputAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from agent.frames import AvatarAudioFrame, AvatarImageFrame
from agent.nodes import AvatarService, Telephone
from avatar.clock import FPS
from avatar.media import read_wav
from pipelines.build import build_avatar

SPEECH = Path(__file__).parents[1] / "examples" / "audio" / "question.wav"
ROUNDS = 5
PIECE = 320
TICK = 16_000 // FPS


class Watched(FrameProcessor):
    """When the sound and the picture of each tick came out."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: dict[int, list[int]] = defaultdict(list)
        self.shown: dict[int, float] = {}

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, AvatarAudioFrame):
            self.spoken[frame.turn].append(frame.tick)
        elif isinstance(frame, AvatarImageFrame):
            self.shown[frame.tick] = asyncio.get_running_loop().time()
        await self.push_frame(frame, direction)


class Microphone(Telephone):
    """A telephone that keeps when the samples of each turn came."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[list[float]] = []

    async def hear(self, frame: InputAudioRawFrame) -> None:
        before = self._context
        await super().hear(frame)
        if self._context is not None:
            if self._context != before:
                self.came.append([])
            self.came[-1].append(asyncio.get_running_loop().time())


async def measured() -> list[float]:
    """Milliseconds of all ticks."""
    speech = read_wav(SPEECH)
    pcm = np.concatenate([speech.pcm, np.zeros(16_000, np.int16)])
    face = AvatarService(build_avatar("ana", look_ahead=0))
    microphone, watched = Microphone(), Watched()
    worker = PipelineWorker(
        Pipeline([microphone, face, watched]),
        params=PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=24_000),
        idle_timeout_secs=None,
        enable_rtvi=False,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(1.0)
    await worker.queue_frame(ClientConnectedFrame())
    loop = asyncio.get_running_loop()
    begin, sent = loop.time() + 1.0, 0
    for _ in range(ROUNDS):
        for at in range(0, len(pcm) - PIECE, PIECE):
            await asyncio.sleep(max(0.0, begin + sent * PIECE / 16_000 - loop.time()))
            sent += 1
            piece = pcm[at : at + PIECE].astype("<i2").tobytes()
            await microphone.hear(InputAudioRawFrame(piece, 16_000, 1))
    await worker.cancel()
    await running
    late: list[float] = []
    for came, ticks in zip(microphone.came, watched.spoken.values(), strict=False):
        for n, tick in enumerate(ticks):
            last = ((n + 1) * TICK - 1) // PIECE
            if tick in watched.shown and last < len(came):
                late.append(1000 * (watched.shown[tick] - came[last]))
    return late


def main() -> None:
    """Print the figures."""
    late = asyncio.run(measured())
    p50, p95 = np.percentile(late, [50, 95])
    print(f"microphone to lips: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {len(late)} ticks")


if __name__ == "__main__":
    main()
