"""What all events share."""

from pydantic import BaseModel, ConfigDict, Field

LONGEST_ID = 512
"""Characters of an id that a client gives; the same as OpenAI's."""


class Record(BaseModel):
    """A part of an event. Fields that it does not know are ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", protected_namespaces=(), defer_build=True
    )


class ClientEvent(Record):
    """What a client says. `event_id` is its own and is repeated in an error about it."""

    event_id: str | None = Field(default=None, max_length=LONGEST_ID)


class ServerEvent(Record):
    """What the server says; each has its `type`. The connection numbers it when it is sent."""

    @property
    def event_type(self) -> str:
        """Its type."""
        return str(getattr(self, "type", ""))

    def wire(self, event_id: str) -> str:
        """The JSON text, without fields that say nothing."""
        body = self.model_dump_json(exclude_none=True)
        return f'{{"event_id":"{event_id}",{body[1:]}'
