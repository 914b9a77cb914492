"""Who may hold the floor."""

from enum import Enum

from avatar.tick import AvatarState


class Floor(Enum):
    """Who speaks: in `TENTATIVE` the avatar holds because the user may want to, in `OVERLAP` it
    goes on beside a user who does not.
    """

    IDLE = "idle"
    USER = "user"
    USER_PAUSE = "user pause"
    THINKING = "thinking"
    AVATAR = "avatar"
    TENTATIVE = "tentative"
    OVERLAP = "overlap"


SHOWN = {
    Floor.IDLE: AvatarState.LISTENING,
    Floor.USER: AvatarState.LISTENING,
    Floor.USER_PAUSE: AvatarState.LISTENING,
    Floor.THINKING: AvatarState.THINKING,
    Floor.AVATAR: AvatarState.SPEAKING,
    Floor.TENTATIVE: AvatarState.LISTENING,
    Floor.OVERLAP: AvatarState.SPEAKING,
}
"""What the avatar is seen to do."""
