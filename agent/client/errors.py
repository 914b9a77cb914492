"""What may go wrong between a client and a server."""


class ClientError(Exception):
    """Something is wrong with a conversation over a network."""


class ConnectionFailed(ClientError):
    """There is no connection, or not any more."""


class NotAgreed(ClientError):
    """The server cannot do what was asked for."""


class DeviceUnavailable(ClientError):
    """A sound card, or what is needed for it, is not there."""
