"""Two faces in one picture."""

from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from avatar.clock import FPS, SAMPLE_RATE
from avatar.rendering.base import Picture
from avatar.tick import VoiceSamples
from avatar.video import VideoWriter


def joined(left: Picture, right: Picture) -> Picture:
    """Both pictures beside each other, the right one in the size of the left one."""
    height, width = left.shape[:2]
    if right.shape[:2] != (height, width):
        right = cv2.resize(right, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
    return np.hstack([left, right])


class SideBySideVideo:
    """An MP4 of two faces and their voices at 16 kHz, with a progress bar while it is made.

    `size` is that of the left face; `badge` draws "AI" into the corner. A context
    manager as `VideoWriter` is; raises as it does.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int],
        ticks: int,
        console: Console,
        badge: bool = True,
    ) -> None:
        width, height = size
        self._writer = VideoWriter(path, size=(2 * width, height), rate=SAMPLE_RATE, badge=badge)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console
        )
        self._ticks = ticks

    def __enter__(self) -> "SideBySideVideo":
        self._writer.__enter__()
        self._bar.start()
        self._job = self._bar.add_task(f"drawing {self._ticks / FPS:.1f} s", total=self._ticks)
        return self

    def tick(self, left: Picture, right: Picture, sound: VoiceSamples) -> None:
        """Append 40 ms."""
        self._writer.picture(joined(left, right))
        self._writer.sound(sound)
        self._bar.advance(self._job)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        self._writer.__exit__(kind, error, trace)
