"""Commands of the operator's: no shell, no keys, no end without a limit."""

import asyncio
import json
import sys
import time
from pathlib import Path

import pytest

from pipelines.kiosk import command
from pipelines.kiosk.command import CommandError, run_command

TOLD = {"VISAVIS_KIOSK": "Empfang Süd"}


def python(program: str) -> tuple[str, ...]:
    return sys.executable, "-c", program


async def test_a_command_gets_the_facts_and_no_keys(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"import os, json; json.dump(dict(os.environ), open({str(told)!r}, 'w'))"
    await run_command(python(program), TOLD, {"PATH": "/bin", "OPENAI_API_KEY": "k", "HOME": "/h"})
    environment: dict[str, str] = json.loads(told.read_bytes())
    assert environment.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8", "Python's own"
    assert environment == {
        "PATH": "/bin",
        "HOME": "/h",
        "VISAVIS_KIOSK": "Empfang Süd",
    }


async def test_a_command_has_no_shell(tmp_path: Path) -> None:
    await run_command(("true", f"; touch {tmp_path}/made"), TOLD)
    assert not (tmp_path / "made").exists()


async def test_a_command_that_fails_complains_in_one_line() -> None:
    program = "import sys; sys.stderr.write('no bell\\n' + 'x' * 9_000_000); sys.exit(3)"
    with pytest.raises(CommandError, match=r"ended with status 3: no bell$"):
        await run_command(python(program), TOLD)
    with pytest.raises(CommandError, match=r"nothing-here cannot be started .*No such file"):
        await run_command(("/nothing-here",), TOLD)


async def test_a_command_that_hangs_is_killed_with_its_children(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "WITHIN_S", 0.3)
    alive = tmp_path / "alive"
    script = f"(while :; do touch {alive}; sleep 0.02; done) & wait"
    with pytest.raises(CommandError, match=r"ran for 0\.3 s and was killed"):
        await run_command(("sh", "-c", script), TOLD)
    alive.unlink()
    await asyncio.sleep(0.15)
    assert not alive.exists()


async def test_what_a_command_leaves_running_is_not_waited_for() -> None:
    begin = time.monotonic()
    await run_command(("sh", "-c", "sleep 5 & exit 0"), TOLD)
    assert time.monotonic() - begin < 2
