"""The composition root: the only place where parts are put together.

`face` makes avatars and voices and knows no pipecat; `conversation` holds the list of processors.
"""

from avatar.parts import EMBEDDED
from pipelines.build.face import (
    Look,
    build_avatar,
    build_finder,
    build_generator,
    build_renderer,
    build_tracker,
    build_voice,
    find_voice,
    share_interpreter,
    share_memory,
    use_one_core,
)

__all__ = [
    "EMBEDDED",
    "Look",
    "build_avatar",
    "build_finder",
    "build_generator",
    "build_renderer",
    "build_tracker",
    "build_voice",
    "find_voice",
    "share_interpreter",
    "share_memory",
    "use_one_core",
]
