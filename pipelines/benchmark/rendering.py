"""How long a picture takes, by what the face does."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from avatar.motion import ARKIT58
from avatar.rendering.base import Renderer
from avatar.rendering.effects import PLAIN, WHOLE, Effects
from avatar.rendering.sheet import BROAD_SMILE, LAUGH, LOOK_LEFT
from pipelines.benchmark.timer import Timing, measure_each

SMALL_POSE = {"headYaw": 0.05, "headPitch": 0.03, "headRoll": 0.02}
FACES: Mapping[str, Mapping[str, float]] = {
    "idle": LOOK_LEFT,
    "speaking": {"jawOpen": 0.3, "mouthFunnel": 0.2, "mouthLowerDown": 0.2},
    "smiling": BROAD_SMILE,
    "blinking": {"eyeBlink": 0.6},
    "laughing": LAUGH,
}


def time_rendering(renderer: Renderer[Any], *, batches: int = 7) -> dict[str, Timing]:
    """Time every kind of face, each with the head a little turned and the hair behind it."""
    _, state = renderer.render(ARKIT58.rest, renderer.start())
    actions = {
        kind: partial(renderer.render, ARKIT58.vector({**face, **SMALL_POSE}), state)
        for kind, face in FACES.items()
    }
    return measure_each(actions, batches=batches)


def time_effects(
    renderer: Callable[[Effects], Renderer[Any]], *, batches: int = 7
) -> dict[str, Timing]:
    """Time a laughing face with all effects, with all but one of each, and with none."""
    sets = {"all": WHOLE}
    sets |= {f"without {item.name}": replace(WHOLE, **{item.name: False})
             for item in fields(Effects)}  # fmt: skip
    sets["none"] = PLAIN
    motion = ARKIT58.vector({**FACES["laughing"], **SMALL_POSE})
    actions: dict[str, Callable[[], object]] = {}
    for name, effects in sets.items():
        drawn = renderer(effects)
        _, state = drawn.render(ARKIT58.rest, drawn.start())
        actions[name] = partial(drawn.render, motion, state)
    return measure_each(actions, batches=batches)
