"""A mail server of a few lines, which keeps what it was given."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

REPLIES = {b"EHLO": "250-here", b"MAIL": "250 ok", b"RCPT": "250 ok", b"QUIT": "221 bye"}


@dataclass
class Postman:
    """With a `context` it offers STARTTLS; `refuses` is a verb that it answers with 550."""

    context: ssl.SSLContext | None = None
    refuses: bytes = b"-"
    port: int = 0
    lines: list[bytes] = field(default_factory=list)
    mail: bytes = b""
    secured: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            self.lines.append(line.strip())
            verb = line[:4].upper()
            if verb == self.refuses:
                writer.write(b"550 go away\r\n")
            elif verb == b"EHLO":
                more = "250-STARTTLS\r\n" if self.context and not self.secured else ""
                writer.write(f"250-here\r\n{more}250 AUTH PLAIN\r\n".encode())
            elif verb == b"STAR" and self.context is not None:
                writer.write(b"220 go\r\n")
                await writer.start_tls(self.context)
                self.secured = True
            elif verb == b"AUTH":
                writer.write(b"235 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go\r\n")
                self.mail = await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            else:
                writer.write(f"{REPLIES.get(verb, '250 ok')}\r\n".encode())
            if verb == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def delivering(postman: Postman) -> AsyncGenerator[Postman]:
    server = await asyncio.start_server(postman.serve, "127.0.0.1", 0)
    postman.port = server.sockets[0].getsockname()[1]
    try:
        yield postman
    finally:
        server.close()
