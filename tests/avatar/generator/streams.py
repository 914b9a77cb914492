"""Small random networks, and streams of ticks to try them on."""

from collections.abc import Sequence

import numpy as np
import torch

from avatar.clock import SAMPLE_RATE, TICK
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.percepts import seen_numbers
from avatar.generator.visibility import Visibility
from avatar.motion import ARKIT58, FaceObservation
from avatar.nn.motion_network import MotionNetwork
from avatar.tick import AvatarState, Style, Tick
from avatar.timeline import Timeline

SMALL = MotionNetworkConfig(
    token=ARKIT58.dim + 6,
    sight=seen_numbers(ARKIT58),
    encoder=32,
    encoder_heads=2,
    width=32,
    depth=2,
    heads=2,
    user_memory=6,
    reaction_memory=9,
    visibility=Visibility(context=12),
)


def network(config: MotionNetworkConfig = SMALL, seed: int = 0) -> MotionNetwork:
    """A network none of whose weights is zero, and whose weights half precision can hold."""
    torch.manual_seed(seed)
    made = MotionNetwork(config)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.08)
        parameter.data = parameter.data.half().float()
    return made.eval()


def codec() -> MotionCodec:
    chance = np.random.default_rng(0)
    motions = [np.abs(chance.normal(0, 0.1, (200, ARKIT58.dim))).astype(np.float32)]
    return MotionCodec.fitted(motions, ARKIT58)


def ticks(
    count: int,
    *,
    look_ahead: int,
    seed: int = 0,
    smile_at: int | None = None,
    voice: bool = True,
    camera: bool = True,
    microphone: bool = True,
) -> Sequence[Tick]:
    """A stream with speech from its first tick to its last, and a user who is heard and seen."""
    chance = np.random.default_rng(seed)
    timeline = Timeline(voice_rate=SAMPLE_RATE, look_ahead=look_ahead)
    timeline.direct(state=AvatarState.SPEAKING, style=Style(intensity=0.5, gaze=(0.1, 0.0)))
    if voice:
        pcm = chance.normal(0, 3000, (count + 20) * TICK).astype(np.int16)
        timeline.push_speech(1, pcm, last=True)
    sounds = chance.normal(0, 0.1, (count, TICK)).astype(np.float32)
    faces = chance.uniform(0, 0.2, (count, ARKIT58.dim)).astype(np.float32)
    if smile_at is not None:
        faces[smile_at:, ARKIT58.index("mouthSmileLeft")] = 0.9
    result: list[Tick] = []
    for sound, face in zip(sounds, faces, strict=True):
        if microphone:
            timeline.push_user_audio(sound)
        if camera:
            timeline.push_user_face(FaceObservation(ARKIT58, face, np.ones(ARKIT58.dim, bool)))
        result.append(timeline.next_tick())
    return result
