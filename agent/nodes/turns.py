"""Which turn a TTS context is."""

from avatar.clock import NO_TURN, Turn

REMEMBERED = 64
"""Contexts whose numbers are kept."""


class TurnNumbers:
    """Numbers TTS contexts from 1 as they come; speech without a context opens one when none is."""

    def __init__(self) -> None:
        self._last: Turn = NO_TURN
        self._numbers: dict[str | None, Turn] = {}

    @property
    def last(self) -> Turn:
        """The newest turn, `NO_TURN` before the first."""
        return self._last

    def of(self, context_id: str | None) -> Turn:
        """The turn of a context, a new one when it is new; `NO_TURN` for one that is an aside."""
        if context_id not in self._numbers:
            self._last += 1
            self._remember(context_id, self._last)
        return self._numbers[context_id]

    def aside(self, context_id: str | None) -> None:
        """A context is no turn: the avatar says that it listens."""
        if context_id is not None:
            self._remember(context_id, NO_TURN)

    def is_aside(self, context_id: str | None) -> bool:
        """Whether a context is no turn."""
        return self._numbers.get(context_id) == NO_TURN

    def close(self, context_id: str | None) -> None:
        """A context has ended. One with a name keeps its number, for pieces that come late."""
        if context_id is None:
            self._numbers.pop(None, None)

    def _remember(self, context_id: str | None, turn: Turn) -> None:
        self._numbers[context_id] = turn
        if len(self._numbers) > REMEMBERED:
            self._numbers.pop(next(iter(self._numbers)))
