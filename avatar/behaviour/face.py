"""A face under construction: processes add to its channels."""

from avatar.motion import ARKIT58, Vector


class Face:
    """An `arkit58` motion that starts at rest and that processes add to."""

    def __init__(self, rest: Vector) -> None:
        self._vector = rest.copy()

    def add(self, channel: str, amount: float) -> None:
        """Add to one channel."""
        self._vector[ARKIT58.index(channel)] += amount

    def both(self, channel: str, amount: float, lean: float = 0.0) -> None:
        """Add to the left and the right one; `lean` in [-1, 1] favours the left."""
        self._vector[ARKIT58.index(channel + "Left")] += amount * (1 + lean)
        self._vector[ARKIT58.index(channel + "Right")] += amount * (1 - lean)

    def scale(self, channel: str, factor: float) -> None:
        """Multiply one channel."""
        self._vector[ARKIT58.index(channel)] *= factor

    def limit(self, channel: str, most: float) -> None:
        """Hold one channel at or below a value."""
        index = ARKIT58.index(channel)
        self._vector[index] = min(float(self._vector[index]), most)

    def value(self, channel: str) -> float:
        """One channel as it stands."""
        return float(self._vector[ARKIT58.index(channel)])

    def motion(self) -> Vector:
        """The motion, inside the bounds of the space."""
        return ARKIT58.clamp(self._vector)
