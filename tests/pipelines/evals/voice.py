"""The voice of a visitor in pipecat's evals."""

from typing import Any

from agent.services.tts.embedded import EmbeddedTTSService
from pipelines.build import build_voice


def make(config: dict[str, Any]) -> EmbeddedTTSService:
    """A voice of flite, which the embedded ears understand."""
    name = f"flite:{config['voice']}"
    return EmbeddedTTSService(lambda: build_voice(name))
