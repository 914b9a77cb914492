"""How much of its listening an avatar lets hear, as its client asks for it."""

from dataclasses import replace

from agent.frames import AvatarDirectionFrame
from agent.turns.manners import Manners


class Liveliness:
    """The manners of a conversation, changed by what a client wants of it."""

    def __init__(self, manners: Manners) -> None:
        self._own = manners
        self._listens, self._intensity = True, 1.0

    @property
    def manners(self) -> Manners:
        """What holds now: a composed avatar is heard less, one that does not listen never."""
        share = (1 + self._intensity) / 2 if self._listens else 0.0
        return replace(self._own, backchannels_a_minute=self._own.backchannels_a_minute * share)

    def direct(self, frame: AvatarDirectionFrame) -> None:
        """A client says how the avatar is to listen."""
        if frame.listens is not None:
            self._listens = frame.listens
        if frame.style is not None:
            self._intensity = frame.style.intensity

    def push_to_talk(self, *, on: bool) -> None:
        """The user ends their turns, or a pause does."""
        self._own = replace(self._own, push_to_talk=on)
