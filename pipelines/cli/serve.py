"""`visavis serve`: the live conversation."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvicorn
from rich.table import Table

from avatar.parts import Part
from pipelines.build import share_interpreter
from pipelines.cli.output import PictureFraming, PictureSize, console, told
from pipelines.config import ServeConfig
from pipelines.configuration import checked, read_configuration
from pipelines.serving import addresses, fragment, listening, web_server
from pipelines.tls import Certificate, given_certificate, own_certificate

if TYPE_CHECKING:
    from pipelines.admission import Admission

LARGEST_MESSAGE = 8 << 20
"""Bytes of one message of a client: a minute of sound in an event fits."""


OPTION_OF = {"most_sessions": "sessions", "origins": "origin"}
"""Settings whose options are called otherwise."""


def serve(
    context: typer.Context,
    configuration: Annotated[
        Path | None, typer.Option("--config", help="a YAML file with these settings and more")
    ] = None,
    host: Annotated[str, typer.Option(help="address to listen on; 0.0.0.0 is all")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")
    ] = 8765,
    avatar: Annotated[str, typer.Option(help="who ships by name, or a bundle's folder")] = "ana",
    size: PictureSize = None,
    framing: PictureFraming = "square",
    generator: Annotated[
        str, typer.Option(help="motion: auto, rules, learned, learned:FOLDER")
    ] = "auto",
    stt: Annotated[str, typer.Option(help="ears: auto, whisper, pocketsphinx")] = "auto",
    llm: Annotated[str, typer.Option(help="answers: auto, openai, knowledge")] = "auto",
    voice: Annotated[str, typer.Option(help="auto, or engine:voice of `visavis voices`")] = "auto",
    knowledge: Annotated[
        Path | None, typer.Option(help="folder of Markdown to answer from")
    ] = None,
    sessions: Annotated[int, typer.Option(min=1, help="conversations at a time")] = 4,
    origin: Annotated[
        list[str] | None, typer.Option(help="another page that may connect, https://...")
    ] = None,
    tls: Annotated[
        str | None, typer.Option(help="auto makes a certificate; or CERT.pem,KEY.pem")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="log everything, what is said included")
    ] = False,
) -> None:
    """Serve the conversation: open the printed address and talk."""
    _log(verbose=verbose)
    # These take a second to load, which commands without a conversation need not wait for.
    from pipelines.capabilities import chosen_parts
    from pipelines.readiness import chosen_cast
    from pipelines.server import create_app

    config = _config(
        context,
        configuration,
        host=host,
        port=port,
        avatar=avatar,
        size=size,
        framing=framing,
        generator=generator,
        stt=stt,
        llm=llm,
        voice=voice,
        knowledge=knowledge,
        most_sessions=sessions,
        origins=tuple(origin or ()),
    )
    share_interpreter()
    certificate = _certificate(tls, config.host)
    with listening(config.host, config.port) as listener:
        cast = chosen_cast(config)
        _introduce(chosen_parts(cast))
        app = create_app(config, cast)
        page, secure = f"/{fragment(config.token)}", certificate is not None
        pages = addresses(listener, config.host, page, secure=secure)
        server = web_server(app, largest_message=LARGEST_MESSAGE, certificate=certificate)
        asyncio.run(_serve(server, app.state.admission, listener, pages))


_LOG = "{time:HH:mm:ss} {level: <7} {message}"


def _log(*, verbose: bool) -> None:
    from loguru import logger

    logger.remove()
    level = "DEBUG" if verbose else "WARNING"
    logger.add(sys.stderr, level=level, format=_LOG, backtrace=False, diagnose=False)


def _config(context: typer.Context, file: Path | None, **options: Any) -> ServeConfig:
    """The file's settings; an option that was given goes before them."""
    if file is None:
        return checked(options)
    given: dict[str, Any] = {}
    for name, value in options.items():
        source = context.get_parameter_source(OPTION_OF.get(name, name))
        if source is not None and source.name == "COMMANDLINE":
            given[name] = value
    return checked(read_configuration(file) | given, str(file))


def _certificate(tls: str | None, host: str) -> Certificate | None:
    if tls is None:
        return None
    return own_certificate(host) if tls == "auto" else given_certificate(tls)


def _introduce(parts: tuple[Part, ...]) -> None:
    table = Table("part", "name", "what", "licence", title="this conversation is made of")
    for part in parts:
        table.add_row(part.kind, part.name, part.title, part.licence)
    console.print(table)
    for part in parts:
        if part.advice is not None:
            told(f"{part.kind}: {part.advice}")


async def _serve(
    server: uvicorn.Server, admission: "Admission", listener: socket.socket, pages: list[str]
) -> None:
    announcing = asyncio.create_task(_announce(admission, pages))
    try:
        await server.serve(sockets=[listener])
    finally:
        announcing.cancel()


async def _announce(admission: "Admission", pages: list[str]) -> None:
    await admission.opened.wait()
    told(f"ready: open {' or '.join(pages)}")
