"""What the avatar is publicly doing and how, when nobody directs it and when somebody does."""

from dataclasses import replace

from pipecat.frames.frames import Frame, UserStartedSpeakingFrame, UserStoppedSpeakingFrame

from agent.frames import AvatarDirectionFrame
from avatar.clock import ticks_in
from avatar.tick import AvatarState, Style

THINKS_AT_MOST = ticks_in(15.0)
"""An answer that has not come by then is not expected any more."""


class Conduct:
    """Listening, thinking or speaking, from what happens in the pipeline; counted in ticks."""

    def __init__(self) -> None:
        self.listens = True
        self._directed: AvatarState | None = None
        self._style = Style()
        self._emotion: str | None = None
        self._emotion_left: int | None = None
        self._thinking = 0

    @property
    def style(self) -> Style:
        """How it behaves in the next tick."""
        return self._style if self._emotion is None else replace(self._style, emotion=self._emotion)

    def see(self, frame: Frame) -> None:
        """Take what a frame says of it."""
        if isinstance(frame, AvatarDirectionFrame):
            self.direct(frame)
        elif isinstance(frame, UserStartedSpeakingFrame):
            self.answer_came()
        elif isinstance(frame, UserStoppedSpeakingFrame):
            self.answer_expected()

    def direct(self, frame: AvatarDirectionFrame) -> None:
        """Somebody else decides from now on; None leaves it as it is."""
        self._directed = self._directed if frame.state is None else frame.state
        self.listens = self.listens if frame.listens is None else frame.listens
        if frame.style is not None:
            self._style = frame.style
        if frame.emotion is not None:
            neutral = frame.emotion == "neutral"
            self._emotion = None if neutral else frame.emotion
            self._emotion_left = None if frame.for_s is None else ticks_in(frame.for_s)

    def answer_expected(self) -> None:
        """The user's turn has ended."""
        self._thinking = THINKS_AT_MOST

    def answer_came(self) -> None:
        """There is nothing to think about any more."""
        self._thinking = 0

    def tick(self, *, speaks: bool) -> AvatarState:
        """The state of the next tick."""
        self._thinking = max(0, self._thinking - 1)
        if self._emotion_left is not None:
            self._emotion_left -= 1
            if self._emotion_left < 0:
                self._emotion = self._emotion_left = None
        if self._directed is not None:
            return self._directed
        if speaks:
            return AvatarState.SPEAKING
        return AvatarState.THINKING if self._thinking else AvatarState.LISTENING
