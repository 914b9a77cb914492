"""The figures of one conversation as it goes, from frames and a clock that is given."""

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Literal, TypeAlias, get_args

from pipecat.frames.frames import (
    Frame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from agent.frames import AvatarAudioFrame, AvatarFlushFrame, AvatarHeldFrame, AvatarReactionFrame
from agent.protocol.events.avatar import AvatarMetrics, AvatarPlayback
from avatar.clock import FPS

Figure: TypeAlias = Literal["reaction", "response", "barge_in"]
"""A time that a user notices."""

REMEMBERED = 20
"""Values of which the median is told."""

ANSWER_EXPECTED_S = 10.0
"""Speech that comes later is no answer to what the user said."""

INTERRUPTS_WITHIN_S = 3.0
"""A flush that comes later is not the user's voice's doing."""

STILL_SPEAKING_S = 0.2
"""A flush this long after the last piece of speech cut nothing off."""


def _nowhere(_figure: Figure, _seconds: float) -> None:
    pass


class Meter:
    """Takes times; each figure is the median of the newest values.

    `record` is given each time as it is taken, in seconds.
    """

    def __init__(
        self, clock: Callable[[], float], record: Callable[[Figure, float], None] = _nowhere
    ) -> None:
        self._clock, self._record = clock, record
        self._newest_ms = {figure: deque[float](maxlen=REMEMBERED) for figure in get_args(Figure)}
        self._skew_ms = deque[float](maxlen=REMEMBERED)
        self._since = clock()
        self._user_ended: float | None = None
        self._user_began: float | None = None
        self._held: float | None = None
        self._spoke = -STILL_SPEAKING_S

    def see(self, frame: Frame) -> None:
        """Take what a frame tells."""
        now = self._clock()
        match frame:
            case AvatarReactionFrame() if frame.reaction.latency_s is not None:
                self._take("reaction", frame.reaction.latency_s)
            case VADUserStartedSpeakingFrame():
                self._user_began = now - frame.start_secs
                self._user_ended = None
            case VADUserStoppedSpeakingFrame():
                self._user_ended = now - frame.stop_secs
            case AvatarHeldFrame():
                self._held = now if frame.held else None
            case AvatarFlushFrame():
                self._cut_off(now)
            case AvatarAudioFrame():
                self._speaks(now)
            case _:
                pass

    def _cut_off(self, now: float) -> None:
        began, self._user_began = self._user_began, None
        held, self._held = self._held, None
        silent = now if held is None else held
        speaking = silent - self._spoke < STILL_SPEAKING_S
        if began is not None and speaking and now - began < INTERRUPTS_WITHIN_S:
            self._take("barge_in", max(0.0, silent - began))

    def _speaks(self, now: float) -> None:
        self._spoke = now
        ended, self._user_ended = self._user_ended, None
        if ended is not None and now - ended < ANSWER_EXPECTED_S:
            self._take("response", now - ended)

    def _take(self, figure: Figure, seconds: float) -> None:
        self._newest_ms[figure].append(1000 * seconds)
        self._record(figure, seconds)

    def played(self, playback: AvatarPlayback) -> None:
        """The client says what it plays and shows."""
        if playback.media_time_us is not None and playback.picture_media_time_us is not None:
            self._skew_ms.append((playback.picture_media_time_us - playback.media_time_us) / 1000)

    def report(self, pictures: int) -> AvatarMetrics:
        """The figures; `pictures` were sent since the last report."""
        now = self._clock()
        fps = pictures / max(1e-3, now - self._since)
        self._since = now
        return AvatarMetrics(
            fps=round(fps, 2),
            late=round(max(0.0, 1 - fps / FPS), 4),
            reaction_ms=_middle(self._newest_ms["reaction"]),
            response_ms=_middle(self._newest_ms["response"]),
            barge_in_ms=_middle(self._newest_ms["barge_in"]),
            av_skew_ms=_middle(self._skew_ms),
        )


def _middle(values: deque[float]) -> float | None:
    return round(median(values), 1) if values else None
