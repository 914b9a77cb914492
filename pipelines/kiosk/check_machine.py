"""The machine that a kiosk stands on: room, speed, time, the browser, and what is plugged in."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509

from avatar.avatar import Avatar
from avatar.clock import FPS
from pipelines.kiosk.finding import Finding
from pipelines.tls import Certificate

GIGABYTE = 1 << 30
LEAST_DISK, ENOUGH_DISK = 1 * GIGABYTE, 4 * GIGABYTE
LEAST_MEMORY, ENOUGH_MEMORY = 1 * GIGABYTE, 2 * GIGABYTE
LEAST_CORES, ENOUGH_CORES = 2, 4

EARLIEST_YEAR = 2026
"""A clock that says less has no battery, and has not asked anybody yet."""

RENEWED_BEFORE = timedelta(days=21)
CONNECTS_WITHIN_S = 3.0
DRAWN_FOR_S = 2.0

SPARE = 1.5
"""Times the speed that a conversation needs: listening, hearing and answering take the rest."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_BROWSER = 120
SAYS_WITHIN_S = 10.0

NOT_SEEN_HERE = (
    "whether the browser may use its microphone and camera cannot be seen from here: open the page "
    "on the kiosk's screen, which says what it lacks"
)


@dataclass(frozen=True)
class Machine:
    """What is asked of this machine; tests ask another."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    devices: Path = Path("/dev")

    def now(self) -> datetime:
        """The time here, in the zone of this machine."""
        return datetime.now().astimezone()

    def free_bytes(self, folder: Path) -> int:
        """Room on the disk of a folder."""
        return shutil.disk_usage(folder).free

    def memory_bytes(self) -> int:
        """Memory that programs can have."""
        return psutil.virtual_memory().available

    def cores(self) -> int:
        """Cores that this process may use."""
        return len(os.sched_getaffinity(0))

    def unreachable(self, host: str, port: int) -> str | None:
        """Why nothing can be connected with there; nothing is sent."""
        try:
            with socket.create_connection((host, port), CONNECTS_WITHIN_S):
                return None
        except (OSError, UnicodeError) as error:
            return getattr(error, "strerror", None) or str(error) or type(error).__name__

    def program(self, *names: str) -> str | None:
        """The first of these programs that is here."""
        return next((found for name in names if (found := shutil.which(name))), None)

    def says(self, *command: str) -> str:
        """What a program prints; nothing when it fails or takes too long."""
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SAYS_WITHIN_S, check=True
            )
            return done.stdout.strip()
        return ""

    def pictures_a_second(self, avatar: Avatar, voice_rate: int) -> float:
        """How fast the face is drawn here, while nothing else is done."""
        session = avatar.session(voice_rate=voice_rate)
        session.step()
        begun, drawn = time.perf_counter(), 0
        while (taken := time.perf_counter() - begun) < DRAWN_FOR_S:
            session.step()
            drawn += 1
        return drawn / taken


def room(machine: Machine, folder: Path) -> Generator[Finding]:
    """Disk, memory and cores."""
    for what, has, least, enough in (
        ("disk space", machine.free_bytes(folder), LEAST_DISK, ENOUGH_DISK),
        ("memory", machine.memory_bytes(), LEAST_MEMORY, ENOUGH_MEMORY),
    ):
        told = f"{has / GIGABYTE:.1f} GB of {what} are free, {enough / GIGABYTE:.0f} are enough"
        if has < enough:
            yield Finding("error" if has < least else "warning", told, f"make more {what} free")
    cores = machine.cores()
    if cores < LEAST_CORES:
        yield Finding(
            "error", f"{cores} core, {LEAST_CORES} are needed", "take a machine with more"
        )
    elif cores < ENOUGH_CORES:
        told = f"{cores} cores: enough for the conversation, but not for the browser beside it"
        yield Finding("warning", told, f"take {ENOUGH_CORES}, or show the page on another machine")


def speed(machine: Machine, avatar: Avatar, voice_rate: int) -> Generator[Finding]:
    """Whether the face is drawn in time."""
    fps = machine.pictures_a_second(avatar, voice_rate)
    told = f"{fps:.0f} pictures a second are drawn here, {FPS} are shown"
    if fps < FPS * SPARE:
        todo = "choose a smaller `size`, end what else runs, or take a faster machine"
        yield Finding("error" if fps < FPS else "warning", told, todo)
    else:
        yield Finding("note", told)


def clock(machine: Machine, zone: str | None) -> Generator[Finding]:
    """Greetings, opening hours and certificates go by the time of day."""
    now = machine.now()
    if now.year < EARLIEST_YEAR:
        told = f"this machine believes that it is {now:%Y-%m-%d}"
        yield Finding("error", told, "set the clock: timedatectl set-ntp true")
    if zone is None and now.utcoffset() == timedelta(0):
        told = f"the time zone of this machine is UTC, where it is {now:%H:%M} now"
        todo = "if that is not your time, set kiosk.time_zone or: timedatectl set-timezone"
        yield Finding("warning", told, todo)


def certificate(machine: Machine, files: Certificate | None) -> Generator[Finding]:
    """When https ends to work."""
    if files is None:
        return
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("error", f"{files.certificate} is no certificate: {error}", "renew it")
        return
    left = found.not_valid_after_utc - machine.now().astimezone(UTC)
    if left < RENEWED_BEFORE:
        end = f"{found.not_valid_after_utc:%Y-%m-%d}"
        grave = left < timedelta(0)
        told = f"{files.certificate} {'was' if grave else 'is'} good until {end}"
        yield Finding("error" if grave else "warning", told, "renew it")


def screen(machine: Machine, languages: tuple[str, ...]) -> Generator[Finding]:
    """The browser, its letters, and the devices, as far as they are this machine's."""
    browser = machine.program(*BROWSERS)
    if browser is None:
        told = "there is no Chromium here"
        yield Finding("warning", told, "install it, unless the screen is another machine's")
    else:
        yield from _version(machine.says(browser, "--version"))
    if machine.program("fc-list"):
        for language in languages:
            if not machine.says("fc-list", f":lang={language}", "family"):
                told = f"no font here has the letters of {language!r}"
                yield Finding("error", told, "install one, such as Debian's fonts-noto-core")
    for pattern, what in (("video*", "camera"), ("snd/pcmC*D*c", "microphone")):
        if not any(machine.devices.glob(pattern)):
            told = f"no {what} is plugged in here"
            yield Finding("warning", told, "plug it in, unless the screen is another machine's")
    yield Finding("note", NOT_SEEN_HERE)


def _version(told: str) -> Generator[Finding]:
    """Browsers say a name and a number such as 131.0.6778.85."""
    number = next((word for word in told.split() if word[:1].isdecimal()), "")
    major = number.partition(".")[0]
    if not major.isdecimal():
        yield Finding("warning", "the browser does not say its version", "start it once by hand")
    elif int(major) < OLDEST_BROWSER:
        todo = f"update it: the page was tested from {OLDEST_BROWSER} on"
        yield Finding("warning", f"the browser is of version {major}", todo)
