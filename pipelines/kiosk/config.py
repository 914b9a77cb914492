"""What an integrator can say of a kiosk: the block `kiosk:` of its YAML file."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agent.knowledge.zone import ZoneName

LanguageCode: TypeAlias = Literal["en", "de", "es", "fr"]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=86_400)]
Url: TypeAlias = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]
Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Name: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Block(BaseModel):
    """A block of settings: an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BrandingConfig(Block):
    """What the screen shows of the house. Pictures are files beside the YAML file."""

    name: str = Field(default="Reception", max_length=60)
    logo: Path | None = None
    colour: Colour = "#17695c"
    background: Path | Colour | None = None


class WordsConfig(Block):
    """What is said and shown in one language; what is left out has a text of its own.

    `greetings` are by the time of day. `attract` changes on the screen while nobody is there,
    `suggestions` are questions to press.
    """

    greetings: dict[Literal["morning", "afternoon", "evening"], str] = {}
    disclosure: Annotated[str, Field(min_length=1)] | None = None
    farewell: str | None = None
    attract: tuple[str, ...] = ()
    suggestions: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    calling: str | None = None
    nobody_comes: str | None = None


class PresenceConfig(Block):
    """When somebody is there. Touch and sensors always count; `camera` and `speech` may be off.

    A face counts from `least_face` of the picture's height on, turned by no more than
    `facing_degrees`, once it was there for `confirm_s`; a voice, once it has spoken for `speech_s`.
    A visitor has gone when nothing was seen or heard of them for `departed_s`. Whoever was
    dismissed is greeted again after `cooldown_s`.
    """

    camera: bool = True
    speech: bool = True
    least_face: float = Field(default=0.14, gt=0, le=1)
    facing_degrees: float = Field(default=35.0, gt=0, le=90)
    confirm_s: Seconds = 0.8
    speech_s: Seconds = 0.6
    departed_s: Seconds = 5.0
    cooldown_s: Seconds = 5.0


class VisitConfig(Block):
    """The times of a visit. Nobody is sent away who speaks, types, touches or is spoken to.

    Without any of that for `inactive_s` the visit ends; for `patience_s` where they are seen to be
    there; after a goodbye, for `goodbye_s`. The farewell stays for `farewell_s`.
    """

    greet_after_s: Seconds = 0.3
    inactive_s: Annotated[float, Field(ge=5, le=86_400)] = 60.0
    patience_s: Annotated[float, Field(ge=5, le=86_400)] = 300.0
    goodbye_s: Seconds = 4.0
    farewell_s: Seconds = 3.0


class WebhookConfig(Block):
    """An address that is told of something by POST, signed where a secret is set.

    `secret_from` names the variable of the environment that holds the secret.
    """

    url: Url
    secret_from: str | None = None
    timeout_s: float = Field(default=5.0, gt=0, le=60)
    attempts: int = Field(default=4, ge=1, le=10)


class MailConfig(Block):
    """A mail by SMTP; name and password come from variables of the environment."""

    to: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    server: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    tls: bool = False
    user_from: str | None = None
    password_from: str | None = None


class HandOffConfig(Block):
    """How a person is called: all that are given, at once. What was said is never sent."""

    webhook: WebhookConfig | None = None
    mail: MailConfig | None = None
    command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class ToolConfig(Block):
    """Something that the language model may do here: a Python function or an address.

    `parameters` is a JSON Schema object. With `confirm`, a text or one for each language, the
    visitor is asked first, on the screen and aloud; `{name}` in it stands for an argument.
    """

    name: Name
    description: str
    parameters: dict[str, Any] = {}
    function: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")] | None = None
    webhook: WebhookConfig | None = None
    confirm: str | dict[LanguageCode, str] | None = None


class HeartbeatConfig(Block):
    """Tells somebody regularly that the kiosk is well, or what is wrong."""

    webhook: WebhookConfig
    every_s: float = Field(default=60.0, ge=5, le=86_400)


class AdminConfig(Block):
    """The page for whoever looks after the kiosk; there is none unless its passcode is set."""

    passcode_from: str = "VISAVIS_PASSCODE"
    attempts: int = Field(default=5, ge=1, le=100)
    locked_s: float = Field(default=300.0, ge=1, le=86_400)


class UnansweredConfig(Block):
    """Questions without an answer are counted; their words are kept only where `keep` says so."""

    keep: bool = False
    file: Path = Path("unanswered.csv")


class KioskConfig(Block):
    """The kiosk as a whole.

    In `quiet_hours`, such as `22:00-06:30`, nobody is greeted aloud who does not touch the screen.
    `layout` moves what is pressed within reach of a wheelchair. `licence_rights` names parts whose
    non-commercial licence the operator has a right beyond.
    """

    branding: BrandingConfig = BrandingConfig()
    words: dict[LanguageCode, WordsConfig] = {}
    presence: PresenceConfig = PresenceConfig()
    visit: VisitConfig = VisitConfig()
    quiet_hours: tuple[str, ...] = ()
    time_zone: ZoneName | None = None
    layout: Literal["standing", "low"] = "standing"
    push_to_talk: bool = False
    hand_off: HandOffConfig = HandOffConfig()
    tools: tuple[ToolConfig, ...] = ()
    heartbeat: HeartbeatConfig | None = None
    admin: AdminConfig = AdminConfig()
    unanswered: UnansweredConfig = UnansweredConfig()
    licence_rights: tuple[str, ...] = ()

    @field_validator("quiet_hours")
    @classmethod
    def _are_spans(cls, spans: tuple[str, ...]) -> tuple[str, ...]:
        for span in spans:
            read_span(span)
        return spans


_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def read_span(text: str) -> tuple[time, time]:
    """A span of a day such as `22:00-06:30`. Raises ValueError."""
    found = _SPAN.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"a span such as 22:00-06:30 was expected, {text!r} came")
    hours, minutes, until_hours, until_minutes = map(int, found.groups())
    return time(hours, minutes), time(until_hours, until_minutes)
