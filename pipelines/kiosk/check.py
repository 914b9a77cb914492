"""Everything of a kiosk that will fail tomorrow, today: nothing is sent, spoken or changed."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel

from agent.knowledge.folder import load_knowledge
from avatar.errors import VisavisError
from pipelines.build.conversation import VOICE_RATE
from pipelines.capabilities import chosen_parts
from pipelines.config import ServeConfig
from pipelines.kiosk import check_machine
from pipelines.kiosk.actions import load_actions
from pipelines.kiosk.check_machine import Machine
from pipelines.kiosk.config import KioskConfig, WebhookConfig
from pipelines.kiosk.finding import Finding
from pipelines.kiosk.licences import LicenceRefused, licences_of, require_commercial
from pipelines.readiness import chosen_cast
from pipelines.serving import ServeError, listening
from pipelines.tls import Certificate

SHORTEST_PASSCODE = 6
LARGEST_PICTURE = 4 << 20
"""Bytes of a logo or background."""

LOCAL = ("127.0.0.1", "::1", "localhost")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Subject:
    """What is checked: a configuration, the folder that it is from, and a machine."""

    config: ServeConfig
    folder: Path
    machine: Machine

    @property
    def kiosk(self) -> KioskConfig:
        """The kiosk's own settings."""
        return self.config.kiosk or KioskConfig()


def check(
    config: ServeConfig,
    folder: Path,
    *,
    certificate: Certificate | None = None,
    machine: Machine | None = None,
) -> list[Finding]:
    """What is wrong, the gravest first; takes some ten seconds.

    Paths of the configuration are as seen from here. `certificate` is the one that the kiosk is
    to serve https with.
    """
    subject = Subject(config, folder, machine or Machine())
    languages = (config.language, *config.languages)
    found = [
        *address(subject),
        *secrets(subject),
        *admin(subject),
        *pictures(subject),
        *knowledge(subject),
        *hand_off(subject),
        *tools(subject),
        *notes(subject),
        *reached(subject),
        *check_machine.room(subject.machine, folder),
        *check_machine.clock(subject.machine, subject.kiosk.time_zone),
        *check_machine.certificate(subject.machine, certificate),
        *check_machine.screen(subject.machine, languages),
        *parts(subject),
    ]
    grave = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda finding: grave[finding.severity])


def address(subject: Subject) -> Generator[Finding]:
    """Whether the kiosk can listen where it is told to."""
    config = subject.config
    try:
        listening(config.host, config.port).close()
    except ServeError as error:
        yield Finding("error", str(error), "unless it is this kiosk that runs already, end it")


def parts(subject: Subject) -> Generator[Finding]:
    """Whether face, ears, answers and voice are here, may be used, and are fast enough."""
    try:
        cast = chosen_cast(subject.config)
    except VisavisError as error:
        yield Finding("error", str(error), "`visavis doctor` tells what there is")
        return
    for part in chosen_parts(cast):
        if part.advice is not None:
            yield Finding("note", f"{part.kind}: {part.advice}")
    try:
        require_commercial(licences_of(cast), subject.kiosk.licence_rights)
    except LicenceRefused as error:
        yield Finding("error", str(error))
    yield from check_machine.speed(subject.machine, cast.avatar, VOICE_RATE)


def secrets(subject: Subject) -> Generator[Finding]:
    """Whether the environment holds what the configuration names."""
    for setting, variable in _named(subject.config):
        if not subject.machine.environment.get(variable):
            told = f"{setting}: the environment has no {variable}"
            yield Finding("error", told, "set it where the kiosk is started")


def _named(block: BaseModel, path: str = "") -> Generator[tuple[str, str]]:
    """Settings that name a variable, and the variable.

    What the author did not write is not named, but for a room, which cannot be joined without.
    """
    for name in type(block).model_fields:
        value = getattr(block, name)
        written = name in block.model_fields_set or path == "room"
        if isinstance(value, BaseModel):
            yield from _named(value, f"{path}.{name}" if path else name)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, BaseModel):
                    yield from _named(each, f"{path}.{name}")
        elif name.endswith("_from") and isinstance(value, str) and written:
            yield f"{path}.{name}", value


