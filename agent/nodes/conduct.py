"""What the avatar is publicly doing, when nobody directs it."""

from avatar.clock import ticks_in
from avatar.tick import AvatarState

THINKS_AT_MOST = ticks_in(8.0)
"""An answer that has not come by then is not expected any more."""


class Conduct:
    """Listening, thinking or speaking, from what happens in the pipeline; counted in ticks."""

    def __init__(self) -> None:
        self._directed: AvatarState | None = None
        self._thinking = 0

    def direct(self, state: AvatarState | None) -> None:
        """Somebody else decides from now on; None leaves it as it is."""
        self._directed = self._directed if state is None else state

    def answer_expected(self) -> None:
        """The user's turn has ended."""
        self._thinking = THINKS_AT_MOST

    def answer_came(self) -> None:
        """There is nothing to think about any more."""
        self._thinking = 0

    def tick(self, *, speech_waits: bool) -> AvatarState:
        """The state of the next tick."""
        self._thinking = max(0, self._thinking - 1)
        if self._directed is not None:
            return self._directed
        if speech_waits:
            return AvatarState.SPEAKING
        return AvatarState.THINKING if self._thinking else AvatarState.LISTENING
