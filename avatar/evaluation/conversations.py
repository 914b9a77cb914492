"""The conversations to be measured by: held-out seeds, voices and languages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TypeAlias

from avatar.data.clip import DyadicClip, Role
from avatar.synthetic.dialogues.conversation import Devices, converse
from avatar.synthetic.dialogues.speech import Speaker
from avatar.synthetic.dialogues.voice_cast import Split
from avatar.tick import Tick

FIRST_SEED = 1_000_000
"""Seeds from here on are never trained on."""
SEEDS_APART = 10_000
CLIP_S = 60.0

Told: TypeAlias = Callable[[Tick, Tick], Tick]
"""What the avatar is told instead of a tick; the second one is of another conversation."""


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One role of a conversation, and a conversation whose user may be put in its place."""

    clip: DyadicClip
    avatar: Role
    stranger: DyadicClip

    def ticks(self, told: Told, *, look_ahead: int) -> Iterator[Tick]:
        """What the avatar is told."""
        own = self.clip.ticks(self.avatar, look_ahead=look_ahead)
        other = self.stranger.ticks(self.avatar, look_ahead=look_ahead)
        return (told(tick, strange) for tick, strange in zip(own, other, strict=True))


def cases(
    *,
    seed: int,
    minutes: float,
    split: Split = "train",
    clip_s: float = CLIP_S,
    devices: Devices = "working",
) -> list[Case]:
    """Conversations of `minutes` in all, in pieces of `clip_s` seconds, each from both sides."""
    length_s = min(clip_s, 60 * minutes)
    count = ceil(60 * minutes / length_s)
    first = FIRST_SEED + SEEDS_APART * seed
    with Speaker() as speaker:
        clips = [
            converse(
                first + index, length_s=length_s, split=split, speaker=speaker, devices=devices
            )
            for index in range(max(2, count))
        ]
    roles: Sequence[Role] = (0, 1)
    return [
        Case(clip, role, clips[(index + 1) % len(clips)])
        for index, clip in enumerate(clips[:count])
        for role in roles
    ]


def everything(tick: Tick, _: Tick) -> Tick:
    """All that there is."""
    return tick


def user_dropped(tick: Tick, _: Tick) -> Tick:
    """Nothing of the user."""
    return replace(tick, user_audio=None, user_face=None)


def user_swapped(tick: Tick, stranger: Tick) -> Tick:
    """The user of another conversation."""
    return replace(tick, user_audio=stranger.user_audio, user_face=stranger.user_face)


def user_unseen(tick: Tick, _: Tick) -> Tick:
    """The user's sound only."""
    return replace(tick, user_face=None)


def user_unheard(tick: Tick, _: Tick) -> Tick:
    """The user's face only."""
    return replace(tick, user_audio=None)
