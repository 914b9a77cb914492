"""What may be wrong with bytes from the other side. Every error has a code for the wire."""


class ProtocolError(Exception):
    """The other side broke the protocol. `code` is sent in an `error` event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
