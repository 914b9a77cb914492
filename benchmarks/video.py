"""What pictures cost as JPEG, H.264 and VP8: time of a core, and bits.

    python benchmarks/video.py

Five seconds each of listening and of speaking, encoded over and over; medians of batches.
"""

from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from agent.frames import AvatarImageFrame
from agent.protocol.events.session import Codec, MediaFormat, VideoFormat
from agent.protocol.media import decode
from agent.transports.pictures import Pictures
from avatar.clock import FPS
from avatar.media import read_wav
from pipelines.build import build_avatar

AUDIO = Path(__file__).parents[1] / "examples" / "audio"
BATCHES = 7
TICKS = 5 * FPS
CODECS: tuple[Codec, ...] = ("jpeg", "h264", "vp8")


def performed() -> list[AvatarImageFrame]:
    """What is seen of a question that is heard, and of an answer."""
    question, answer = read_wav(AUDIO / "question.wav"), read_wav(AUDIO / "answer.wav")
    session = build_avatar("ana").session(voice_rate=answer.rate, seed=1)
    session.timeline.push_user_audio(np.asarray(question.pcm[: 16_000 * 5], np.float32) / 32768)
    frames = [session.step() for _ in range(TICKS)]
    session.timeline.push_speech(1, answer.pcm)
    frames += [session.step() for _ in range(TICKS)]
    return [
        AvatarImageFrame(
            image=frame.picture.tobytes(), size=(512, 512), format="RGB", tick=frame.tick.index
        )
        for frame in frames
        if frame.picture is not None
    ]


def cost(frames: list[AvatarImageFrame], codec: Codec, side: int) -> str:
    """A row of the table."""
    media = MediaFormat(video=VideoFormat(codec=codec, width=side, height=side))
    times: list[float] = []
    sizes: list[int] = []
    for _ in range(BATCHES):
        pictures, sizes = Pictures(), []
        begin = process_time()
        for frame in frames:
            (packed,) = pictures.frames(frame, media)
            sizes.append(len(decode(packed).payload))
        times.append(1000 * (process_time() - begin) / len(frames))
    bits = 8 * FPS * sum(sizes) / len(sizes) / 1000
    return (
        f"| {codec} {side} x {side} | {min(times):.2f} ms | {median(times):.2f} ms | "
        f"{bits:.0f} kbit/s | {max(sizes) / 1000:.1f} kB |"
    )


def main() -> None:
    """Print the table."""
    frames = performed()
    print("| pictures | least | median | rate | largest |\n|---|---|---|---|---|")
    for side in (512, 256):
        for codec in CODECS:
            print(cost(frames, codec, side))


if __name__ == "__main__":
    main()
