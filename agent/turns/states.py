"""Who may hold the floor."""

from enum import Enum


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
