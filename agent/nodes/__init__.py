"""Pipecat processors that put a face into a pipeline."""

from agent.nodes.answers import Answers
from agent.nodes.avatar_service import AvatarService
from agent.nodes.captions import UserCaptions
from agent.nodes.forgetting import Forgetting
from agent.nodes.languages import LanguageChoice
from agent.nodes.signals_end import SignalsEnd
from agent.nodes.telephone import Telephone
from agent.nodes.user_camera import UserCamera
from agent.nodes.user_tap import UserSignalTap

__all__ = [
    "Answers",
    "AvatarService",
    "Forgetting",
    "LanguageChoice",
    "SignalsEnd",
    "Telephone",
    "UserCamera",
    "UserCaptions",
    "UserSignalTap",
]
