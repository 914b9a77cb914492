"""Acting: from what is said to how two people move, each answering the other."""

from dataclasses import dataclass

import numpy as np

from avatar.behaviour.events import MotionEvent
from avatar.motion import ARKIT58, Motions
from avatar.synthetic.dialogues.actor import Actor, Glimpse
from avatar.synthetic.dialogues.cues import parts
from avatar.synthetic.dialogues.scene import Dialogue
from avatar.tick import AvatarState


@dataclass(frozen=True, eq=False, slots=True)
class Performance:
    """How one party moves, a row a tick in `arkit58`.

    `events` are what the face does, in order, each at the tick in which it begins to move, with
    its strength from 0 to 1. `states` is what the party is doing.
    """

    motion: Motions
    events: tuple[MotionEvent, ...]
    states: tuple[AvatarState, ...]


def act(dialogue: Dialogue) -> tuple[Performance, Performance]:
    """Play both parties of a conversation tick by tick, in closed loop.

    A motion depends on what was said and done before and on nothing to come, but for the own lines,
    which their speaker knows from their first tick; `states` looks ahead to the next turn. The same
    dialogue always gives the same performance.
    """
    first, second = parts(dialogue)
    persons = dialogue.persons
    actors = (
        Actor(dialogue.seed, 0, persons[0], first, second),
        Actor(dialogue.seed, 1, persons[1], second, first),
    )
    motions = np.zeros((2, dialogue.length, ARKIT58.dim), np.float32)
    seen = Glimpse(ARKIT58.rest), Glimpse(ARKIT58.rest)
    for index in range(dialogue.length):
        seen = actors[0].step(index, seen[1]), actors[1].step(index, seen[0])
        for motion, glimpse in zip(motions, seen, strict=True):
            motion[index] = glimpse.face
    return (
        Performance(motions[0], actors[0].events, first.states),
        Performance(motions[1], actors[1].events, second.states),
    )
