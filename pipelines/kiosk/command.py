"""A command of the operator's, run without a shell, with a bounded environment and a limit."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from avatar.errors import VisavisError
from pipelines.configuration import ConfigurationError

WITHIN_S = 20.0
"""Seconds that a command may take."""

LAST_WORDS_S = 0.2
"""Seconds that its complaint is waited for when it has ended."""

SAID = 160
"""Characters of its complaint in a message."""

_PASSED_ON = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
)  # fmt: skip
"""What a program of a desktop needs of the environment, and no keys of services."""


class CommandError(VisavisError):
    """A command could not be run, or did not end well."""


def check_command(command: Sequence[str], setting: str) -> None:
    """Raises ConfigurationError when there is no such program."""
    if shutil.which(command[0]) is None:
        raise ConfigurationError(
            f"{setting}: {command[0]!r} is no program that can be run here; name one by its path, "
            "or install it"
        )


async def run_command(
    command: Sequence[str], told: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> None:
    """Run a command and wait for its end; its output is not kept.

    `told` is added to the few variables that it gets of the environment. With all that it started
    it is killed after `WITHIN_S`.

    Raises:
        CommandError: It cannot be started, failed, or was killed. Holds one line of its complaint.
    """
    passed_on = {name: environment[name] for name in _PASSED_ON if name in environment}
    async with _listening() as (ear, mouth):
        try:
            process = await _started(command, {**passed_on, **told}, mouth)
        finally:
            os.close(mouth)
        complaint = asyncio.create_task(_first_line(ear))
        try:
            async with asyncio.timeout(WITHIN_S):
                code = await process.wait()
        except TimeoutError as error:
            text = f"{command[0]} ran for {WITHIN_S:g} s and was killed"
            raise CommandError(text) from error
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            # What it started may keep its output open.
            await asyncio.wait({complaint}, timeout=LAST_WORDS_S)
            complaint.cancel()
            await asyncio.wait({complaint})
    if code:
        said = "" if complaint.cancelled() else complaint.result()
        raise CommandError(f"{command[0]} ended with status {code}{said and f': {said}'}")


async def _started(
    command: Sequence[str], environment: Mapping[str, str], mouth: int
) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=quiet, stderr=mouth, env=environment,
            start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise CommandError(f"{command[0]} cannot be started ({error})") from error


@asynccontextmanager
async def _listening() -> AsyncGenerator[tuple[asyncio.StreamReader, int]]:
    """A pipe: asyncio's own for a process makes its end wait for all who hold it."""
    ear, mouth = os.pipe()
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ear, "rb", buffering=0)
    )
    try:
        yield reader, mouth
    finally:
        transport.close()


async def _first_line(stream: asyncio.StreamReader) -> str:
    """The beginning of what is complained of; all of it is read, so that nobody waits for it."""
    begin = b""
    while piece := await stream.read(4096):
        begin = (begin + piece)[: 4 * SAID]
    return begin.decode(errors="replace").strip().partition("\n")[0][:SAID]
