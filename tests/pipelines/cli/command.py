"""The command line: as a process, or here when only its words matter."""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from avatar.errors import VisavisError
from pipelines.cli import app

COMMAND = (str(Path(sys.executable).with_name("visavis")),)
SHOWN = {"COLUMNS": "200"}


def visavis(
    *arguments: str, ok: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **SHOWN, **environment},
        check=False,
    )
    assert (result.returncode == 0) == ok, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def refusal(*arguments: str) -> str:
    """What a command says that must fail, without the seconds that a process takes to start."""
    result = CliRunner().invoke(app, arguments, env=SHOWN)
    assert result.exit_code != 0
    assert isinstance(result.exception, VisavisError | SystemExit), repr(result.exception)
    return f"{result.output}{result.exception}"
