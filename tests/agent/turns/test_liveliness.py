"""How much of its listening an avatar lets hear."""

from dataclasses import replace

import pytest

from agent.frames import AvatarDirectionFrame
from agent.turns.liveliness import Liveliness
from agent.turns.manners import Manners
from avatar.tick import Style

OWN = Manners(backchannels_a_minute=8.0)


def heard(*frames: AvatarDirectionFrame) -> float:
    """Signs of listening a minute, after these wishes."""
    liveliness = Liveliness(OWN)
    for frame in frames:
        liveliness.direct(frame)
    return liveliness.manners.backchannels_a_minute


def test_without_a_wish_its_manners_are_its_own() -> None:
    assert Liveliness(OWN).manners == OWN


@pytest.mark.parametrize(("intensity", "rate"), [(1.0, 8.0), (0.5, 6.0), (0.0, 4.0)])
def test_a_composed_avatar_is_heard_half_as_often(intensity: float, rate: float) -> None:
    assert heard(AvatarDirectionFrame(style=Style(intensity=intensity))) == pytest.approx(rate)


def test_one_that_does_not_listen_says_nothing_and_remembers_how_it_was() -> None:
    deaf = AvatarDirectionFrame(listens=False)
    composed = AvatarDirectionFrame(style=Style(intensity=0.0))
    assert heard(composed, deaf) == 0
    assert heard(composed, deaf, AvatarDirectionFrame(listens=True)) == 4.0


def test_a_direction_that_says_nothing_of_it_changes_nothing() -> None:
    assert heard(AvatarDirectionFrame(emotion="happy")) == 8.0


def test_push_to_talk_is_kept_beside_it() -> None:
    liveliness = Liveliness(OWN)
    liveliness.push_to_talk(on=True)
    liveliness.direct(AvatarDirectionFrame(listens=False))
    assert liveliness.manners == replace(OWN, push_to_talk=True, backchannels_a_minute=0.0)
    liveliness.push_to_talk(on=False)
    liveliness.direct(AvatarDirectionFrame(listens=True))
    assert liveliness.manners == OWN
