"""What an avatar says and shows, as frames, and which pictures of the user nobody asked for."""

from typing import Any

from pipecat.frames.frames import OutputAudioRawFrame, UserImageRawFrame

from agent.frames import (
    AvatarAudioFrame,
    AvatarBackchannelAudioFrame,
    AvatarImageFrame,
    AvatarTickFrame,
)
from avatar.clock import NO_TURN
from avatar.motion import ARKIT58
from avatar.rendering.base import Renderer
from avatar.session import AvatarFrame
from avatar.tick import Tick


def audio_frame(tick: Tick, rate: int, context_id: str | None) -> OutputAudioRawFrame:
    """The speech of a tick that has some."""
    assert tick.speech is not None
    pcm = tick.speech.tobytes()
    if tick.turn == NO_TURN:
        return AvatarBackchannelAudioFrame(pcm, rate, 1, tick=tick.index)
    return AvatarAudioFrame(
        audio=pcm,
        sample_rate=rate,
        num_channels=1,
        context_id=context_id,
        tick=tick.index,
        turn=tick.turn,
    )


def image_frame(frame: AvatarFrame, renderer: Renderer[Any]) -> AvatarImageFrame | AvatarTickFrame:
    """The picture of a tick, or its number alone when none was drawn.

    A motion goes with it where it is what the wire carries, `arkit58`.
    """
    if frame.picture is None:
        return AvatarTickFrame(frame.tick.index)
    return AvatarImageFrame(
        image=frame.picture.tobytes(),
        size=renderer.size,
        format="RGB",
        tick=frame.tick.index,
        turn=frame.tick.turn,
        speaking=frame.tick.turn != NO_TURN,
        motion=frame.motion if renderer.space == ARKIT58 else None,
    )


def is_unasked(frame: UserImageRawFrame) -> bool:
    """A camera picture nobody asked for: further down it would cut the assistant's text in two."""
    return not (frame.request or frame.text or frame.append_to_context)
