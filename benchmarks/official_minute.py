"""A minute of conversation with networks of the official sizes, on any machine.

python benchmarks/official_minute.py [FOLDER] [--seconds 60] [--drawn 2] [--block 5] [--out MP4]

FOLDER holds the checkpoints; what is missing there is written with random weights first, which show
no face. They are converted, loaded, and hear a question and an answer in turns, in simulated time:
every tick gets its motion, the last seconds their pictures.
"""

import argparse
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np

from avatar.avatar import Avatar
from avatar.checkpoints.imitation import Imitation, write_imitation
from avatar.checkpoints.package import CONVERTED, convert
from avatar.clock import FPS, TICK
from avatar.media import read_wav
from avatar.official.config import OfficialConfig
from avatar.rendering.base import Picture
from avatar.video import VideoWriter
from pipelines.benchmark.timer import machine
from pipelines.build import build_avatar, use_one_core

AUDIO = Path(__file__).parents[1] / "examples" / "audio"
VOICE_RATE = 24_000


class Stopwatch:
    """Says how long each thing took, by the clock and by the processor."""

    def __init__(self) -> None:
        self._begin = perf_counter(), process_time()

    def said(self, what: str) -> None:
        """Since the last thing."""
        now = perf_counter(), process_time()
        wall, spent = (after - before for after, before in zip(now, self._begin, strict=True))
        print(f"{what}: {wall:.1f} s, {spent:.1f} s of the processor")
        self._begin = perf_counter(), process_time()


class Conversation:
    """A user who asks, waits for the answer and asks again."""

    def __init__(self, avatar: Avatar) -> None:
        self._session = avatar.session(voice_rate=VOICE_RATE, seed=1)
        self._question = read_wav(AUDIO / "question.wav").heard()
        self._answer = read_wav(AUDIO / "answer.wav").at_rate(VOICE_RATE).pcm
        self._asked = self._turn = 0

    def go_on(self, seconds: float, *, draw: bool) -> tuple[np.ndarray, list[Picture]]:
        """The motions of so many seconds more, and their pictures when they are drawn."""
        motions, pictures = list[np.ndarray](), list[Picture]()
        for _ in range(round(seconds * FPS)):
            self._speak()
            (frame,) = self._session.perform([self._session.timeline.next_tick()], draw=draw)
            motions.append(frame.motion)
            if frame.picture is not None:
                pictures.append(frame.picture)
        return np.stack(motions), pictures

    def _speak(self) -> None:
        timeline = self._session.timeline
        heard = self._question[self._asked : self._asked + TICK]
        timeline.push_user_audio(np.pad(heard, (0, TICK - len(heard))))
        if timeline.waiting_ticks:
            return
        if self._asked < len(self._question):
            self._asked += TICK
            if self._asked >= len(self._question):
                self._turn += 1
                timeline.push_speech(self._turn, self._answer, last=True)
        else:
            self._asked = 0


def main() -> None:
    """Print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--drawn", type=float, default=2.0)
    parser.add_argument("--block", type=int, default=5)
    parser.add_argument("--out", type=Path)
    told = parser.parse_args()
    use_one_core()
    print(machine())
    with TemporaryDirectory() as spare:
        run(told.folder or Path(spare), told)


def run(folder: Path, told: argparse.Namespace) -> None:
    """Convert, load, talk, draw."""
    watch = Stopwatch()
    if not any(folder.glob("motion_autoencoder.*")):
        write_imitation(folder, Imitation())
        watch.said("random weights written")
    convert(folder, folder / CONVERTED)
    watch.said("converted")
    avatar = build_avatar(
        "ana", model=f"official:{folder}", official=OfficialConfig(block=told.block)
    )
    watch.said("loaded, and the first tick")
    conversation = Conversation(avatar)
    motions, _ = conversation.go_on(told.seconds - told.drawn, draw=False)
    watch.said(f"{told.seconds - told.drawn:g} s of motion in blocks of {told.block}")
    more, pictures = conversation.go_on(told.drawn, draw=True)
    watch.said(f"{told.drawn:g} s more, with {len(pictures)} pictures")
    every = np.concatenate([motions, more])
    assert np.isfinite(every).all()
    change = np.abs(np.diff(motions, axis=0)).mean()
    rms = float(np.sqrt(np.square(every).mean()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{every.shape} motions, rms {rms:.3f}, change {change:.3f}; {peak:.2f} GB at most")
    if told.out is not None:
        with VideoWriter(told.out, size=avatar.renderer.size, rate=VOICE_RATE) as writer:
            for picture in pictures:
                writer.picture(picture)


if __name__ == "__main__":
    main()
