"""The library that runs networks tells nobody of it."""

import os
import subprocess
import sys
from pathlib import Path

RUN = """
from avatar.assets import TRACKER
from avatar.tracking.networks import FaceNetworks

FaceNetworks(TRACKER)
"""


def test_networks_run_without_a_trace(tmp_path: Path) -> None:
    """Where telemetry is on, the library keeps its queue and a number of the machine at home."""
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", RUN],
        env={"PATH": os.environ["PATH"], **home},
        check=True,
        timeout=60,
    )
    assert list(tmp_path.rglob("*")) == []
