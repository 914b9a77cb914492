"""The user's words for everybody further down: the user aggregator swallows transcripts."""

from pipecat.frames.frames import Frame, InterimTranscriptionFrame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import UserCaptionFrame


class UserCaptions(FrameProcessor):
    """Stands behind the STT service and says each transcript once more as a `UserCaptionFrame`."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Let everything pass; a caption goes ahead of its transcript."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame | InterimTranscriptionFrame) and frame.text.strip():
            final = isinstance(frame, TranscriptionFrame)
            await self.push_frame(UserCaptionFrame(frame.text.strip(), final))
        await self.push_frame(frame, direction)
