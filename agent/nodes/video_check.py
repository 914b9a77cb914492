"""Whether the pictures of a face arrive anywhere."""

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport


def video_problem(processor: FrameProcessor) -> str | None:
    """Why the transport behind a processor will not show its pictures; None when it will.

    A pipeline without an output transport is no problem: somebody else takes the pictures.
    """
    here: FrameProcessor | None = processor
    while here is not None:
        if isinstance(here, BaseOutputTransport):
            return _refuses(here)
        here = here.next
    return None


def _refuses(output: BaseOutputTransport) -> str | None:
    kind = type(output)
    if kind.write_video_frame is BaseOutputTransport.write_video_frame:
        return (
            f"{kind.__name__} cannot carry video: its pictures are dropped. Use "
            "agent.transports.websocket, or a transport of pipecat that carries video"
        )
    if not output.capabilities.video_out:
        return (
            f"{kind.__name__} was set up without video: pass "
            "AvatarService.transport_params(avatar) as its params"
        )
    return None
