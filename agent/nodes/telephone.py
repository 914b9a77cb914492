"""A live voice for an avatar: what one person says is what another's avatar speaks.

Nothing is known of a live voice ahead, so its avatar is to have a generator with look-ahead 0, as
in *Audio Driven Real-Time Facial Animation for Social Telepresence*.
"""

from itertools import count
from typing import Any

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.nodes.pcm import channels
from avatar.clock import SAMPLE_RATE

LEAST_LEVEL = 10 ** (-50 / 20)
"""Root mean square below which nothing is taken for a voice, whatever the room is like."""

OVER_ROOM = 3.0
"""A voice is so much louder than the room."""

ROOM_S = 4.0
"""How slowly the idea of the room follows louder sound; it follows quieter sound at once."""

GOES_ON_S = 0.4
"""Silence within what somebody says."""

CUSHION_S = 0.04
"""Sound that waits before the first of it is spoken, against the jitter of a network."""


class Spurts:
    """Finds the stretches in which somebody speaks, by loudness alone: nothing else is as quick."""

    def __init__(self) -> None:
        self._room = LEAST_LEVEL
        self._quiet_s = GOES_ON_S

    def speaks(self, level: float, seconds: float) -> bool:
        """Whether a piece belongs to speech, by its root mean square of full scale."""
        louder = level - self._room
        self._room += louder * (min(1.0, seconds / ROOM_S) if louder > 0 else 1.0)
        loud = level > max(LEAST_LEVEL, OVER_ROOM * self._room)
        self._quiet_s = 0.0 if loud else self._quiet_s + seconds
        return self._quiet_s < GOES_ON_S


class Telephone(FrameProcessor):
    """Stands before an `AvatarService`, which speaks what the `other` side hears.

    Two of them are joined (`join`), one in the pipeline of each person.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.other: Telephone | None = None
        self._spurts = Spurts()
        self._numbers = count(1)
        self._context: str | None = None
        self._waiting = b""
        self._started = False

    def join(self, other: "Telephone") -> None:
        """Connect two persons."""
        self.other, other.other = other, self

    def leave(self) -> None:
        """Hang up."""
        if self.other is not None:
            self.other.other = None
        self.other = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hand this person's sound to the other; everything passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame) and self.other is not None:
            await self.other.hear(frame)
        await self.push_frame(frame, direction)

    async def hear(self, frame: InputAudioRawFrame) -> None:
        """The other person's sound."""
        pcm = channels(frame)
        seconds = len(pcm) / frame.sample_rate
        level = float(np.sqrt(np.mean((pcm / 32768.0) ** 2))) if len(pcm) else 0.0
        if not self._spurts.speaks(level, seconds):
            await self._fall_silent()
            return
        if self._context is None:
            self._context = f"live_{next(self._numbers)}"
            self._started = False
            await self.push_frame(TTSStartedFrame(context_id=self._context))
        self._waiting += frame.audio
        if self._started or len(self._waiting) >= 2 * CUSHION_S * SAMPLE_RATE:
            await self._speak(frame.sample_rate)

    async def _speak(self, rate: int) -> None:
        said, self._waiting = self._waiting, b""
        self._started = True
        await self.push_frame(TTSAudioRawFrame(said, rate, 1, context_id=self._context))

    async def _fall_silent(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._waiting = b""
            await self.push_frame(TTSStoppedFrame(context_id=context))
