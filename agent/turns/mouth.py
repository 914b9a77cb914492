"""Whether the mouth that is seen moves as one that speaks."""

from collections import deque

from avatar.motion import ARKIT58, FaceObservation

WINDOW_S = 0.5
"""A mouth that speaks opens and closes within so long."""
MOVES = 0.06
"""Change of the jaw or the lips within the window; a still mouth jitters by 0.02."""
CHANNELS = ("jawOpen", "mouthFunnel", "mouthPucker")


class Mouth:
    """What the camera tells of a user's mouth; times in seconds on the caller's clock."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, tuple[float, ...]]] = deque()

    def see(self, face: FaceObservation, now: float) -> None:
        """Take an observation; one that does not show the mouth ends what was known.

        One of a space that does not tell of mouths changes nothing.
        """
        if face.space.name != ARKIT58.name:
            return
        values = [face.value(channel) for channel in CHANNELS]
        if None in values:
            self._seen.clear()
        else:
            self._seen.append((now, tuple(value or 0.0 for value in values)))

    def moves(self, now: float) -> bool | None:
        """None when no mouth is seen, or not for long enough to tell."""
        while self._seen and now - self._seen[0][0] > WINDOW_S:
            self._seen.popleft()
        if len(self._seen) < 3:
            return None
        values = list(zip(*(values for _, values in self._seen), strict=True))
        return any(max(channel) - min(channel) > MOVES for channel in values)
