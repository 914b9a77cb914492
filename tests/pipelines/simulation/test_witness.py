"""A witness of a process that does what a server must not."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipelines.simulation.content import Content, pieces_of
from pipelines.simulation.witness import Found, Witness

WORD = "Xylophon Quartett"
NOISE = np.random.default_rng(0).normal(0, 900, 16_000).astype("<i2").tobytes()
CONTENT = Content(("xylophon quartett",), pieces_of(NOISE))

WAIT = "import sys; from pathlib import Path; sys.stdin.readline()\n"


class Case:
    """A process that begins when it is watched."""

    def __init__(self, folder: Path) -> None:
        self.own, self.shared, self.cache = folder / "own", folder / "shared", folder / "own/cache"
        self.sound = folder / "sound.raw"
        for each in (self.own, self.shared, self.cache):
            each.mkdir()
        self.sound.write_bytes(NOISE)

    def seen(self, does: str) -> Found:
        names = {"own": self.own, "shared": self.shared, "cache": self.cache, "sound": self.sound}
        known = "".join(f"{name} = Path({str(path)!r})\n" for name, path in names.items())
        command = [sys.executable, "-S", "-c", WAIT + known + does]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            witness = Witness(
                psutil.Process(process.pid),
                CONTENT,
                folders=[self.own],
                shared=[self.shared],
                allowed=[self.cache],
            )
            witness.start()
            process.communicate(b"\n", timeout=10)
            assert process.returncode == 0
        return witness.stop()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_a_process_that_writes_nothing_is_innocent(case: Case) -> None:
    assert case.seen("(cache / 'rig').write_bytes(bytes(9))") == Found((), (), ())


def test_a_file_is_seen_without_content(case: Case) -> None:
    assert case.seen("(own / 'log').write_text('started')") == Found((case.own / "log",), (), ())


@pytest.mark.parametrize(
    "does",
    [
        f"(own / 'a').write_text('He said: {WORD.upper()}!')",
        f"(own / 'a').write_text('{WORD}', 'utf-16')",
        "(own / 'a').write_bytes(bytes(777) + sound.read_bytes()[8000:16000])",
        "(own / 'a').write_bytes(bytes.fromhex('ffd8ffe0') + bytes(99))",
        f"(own / 'a').write_bytes(bytes((1 << 22) - 5) + b'{WORD}')",
    ],
    ids=["words", "wide words", "sound", "a picture", "across blocks"],
)
def test_content_is_found(case: Case, does: str) -> None:
    found = case.seen(does)
    assert found.contents == (case.own / "a",)
    assert found.files == found.contents


def test_content_is_found_where_files_are_allowed_and_where_others_write(case: Case) -> None:
    does = f"(cache / 'a').write_text('{WORD}'); (shared / 'b').write_text('{WORD}')\n"
    found = case.seen(does + "(shared / 'c').write_text('of another')")
    assert found.contents == (case.cache / "a", case.shared / "b")
    assert found.files == found.contents


def test_a_file_that_lives_for_a_moment_is_seen(case: Case) -> None:
    """The time in which a program of a voice says a sentence into a file."""
    does = f"import time; (own / 'a').write_text('{WORD}'); time.sleep(0.04); (own / 'a').unlink()"
    assert case.seen(does).contents == (case.own / "a",)


def test_a_file_without_a_name_is_read(case: Case) -> None:
    """It is in none of the folders that are watched."""
    does = f"import tempfile, time\nf = tempfile.TemporaryFile('w')\nf.write('{WORD}')\nf.flush()\n"
    found = case.seen(does + "time.sleep(0.3)")
    assert len(found.contents) == 1
    assert "deleted" in str(found.contents[0])


def test_a_peer_elsewhere_is_seen_and_one_here_is_not(case: Case) -> None:
    does = """
import socket, time
def towards(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((host, port))
    return s
held = [towards("192.0.2.7", 443), towards("127.0.0.1", 9), towards("127.0.0.1", 53)]
time.sleep(0.3)
"""
    assert case.seen(does).peers == ("127.0.0.1:53", "192.0.2.7:443")
