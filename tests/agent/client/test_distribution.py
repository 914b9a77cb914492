"""The small distribution, built and installed alone."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

HEAVY = (
    "numpy",
    "torch",
    "pipecat",
    "avatar",
    "pipelines",
    "cv2",
    "av",
    "soxr",
    "websockets.asyncio",
)

PROGRAM = f"""
import sys, time
begin = time.perf_counter()
from agent.client import Face, Player, connect
took = time.perf_counter() - begin
import agent.protocol.events.parsing, agent.client.puppets
heavy = [name for name in {HEAVY!r} if name in sys.modules]
assert not heavy, heavy
player = Player(24_000)
assert player.picture() is None and player.sound(240) == bytes(480)
print(took)
"""


def installed(folder: Path) -> Path:
    """Its interpreter in a new environment that has nothing else."""
    built, environment = folder / "dist", folder / "alone"
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(built)]
    subprocess.run([*command, str(ROOT / "agent" / "client")], check=True, capture_output=True)
    (wheel,) = built.glob("visavis_client-*.whl")
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    done = subprocess.run([*install, str(wheel)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be installed here: {done.stderr[-300:]}")
    return python


@pytest.mark.slow
def test_the_client_alone_is_enough_and_loads_nothing_heavy(tmp_path: Path) -> None:
    python = installed(tmp_path)
    shown = subprocess.run(
        [str(python), "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert float(shown.stdout) < 2.0
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.lower()
    assert "visavis-client" in listed
    assert "numpy" not in listed


def test_importing_the_client_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
