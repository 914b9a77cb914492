"""What two people's eyes do with each other, beyond looking away and back by themselves."""

from dataclasses import replace

from avatar.behaviour.chance import Chance
from avatar.behaviour.gaze import GazeState
from avatar.clock import TICK_S, ticks_in
from avatar.synthetic.dialogues.scene import Line

LOOK_BACK = ticks_in(0.4)
"""Before the end of a turn speakers look at the other again (Kendon 1967)."""
FOLLOWED, GLANCE_S = 0.12, (0.3, 0.8)
"""How often a look away is followed, and for how long."""
FOLLOWED_WAY = 0.9


def look_back(gaze: GazeState, index: int, line: Line | None) -> GazeState:
    """End a look away when the own turn comes to its end."""
    now = index * TICK_S
    if line is None or not line.ends_turn or line.end - index != LOOK_BACK:
        return gaze
    return replace(gaze, away_until_s=now) if gaze.away_until_s > now else gaze


def glance(gaze: GazeState, index: int, looked_away: float, chance: Chance) -> GazeState:
    """Now and then look where the other has just looked; `looked_away` is how far to its left."""
    now = index * TICK_S
    if not looked_away or gaze.away_until_s > now:
        return gaze
    if not chance.happens("gaze/follow", index, FOLLOWED):
        return gaze
    return replace(
        gaze,
        away_until_s=now + chance.between("gaze/glance", index, *GLANCE_S),
        away_yaw=-FOLLOWED_WAY * looked_away,
        away_pitch=0.0,
    )
