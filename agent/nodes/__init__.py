"""Pipecat processors that put a face into a pipeline."""

from agent.nodes.avatar_service import AvatarService
from agent.nodes.user_tap import UserSignalTap

__all__ = ["AvatarService", "UserSignalTap"]
