"""`visavis kiosk`: a receptionist that runs all day."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from pipelines.cli.output import choice, told
from pipelines.cli.serve import Tls, Verbose, certificate_of, introduce
from pipelines.configuration import ConfigurationError, checked, read_configuration
from pipelines.logs import log_to_terminal

SETTINGS = "kiosk.yaml"

Folder: TypeAlias = Annotated[
    Path | None, typer.Option("--dir", help="the folder of kiosk.yaml; this one, when it has one")
]
Port: TypeAlias = Annotated[
    int | None, typer.Option(min=0, max=65535, help="instead of the file's")
]
Log: TypeAlias = Annotated[str, typer.Option(help="text, or json: a line an object")]

app = typer.Typer(invoke_without_command=True)


@app.callback()
def kiosk(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--dir", "-d", help="the kiosk's folder, that of kiosk.yaml")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="instead of the file's")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="look for what will fail tomorrow, and end")
    ] = False,
    tls: Tls = None,
    log: Log = "text",
    verbose: Verbose = False,
) -> None:
    """Serve a kiosk: open the printed address in a browser in full screen."""
    if context.invoked_subcommand is not None:
        return
    log_to_terminal(verbose=verbose, form=choice("log", log, ("text", "json")))
    if folder is None and Path(SETTINGS).is_file():
        folder = Path()
    settings = settings_of(folder, port)
    if check:
        raise typer.Exit(_check(settings, folder, tls))
    # It takes a second to load, which commands without a conversation need not wait for.
    from pipelines.assistant import run_assistant

    config = checked(settings, str(folder / SETTINGS) if folder else "")
    run_assistant(
        config,
        certificate=certificate_of(tls, config.host),
        introduce=introduce,
        tell=told,
    )


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="an empty folder, or one to be made")],
) -> None:
    """Make a kiosk's folder: its settings, its pages, and how it is started."""
    from pipelines.kiosk.starting import init as make

    make(folder)
    told(f"{folder / SETTINGS} is yours to edit; then: visavis kiosk --dir {folder}")


def settings_of(folder: Path | None, port: int | None) -> dict[str, Any]:
    """What a kiosk's folder says, its files named as seen from here; without one, nothing special.

    Raises ConfigurationError for a folder that is none.
    """
    settings: dict[str, Any] = {}
    if folder is not None:
        if not folder.is_dir():
            raise ConfigurationError(
                f"{folder} is no folder; `visavis kiosk init {folder}` makes one"
            )
        settings = read_configuration(folder / SETTINGS)
        _from_here(settings, folder)
    settings["kiosk"] = settings.get("kiosk") or {}
    if port is not None:
        settings["port"] = port
    return settings


def _from_here(settings: dict[str, Any], folder: Path) -> None:
    """Name files as seen from where the command runs."""
    places: list[tuple[Any, str]] = [(settings, "knowledge")]
    kiosk = settings.get("kiosk")
    if isinstance(kiosk, dict):
        branding, unanswered = kiosk.get("branding"), kiosk.get("unanswered")
        places += [(branding, "logo"), (branding, "background"), (unanswered, "file")]
    for block, name in places:
        file = block.get(name) if isinstance(block, dict) else None
        if isinstance(file, str) and not file.startswith("#"):
            block[name] = str(folder / file)


def _check(settings: dict[str, Any], folder: Path | None, tls: str | None) -> int:
    """Tell what was found; 1 when something of it keeps visitors from being served."""
    from pipelines.kiosk.check import check

    config = checked(settings, str(folder / SETTINGS) if folder else "")
    certificate = certificate_of(tls, config.host)
    found = check(config, folder or Path(), certificate=certificate)
    for finding in found:
        told(f"{finding.severity}: {finding.what}" + (f"; {finding.todo}" if finding.todo else ""))
    wrong = sum(finding.severity == "error" for finding in found)
    told("ready for visitors" if not wrong else f"{wrong} to mend before visitors come")
    return int(wrong > 0)
