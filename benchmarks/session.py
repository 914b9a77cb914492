"""What a whole tick costs: timeline, generator and renderer, and how much memory a session takes.

python benchmarks/session.py
"""

import resource
from pathlib import Path

import numpy as np

from avatar.clock import TICK
from avatar.media import read_wav
from avatar.session import AvatarSession
from pipelines.benchmark.timer import machine, measure
from pipelines.build import build_avatar, use_one_core

AUDIO = Path(__file__).parents[1] / "examples" / "audio"


class Conversation:
    """A session that hears a question and speaks an answer, over and over."""

    def __init__(self, session: AvatarSession) -> None:
        self._session = session
        self._user = read_wav(AUDIO / "question.wav").heard()
        self._answer = read_wav(AUDIO / "answer.wav").pcm
        self._turn = 0

    def hear(self) -> None:
        """Feed what this tick needs."""
        timeline = self._session.timeline
        if timeline.waiting_ticks == 0:
            self._turn += 1
            timeline.push_speech(self._turn, self._answer)
        at = timeline.index * TICK % (len(self._user) - TICK)
        timeline.push_user_audio(self._user[at : at + TICK])

    def tick(self) -> None:
        """One whole tick with its picture."""
        self.hear()
        self._session.step()

    def motion(self) -> None:
        """One tick without a picture."""
        self.hear()
        self._session.perform([self._session.timeline.next_tick()], draw=False)


def main() -> None:
    """Print the figures."""
    use_one_core()
    avatar = build_avatar("ana")
    rate = read_wav(AUDIO / "answer.wav").rate
    for name, action in (
        ("whole tick", Conversation(avatar.session(voice_rate=rate)).tick),
        ("motion only", Conversation(avatar.session(voice_rate=rate)).motion),
    ):
        timing = measure(action, batches=7, calls=100)
        share = timing.median / 40
        print(
            f"{name}: least {timing.least:.2f} ms, median {timing.median:.2f} ms"
            f" = {share:.0%} of a core"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory {memory:.0f} MB, {machine()}, numpy {np.__version__}")


if __name__ == "__main__":
    main()
