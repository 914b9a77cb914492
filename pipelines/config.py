"""The configuration of a server."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agent.protocol.closing import RESUMES_WITHIN_S
from agent.services.custom import CustomService
from agent.turns.manners import Manners
from avatar.official.config import OfficialConfig
from avatar.parts import AUTO, EMBEDDED
from avatar.rendering.framing import Framing
from pipelines.kiosk.config import KioskConfig, LanguageCode

if TYPE_CHECKING:
    from agent.services.llm.openai import Endpoint

RECEPTIONIST = (
    "You are a friendly receptionist with a face and a voice. Everything you write is spoken: "
    "answer in one to three short sentences, without lists, markup or emoji. Say that you are an "
    "AI when you are asked."
)
DISCLOSURE = "You are talking with an AI. Its picture and its voice are synthetic."


class EndpointConfig(BaseModel):
    """Where a language model answers: OpenAI's own, llama.cpp, Ollama, vLLM or another's.

    What is left out comes from OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL. A key is not
    written into files: `api_key_from` names the variable that holds it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str | None = None
    model: str | None = None
    api_key_from: str = "OPENAI_API_KEY"

    def endpoint(self, instructions: str) -> "Endpoint":
        """The endpoint, with what the environment adds."""
        from agent.services.llm.openai import Endpoint

        known = Endpoint.from_environment(instructions)
        return replace(
            known,
            base_url=self.base_url or known.base_url,
            model=self.model or known.model,
            api_key=os.environ.get(self.api_key_from) or "none",
        )


class PhrasesConfig(BaseModel):
    """What the avatar says to keep a conversation going, in place of `agent/turns/phrases.py`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    backchannels: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    hold: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    apology: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reprompt: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class LanguageConfig(BaseModel):
    """Ears, voice and phrases of a language that is spoken beside the first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stt: str | CustomService = AUTO
    voice: str | CustomService = AUTO
    phrases: PhrasesConfig = PhrasesConfig()


class LiveKitRoom(BaseModel):
    """A room of a LiveKit server; key and secret come from the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["livekit"]
    url: str
    room: str
    identity: str = "visavis"
    api_key_from: str = "LIVEKIT_API_KEY"
    api_secret_from: str = "LIVEKIT_API_SECRET"


class DailyRoom(BaseModel):
    """A room of Daily's; its token, where it needs one, comes from the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["daily"]
    url: str
    name: str = "visavis"
    token_from: str | None = None


class ServeConfig(BaseModel):
    """What `visavis serve` can be told. Secrets come from the environment.

    `size` is the height of the picture, None for the portrait's own; `framing` its shape;
    `renderer` what draws it (`warp`, `neural`). A `model`
    `official:FOLDER` moves a photo by the checkpoints of that folder, as `official` says
    (docs/models.md). Services
    are named as in `visavis doctor`, `whisper:base.en` with a model, or given by their class.
    A language model may `look` at the camera's picture when it asks to, if it can call tools.
    A conversation begins in `language`, with `stt`, `voice` and `phrases`; `languages` has those of
    the others, which the user may ask for. `backchannels` is how often the avatar says that it
    listens, `conversation` the times of its manners. `tracing` sends how long each stage took to an
    OpenTelemetry collector, whose address it may be. `token` guards the
    websocket and the offers when it is set (`VISAVIS_TOKEN`); `origins` are the pages that may
    connect, empty for those of this server alone. One address may have `most_sessions_each` at a
    time; a conversation whose connection is lost may be resumed for `resume_s`. In a `room` of
    LiveKit or Daily the avatar talks, too. With `kiosk`, it receives visitors who come and go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    avatar: str = "ana"
    size: int | None = None
    framing: Framing = "square"
    renderer: str = AUTO
    model: str = EMBEDDED
    official: OfficialConfig = OfficialConfig()
    generator: str = AUTO
    stt: str | CustomService = AUTO
    llm: str | CustomService = AUTO
    endpoint: EndpointConfig = EndpointConfig()
    voice: str | CustomService = AUTO
    phrases: PhrasesConfig = PhrasesConfig()
    language: LanguageCode = "en"
    languages: dict[LanguageCode, LanguageConfig] = {}
    look: bool = False
    backchannels: Literal["off", "composed", "lively"] = "lively"
    conversation: Manners = Manners()
    knowledge: Path | None = None
    instructions: str = RECEPTIONIST
    disclosure: str = DISCLOSURE
    tracing: bool | str = False
    most_sessions: int = Field(default=4, ge=1)
    most_sessions_each: int | None = Field(default=None, ge=1)
    resume_s: float = Field(default=RESUMES_WITHIN_S, ge=0, le=600)
    origins: tuple[str, ...] = ()
    room: Annotated[LiveKitRoom | DailyRoom, Field(discriminator="kind")] | None = None
    kiosk: KioskConfig | None = None
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
