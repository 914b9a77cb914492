"""Any OpenAI-compatible endpoint: a provider's, a local server's, or the embedded knowledge's."""

import os
from dataclasses import dataclass, field

from pipecat.services.openai.llm import OpenAILLMService

DEFAULT_MODEL = "gpt-4.1-mini"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model answers. `base_url` None is OpenAI's own."""

    base_url: str | None = None
    api_key: str = field(default="none", repr=False)
    model: str = DEFAULT_MODEL
    instructions: str | None = None

    @classmethod
    def from_environment(cls, instructions: str | None = None) -> "Endpoint":
        """`OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL`."""
        return cls(
            base_url=os.environ.get("OPENAI_BASE_URL") or None,
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            model=os.environ.get("OPENAI_MODEL") or DEFAULT_MODEL,
            instructions=instructions,
        )


def build_llm(endpoint: Endpoint) -> OpenAILLMService:
    """A service that asks this endpoint."""
    settings = OpenAILLMService.Settings(
        model=endpoint.model, system_instruction=endpoint.instructions
    )
    return OpenAILLMService(api_key=endpoint.api_key, base_url=endpoint.base_url, settings=settings)
