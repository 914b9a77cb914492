"""The JSON events of the protocol, a module for each word of its domain.

Names and required fields are those of the OpenAI Realtime API; what that API does not have is under
`avatar.*` and `caption.*`. `parse` makes a client event from text.
"""

from agent.protocol.events.base import ClientEvent, ServerEvent
from agent.protocol.events.parsing import parse

__all__ = ["ClientEvent", "ServerEvent", "parse"]
