"""`visavis serve`: the live conversation."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.table import Table

from agent.protocol.closing import RESUMES_WITHIN_S
from avatar.parts import AUTO, EMBEDDED, Part
from pipelines.cli.output import Drawer, Model, PictureFraming, PictureSize, console, told
from pipelines.config import ServeConfig
from pipelines.configuration import checked, read_configuration
from pipelines.logs import log_to_terminal
from pipelines.tls import Certificate, given_certificate, own_certificate

ConfigFile: TypeAlias = Annotated[
    Path | None, typer.Option("--config", help="a YAML file with these settings and more")
]
Port: TypeAlias = Annotated[
    int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")
]
Who: TypeAlias = Annotated[
    str, typer.Option(help="who ships by name, a bundle's folder; a photo with --model")
]
SessionsEach: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="conversations of one address at a time")
]
Resume: TypeAlias = Annotated[
    float, typer.Option(min=0, max=600, help="seconds to come back after a lost connection")
]
Origins: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="another page that may connect, https://...")
]
Tls: TypeAlias = Annotated[
    str | None, typer.Option(help="auto makes a certificate; or CERT.pem,KEY.pem")
]

OPTION_OF = {
    "most_sessions": "sessions",
    "most_sessions_each": "sessions_each",
    "origins": "origin",
    "resume_s": "resume",
}
"""Settings whose options are called otherwise."""

Microphone: TypeAlias = Annotated[
    bool, typer.Option("--microphone", help="talk by this machine's sound card; /local shows it")
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", help="log everything, what is said included")
]


def serve(
    context: typer.Context,
    configuration: ConfigFile = None,
    host: Annotated[str, typer.Option(help="address to listen on; 0.0.0.0 is all")] = "127.0.0.1",
    port: Port = 8765,
    avatar: Who = "ana",
    size: PictureSize = None,
    framing: PictureFraming = "square",
    renderer: Drawer = AUTO,
    model: Model = EMBEDDED,
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
    sessions_each: SessionsEach = None,
    resume: Resume = RESUMES_WITHIN_S,
    origin: Origins = None,
    tls: Tls = None,
    microphone: Microphone = False,
    verbose: Verbose = False,
) -> None:
    """Serve the conversation: open the printed address and talk."""
    log_to_terminal(verbose=verbose)
    # It takes a second to load, which commands without a conversation need not wait for.
    from pipelines.assistant import run_assistant

    config = _config(
        context,
        configuration,
        host=host,
        port=port,
        avatar=avatar,
        size=size,
        framing=framing,
        renderer=renderer,
        model=model,
        generator=generator,
        stt=stt,
        llm=llm,
        voice=voice,
        knowledge=knowledge,
        most_sessions=sessions,
        most_sessions_each=sessions_each,
        resume_s=resume,
        origins=tuple(origin or ()),
    )
    certificate = certificate_of(tls, config.host)
    run_assistant(
        config,
        certificate=certificate,
        microphone=microphone,
        introduce=introduce,
        tell=told,
    )


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


def certificate_of(tls: str | None, host: str) -> Certificate | None:
    """The certificate that `--tls` means."""
    if tls is None:
        return None
    return own_certificate(host) if tls == "auto" else given_certificate(tls)


def introduce(parts: tuple[Part, ...]) -> None:
    """Show what a conversation is made of."""
    table = Table("part", "name", "what", "licence", title="this conversation is made of")
    for part in parts:
        table.add_row(part.kind, part.name, part.title, part.licence)
    console.print(table)
    for part in parts:
        if part.advice is not None:
            told(f"{part.kind}: {part.advice}")
