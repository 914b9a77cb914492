"""The configuration of a server."""

import os
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from avatar.parts import AUTO
from avatar.rendering.framing import Framing

RECEPTIONIST = (
    "You are a friendly receptionist with a face and a voice. Everything you write is spoken: "
    "answer in one to three short sentences, without lists, markup or emoji. Say that you are an "
    "AI when you are asked."
)
DISCLOSURE = "You are talking with an AI. Its picture and its voice are synthetic."


class ServeConfig(BaseModel):
    """What `visavis serve` can be told. Secrets come from the environment.

    `size` is the height of the picture, None for the portrait's own; `framing` its shape. `token`
    guards the websocket and the offers when it is set (`VISAVIS_TOKEN`); `origins` are the
    pages that may connect, empty for those of this server alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    avatar: str = "ana"
    size: int | None = None
    framing: Framing = "square"
    generator: str = AUTO
    stt: str = AUTO
    llm: str = AUTO
    voice: str = AUTO
    knowledge: Path | None = None
    instructions: str = RECEPTIONIST
    disclosure: str = DISCLOSURE
    most_sessions: int = Field(default=4, ge=1)
    origins: tuple[str, ...] = ()
    token: str | None = Field(
        default_factory=lambda: os.environ.get("VISAVIS_TOKEN") or None,
        repr=False,
        validate_default=True,
    )

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, token: str | None) -> str | None:
        """A browser brings it as the name of a sub-protocol, which has no other signs."""
        if token is not None and not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", token):
            raise ValueError("VISAVIS_TOKEN may have letters, digits and !#$%&'*+.^_`|~- only")
        return token
