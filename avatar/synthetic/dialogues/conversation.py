"""From a seed to a whole conversation: words, voices, movement, and what devices tell of it."""

from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from avatar.data.clip import DyadicClip, Party, Role, Signals, Utterance
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.acting import Performance, act
from avatar.synthetic.dialogues.camera import nothing, track
from avatar.synthetic.dialogues.room import microphone
from avatar.synthetic.dialogues.scene import Dialogue
from avatar.synthetic.dialogues.speech import Speaker
from avatar.synthetic.dialogues.timing import dialogue
from avatar.synthetic.dialogues.voice_cast import Split

MICROPHONES, CAMERAS = (11, 12), (21, 22)
"""Streams of chance of the two parties' devices, so that a change in one leaves the others."""
Devices: TypeAlias = Literal["any", "working"]
"""Microphones and cameras as people have them, or none that is missing, half blind or switched off;
those err and lag as well."""
LICENCE = "Apache-2.0"
"""Of clips: voices and motions are made here and hold nobody's data."""


def converse(
    seed: int,
    *,
    length_s: float = 60.0,
    split: Split = "train",
    speaker: Speaker | None = None,
    devices: Devices = "any",
) -> DyadicClip:
    """A conversation of two people who do not exist; the same seed gives the same one.

    `devices` says what is told of them. A `speaker` that stays open saves starting its processes
    for each conversation. Raises PartUnavailable when the voices of the split are not installed.
    """
    script = dialogue(seed, length_s, split, speaker)
    return perceived(script, act(script), devices)


def perceived(
    script: Dialogue, performances: tuple[Performance, Performance], devices: Devices = "any"
) -> DyadicClip:
    """What was said and played, with what microphones and cameras tell of it."""
    working = devices == "working"
    first, second = (_party(script, role, performances[role]) for role in (0, 1))
    voices = first.audio, second.audio
    heard = [
        microphone(
            np.random.default_rng([script.seed, stream]), voices[i], voices[1 - i], working=working
        )
        for i, stream in enumerate(MICROPHONES)
    ]
    seen = [
        track(np.random.default_rng([script.seed, stream]), party.motion, working=working)
        for stream, party in zip(CAMERAS, (first, second), strict=True)
    ]
    return DyadicClip(
        parties=(
            replace(first, signals=Signals(heard[0], *seen[0])),
            replace(second, signals=Signals(heard[1], *seen[1])),
        ),
        space=ARKIT58,
        source=f"synthetic seed {script.seed}",
        licence=LICENCE,
    )


def _party(script: Dialogue, role: Role, performance: Performance) -> Party:
    """One side, before any device is switched on."""
    return Party(
        utterances=tuple(
            Utterance(line.start, line.audio, line.phones, line.ends_turn)
            for line in script.lines
            if line.party == role
        ),
        motion=performance.motion,
        seen=np.ones(performance.motion.shape, bool),
        events=performance.events,
        states=performance.states,
        style=script.persons[role].style,
        signals=Signals(None, *nothing(script.length)),
        temperament=script.persons[role].temperament,
    )