def admin(subject: Subject) -> Generator[Finding]:
    """Whether somebody can look after the kiosk, and nobody else."""
    variable = subject.kiosk.admin.passcode_from
    passcode = subject.machine.environment.get(variable, "")
    if not passcode:
        yield Finding("note", f"there is no admin page: {variable} is not set")
        return
    if len(passcode) < SHORTEST_PASSCODE:
        told = f"the passcode of the admin page has {len(passcode)} signs"
        yield Finding("warning", told, f"take {SHORTEST_PASSCODE} or more")
    if subject.config.host not in LOCAL:
        told = "the admin page can be reached from other machines"
        yield Finding("warning", told, "give it https: --tls, or a proxy and host: 127.0.0.1")


def pictures(subject: Subject) -> Generator[Finding]:
    """Whether logo and background can be shown."""
    branding = subject.kiosk.branding
    for name, path in (("logo", branding.logo), ("background", branding.background)):
        if isinstance(path, Path):
            reason = _no_picture(path)
            if reason is not None:
                told = f"kiosk.branding.{name}: {path} {reason}"
                yield Finding("error", told, "name an SVG, PNG, JPEG or WebP file")


def _no_picture(path: Path) -> str | None:
    """Why a file cannot be shown, None when it can."""
    if not path.is_file():
        return "is no file"
    if path.stat().st_size > LARGEST_PICTURE:
        return f"is larger than {LARGEST_PICTURE >> 20} MB"
    try:
        if path.suffix.lower() == ".svg":
            tag = ElementTree.fromstring(path.read_bytes()).tag
            return None if tag.rpartition("}")[2] == "svg" else "is no SVG"
        with Image.open(path) as picture:
            picture.verify()
    except (ElementTree.ParseError, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return "is no picture"
    return None


def knowledge(subject: Subject) -> Generator[Finding]:
    """What the author of the answers must mend."""
    if subject.config.knowledge is None:
        todo = "name your own folder: knowledge: knowledge"
        yield Finding("warning", "the answers are those of an invented house", todo)
        return
    try:
        known = load_knowledge(subject.config.knowledge)
    except VisavisError as error:
        yield Finding("error", str(error), "until then no question has an answer")
        return
    for problem in known.problems:
        yield Finding("warning", f"knowledge: {problem}")


def hand_off(subject: Subject) -> Generator[Finding]:
    """Whether a person can be called."""
    means = subject.kiosk.hand_off
    if means.command is not None and subject.machine.program(means.command[0]) is None:
        told = f"kiosk.hand_off.command: there is no program {means.command[0]}"
        yield Finding("error", told, "install it, or write its whole path")
    if means.webhook is means.mail is means.command is None:
        told = "nobody can be called: kiosk.hand_off is empty"
        yield Finding("warning", told, "name a webhook, a mail or a command")


def tools(subject: Subject) -> Generator[Finding]:
    """Whether the integrator's tools can be called."""
    try:
        load_actions(subject.kiosk.tools)
    except VisavisError as error:
        yield Finding("error", str(error))


def notes(subject: Subject) -> Generator[Finding]:
    """What is kept, if anything is."""
    kept = subject.kiosk.unanswered
    if kept.keep:
        told = f"questions without an answer are kept in {kept.file}"
        yield Finding("note", told, "tell your visitors, and delete them in time")
        if not kept.file.parent.is_dir():
            yield Finding("error", f"there is no folder for {kept.file}", "make it")


def reached(subject: Subject) -> Generator[Finding]:
    """Whether what the kiosk tells or asks can be connected with; nothing is sent."""
    asked = dict(_addresses(subject))
    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        answers = {
            place: pool.submit(subject.machine.unreachable, *place) for place in asked.values()
        }
        for setting, (host, port) in asked.items():
            reason = answers[host, port].result()
            if reason is not None:
                told = f"{setting}: {host}, port {port} cannot be reached: {reason}"
                yield Finding("error", told, "start it, let it through, or correct the address")


def _addresses(subject: Subject) -> Generator[tuple[str, tuple[str, int]]]:
    kiosk = subject.kiosk
    hooks: list[tuple[str, WebhookConfig | None]] = [
        ("kiosk.hand_off.webhook", kiosk.hand_off.webhook),
        ("kiosk.heartbeat.webhook", kiosk.heartbeat and kiosk.heartbeat.webhook),
        *((f"kiosk.tools: {tool.name}", tool.webhook) for tool in kiosk.tools),
    ]
    for setting, hook in hooks:
        if hook is not None:
            yield setting, _place(hook.url)
    if kiosk.hand_off.mail is not None:
        yield "kiosk.hand_off.mail", (kiosk.hand_off.mail.server, kiosk.hand_off.mail.port)
    if subject.config.endpoint.base_url is not None:
        yield "endpoint.base_url", _place(subject.config.endpoint.base_url)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)
