"""What is heard and seen of a conversation at each moment, on one clock.

A loudspeaker asks for the next samples, a screen for the picture of the moment; both may do so from
threads of their own.
"""

from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from agent.client.clock import MediaClock
from agent.client.connecting import ConnectionBack, Happening
from agent.protocol.events.avatar import AvatarFlush, AvatarPaused
from agent.protocol.media import MediaFrame, MediaKind

FADE_S = 0.01
"""Of a turn that is dropped."""

MOST_PICTURES = 50
"""Pictures that may wait: two seconds of them."""

PICTURELESS_S = 2.0
"""Without a picture for so long, the arrival of sound sets the clock."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the avatar, encoded as it was agreed on, and its motion if that was."""

    media_time_us: int
    turn: int
    data: bytes
    motion: bytes | None = None


@dataclass(slots=True)
class _Piece:
    """Sound of a turn (0: of none), from a sample of the media clock on."""

    turn: int
    begin: int
    samples: "array[int]"

    @property
    def end(self) -> int:
        return self.begin + len(self.samples)


class Player:
    """Takes what a `Session` receives; `rate` is that of the avatar's voice.

    `clock` gives local seconds. Nothing is played of a turn after its flush, and what was discarded
    at a pause comes again from the server.
    """

    def __init__(
        self, rate: int, *, buffer_s: float = 0.1, clock: Callable[[], float] = monotonic
    ) -> None:
        self._rate, self._now = rate, clock
        self._clock = MediaClock(buffer_s)
        self._lock = Lock()
        self._pieces = deque[_Piece]()
        self._place: int | None = None
        self._turn = 0
        self._flushed = 0
        self._pictures = deque[Shown]()
        self._shown: Shown | None = None
        self._motions: dict[int, bytes] = {}
        self._pictured_s = -PICTURELESS_S

    def take(self, received: Happening) -> None:
        """Something came."""
        with self._lock:
            match received:
                case MediaFrame() if 0 < received.turn <= self._flushed:
                    pass
                case MediaFrame(kind=MediaKind.AVATAR_AUDIO):
                    self._add_sound(received)
                case MediaFrame(kind=MediaKind.AVATAR_PICTURE):
                    self._add_picture(received)
                case MediaFrame(kind=MediaKind.AVATAR_MOTION):
                    self._motions = {received.media_time_us: received.payload}
                case AvatarFlush():
                    self._flushed = max(self._flushed, received.turn)
                    self._drop(lambda turn: 0 < turn <= received.turn)
                case AvatarPaused():
                    self._drop(lambda turn: turn == received.turn)
                case ConnectionBack():
                    self._go_on(resumed=received.resumed)
                case _:
                    pass

    def picture(self) -> Shown | None:
        """The newest picture whose time has come; None before the first."""
        with self._lock:
            now_us = self._clock.media_time_us(self._now())
            while self._pictures and self._pictures[0].media_time_us <= now_us:
                self._shown = self._pictures.popleft()
            return self._shown

    def sound(self, samples: int, sounds_in_s: float = 0.0) -> bytes:
        """The next samples, PCM16, that will be heard so much later; silence where there are none.

        Successive calls are taken to be heard one right after the other.
        """
        with self._lock:
            out = array("h", bytes(2 * samples))
            if self._place is None:
                self._place = self._sample_at(self._now() + sounds_in_s)
            filled = 0
            while filled < samples and self._pieces:
                piece = self._pieces[0]
                ahead = piece.begin - self._place
                if ahead >= samples - filled:
                    break
                filled += max(0, ahead)
                self._place += max(0, ahead)
                taken = piece.samples[max(0, -ahead) :][: samples - filled]
                out[filled : filled + len(taken)] = taken
                filled += len(taken)
                self._place += len(taken)
                self._turn = piece.turn
                if self._place >= piece.end:
                    self._pieces.popleft()
            self._place = self._place + samples - filled if self._pieces else None
            return out.tobytes()

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that wait to be played."""
        with self._lock:
            return self._waiting / self._rate

    def playback(self) -> dict[str, int | None]:
        """Fields of an `avatar.playback` event: what is played and shown now."""
        with self._lock:
            now_us = self._clock.media_time_us(self._now())
            played_us = None if self._place is None else self._place * 1_000_000 // self._rate
            return {
                "turn": self._turn,
                "media_time_us": now_us if played_us is None else max(0, played_us),
                "picture_media_time_us": self._shown.media_time_us if self._shown else None,
                "buffer_ms": 1000 * self._waiting // self._rate,
            }

    @property
    def _waiting(self) -> int:
        """Samples that were not played yet."""
        place = self._place
        return sum(
            piece.end - (piece.begin if place is None else max(place, piece.begin))
            for piece in self._pieces
        )

    def _sample_at(self, local_s: float) -> int:
        return round(self._clock.media_s(local_s) * self._rate)

    def _add_sound(self, frame: MediaFrame) -> None:
        now_s = self._now()
        if now_s - self._pictured_s > PICTURELESS_S or not self._clock.known:
            self._clock.observe(frame.media_time_us, now_s, silent=not self._pieces)
        samples = array("h", frame.payload)
        begin = frame.media_time_us * self._rate // 1_000_000
        self._pieces.append(_Piece(frame.turn, begin, samples))

    def _add_picture(self, frame: MediaFrame) -> None:
        self._pictured_s = self._now()
        self._clock.observe(frame.media_time_us, self._pictured_s, silent=not self._pieces)
        motion = self._motions.get(frame.media_time_us)
        self._pictures.append(Shown(frame.media_time_us, frame.turn, frame.payload, motion))
        if len(self._pictures) > MOST_PICTURES:
            self._pictures.popleft()

    def _drop(self, dropped: Callable[[int], bool]) -> None:
        """Forget turns; what is playing of one fades out."""
        playing = self._place is not None
        for number, piece in enumerate(self._pieces):
            if dropped(piece.turn):
                first = number == 0 and playing
                piece.samples = self._faded(piece) if first else array("h")
        self._pieces = deque(piece for piece in self._pieces if piece.samples)
        self._pictures = deque(each for each in self._pictures if not dropped(each.turn))

    def _faded(self, piece: _Piece) -> "array[int]":
        """The next moments of a piece, sinking to silence."""
        assert self._place is not None
        done = max(0, self._place - piece.begin)
        tail = piece.samples[done:][: round(FADE_S * self._rate)]
        piece.begin += done
        steps = max(1, len(tail))
        return array("h", [value * (steps - n) // steps for n, value in enumerate(tail)])

    def _go_on(self, *, resumed: bool) -> None:
        """A conversation that goes on after a loss has the same clock and turns."""
        self._pieces.clear()
        self._pictures.clear()
        self._place = None
        if not resumed:
            self._flushed = 0
            self._clock = MediaClock(self._clock.buffer_s)
