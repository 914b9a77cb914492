"""What may be wrong with what the other side sent. Every error has a code for the wire."""


class ProtocolError(Exception):
    """The other side broke the protocol.

    `code` is sent in an `error` event, with the offender's `event_id` and the name of the field,
    where they are known.
    """

    def __init__(
        self, code: str, message: str, *, param: str | None = None, event_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.event_id = event_id
