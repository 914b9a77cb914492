"""The JSON events of the protocol, a module for each word of its domain.

Names and required fields are those of the OpenAI Realtime API; what that API does not have is under
`avatar.*`, `caption.*` and `kiosk.*`. `parsing` makes a client's event from text, `reading` a
server's.
"""

from agent.protocol.events.base import ClientEvent, ServerEvent

__all__ = ["ClientEvent", "ServerEvent"]
