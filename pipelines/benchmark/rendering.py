"""How long a picture takes, by what the face does."""

from collections.abc import Mapping
from typing import Any

from avatar.motion import ARKIT58
from avatar.rendering.base import Renderer
from avatar.rendering.sheet import BROAD_SMILE, LAUGH, LOOK_LEFT
from pipelines.benchmark.timer import Timing, measure

SMALL_POSE = {"headYaw": 0.05, "headPitch": 0.03, "headRoll": 0.02}
FACES: Mapping[str, Mapping[str, float]] = {
    "idle": LOOK_LEFT,
    "speaking": {"jawOpen": 0.3, "mouthFunnel": 0.2, "mouthLowerDown": 0.2},
    "smiling": BROAD_SMILE,
    "blinking": {"eyeBlink": 0.6},
    "laughing": LAUGH,
}


def time_rendering(renderer: Renderer[Any], *, batches: int = 7) -> dict[str, Timing]:
    """Time every kind of face, each with the head a little turned."""
    state = renderer.start()
    timings: dict[str, Timing] = {}
    for kind, face in FACES.items():
        motion = ARKIT58.vector({**face, **SMALL_POSE})
        timings[kind] = measure(
            lambda motion=motion: renderer.render(motion, state), batches=batches
        )
    return timings
