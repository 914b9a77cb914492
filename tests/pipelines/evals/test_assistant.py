"""The assistant passes its scenarios; in a process of its own, because the harness is deprecated
in parts and says so.
"""

import shutil
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]


def test_the_assistant_passes_its_scenarios() -> None:
    command = [sys.executable, "-m", "tests.pipelines.evals"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
