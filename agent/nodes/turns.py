"""Which turn a TTS context is."""

from avatar.clock import NO_TURN, Turn

REMEMBERED = 64
"""Contexts whose numbers are kept."""


class TurnNumbers:
    """Numbers TTS contexts from 1 as they come; speech without a context opens one when none is."""

    def __init__(self) -> None:
        self._last: Turn = NO_TURN
        self._asides: set[str] = set()
        self._numbers: dict[str | None, Turn] = {}

    @property
    def last(self) -> Turn:
        """The newest turn, `NO_TURN` before the first."""
        return self._last

    def of(self, context_id: str | None) -> Turn:
        """The turn of a context, a new one when it is new; `NO_TURN` for one that is an aside."""
        if context_id in self._asides:
            return NO_TURN
        if context_id not in self._numbers:
            self._last += 1
            self._numbers[context_id] = self._last
            if len(self._numbers) > REMEMBERED:
                self._numbers.pop(next(iter(self._numbers)))
        return self._numbers[context_id]

    def aside(self, context_id: str | None) -> None:
        """A context is no turn: the avatar says that it listens."""
        if context_id is not None:
            self._asides.add(context_id)

    def is_aside(self, context_id: str | None) -> bool:
        """Whether a context is no turn."""
        return context_id in self._asides

    def close(self, context_id: str | None) -> None:
        """A context has ended. One with a name keeps its number, for pieces that come late."""
        self._asides.discard(context_id or "")
        if context_id is None:
            self._numbers.pop(None, None)
