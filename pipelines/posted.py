"""Reading what is posted, up to a bound."""

from starlette.requests import Request


async def posted(request: Request, most: int) -> bytes:
    """The body of a request. Raises ValueError when it has more bytes than this."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > most:
            raise ValueError(f"more than {most} bytes came")
    return bytes(data)
