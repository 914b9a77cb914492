"""A duet as it is shown: ticks in the order of time, with what a page needs of each."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import cv2

from avatar.avatar import Avatar
from avatar.duet import Duet, DuetFrame, DuetLine
from avatar.rendering.base import Picture
from avatar.synthetic.dialogues.speech import Speaker
from avatar.tick import AvatarState
from pipelines.duet.talk import cast, talk
from pipelines.side_by_side import joined

LINES_AHEAD = 6
JPEG_QUALITY = 80


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """One tick: a picture of both faces, None when it was left out, the sound of both, None when
    there is none, the lines that begin, and what both are doing.
    """

    index: int
    jpeg: bytes | None
    pcm: bytes | None
    lines: tuple[DuetLine, ...]
    states: tuple[AvatarState, AvatarState]


class ReadAhead:
    """Lines that another thread makes before they are needed.

    What is not made in time comes later, and all that follows as much later.
    """

    def __init__(self, lines: Iterator[DuetLine], maker: Executor) -> None:
        self._lines, self._maker = lines, maker
        self._coming = deque[Future[DuetLine]]()
        self._late = 0
        for _ in range(LINES_AHEAD):
            self._order()

    def due(self, index: int) -> list[DuetLine]:
        """The lines that begin with a tick. Raises what making them raised."""
        due: list[DuetLine] = []
        while self._coming[0].done():
            line = self._coming[0].result()
            if line.start + self._late > index:
                break
            self._late = index - line.start
            due.append(line)
            self._coming.popleft()
            self._order()
        return due

    def cancel(self) -> None:
        """Make no more."""
        for future in self._coming:
            future.cancel()

    def _order(self) -> None:
        self._coming.append(self._maker.submit(next, self._lines))


class LiveDuet:
    """A duet, its script and its voices. One thread at a time may use it.

    `maker` runs one thing at a time, in another thread: the voices speak there.
    """

    def __init__(self, avatars: tuple[Avatar, Avatar], seed: int, maker: Executor) -> None:
        self.duet = Duet(avatars, seed=seed)
        self._maker, self._speaker = maker, Speaker()
        persons = cast(seed, alike=avatars[0] is avatars[1])
        self._script = ReadAhead(talk(seed, persons, self._speaker), maker)

    @property
    def index(self) -> int:
        """Number of the next tick."""
        return self.duet.index

    def advance(self, ticks: int) -> list[Moment]:
        """The next ticks; only the last one is drawn. Raises what the voices raise."""
        return [self._moment(draw=left == 1) for left in range(ticks, 0, -1)]

    def close(self) -> None:
        """End the voices' processes, after what they say now."""
        self._script.cancel()
        self._maker.submit(self._speaker.close)

    def _moment(self, *, draw: bool) -> Moment:
        lines = self._script.due(self.duet.index)
        frame = self.duet.step(lines, draw=draw)
        speaks = any(side.tick.speech is not None for side in frame.sides)
        first, second = (side.tick.state for side in frame.sides)
        return Moment(
            index=frame.index,
            jpeg=_picture(frame),
            pcm=frame.sound.tobytes() if speaks else None,
            lines=tuple(lines),
            states=(first, second),
        )


def _picture(frame: DuetFrame) -> bytes | None:
    left, right = (side.picture for side in frame.sides)
    return None if left is None or right is None else _jpeg(joined(left, right))


def _jpeg(picture: Picture) -> bytes:
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return jpeg.tobytes()
