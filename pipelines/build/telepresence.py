"""Putting a telepresence together: a person's pipeline, with the face of the other one in it."""

from dataclasses import dataclass

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.transports.base_transport import BaseTransport

from agent.nodes import AvatarService, Telephone, UserCamera
from avatar.avatar import Avatar
from avatar.clock import SAMPLE_RATE
from pipelines.build.conversation import VOICE_RATE
from pipelines.build.face import build_tracker


@dataclass(frozen=True, slots=True)
class Side:
    """One person: what runs for them, and the line to the other."""

    worker: PipelineWorker
    telephone: Telephone


def build_side(avatar: Avatar, transport: BaseTransport, *, seed: int) -> Side:
    """A person's pipeline, ready to run. They see `avatar`, which speaks with the other's voice and
    listens to theirs.
    """
    face, telephone = AvatarService(avatar, seed=seed), Telephone()
    pipeline = Pipeline(
        [
            transport.input(),
            UserCamera(build_tracker("network")),
            face.user_tap(),
            telephone,
            face,
            transport.output(),
        ]
    )
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=VOICE_RATE),
        idle_timeout_secs=None,
        enable_rtvi=False,
        enable_turn_tracking=False,
    )
    return Side(worker, telephone)
