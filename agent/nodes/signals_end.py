"""Where the user's sound and face end: nobody further down needs them."""

from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import UserFaceFrame


class SignalsEnd(FrameProcessor):
    """Stands behind the user aggregator of a pipeline whose avatar has a tap.

    Half of what a pipeline does while nobody speaks is to hand on fifty pieces of sound a second.
    A language model that hears for itself must stand before it.
    """

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Drop sound and faces, and let everything else pass."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, InputAudioRawFrame | UserFaceFrame):
            await self.push_frame(frame, direction)
