"""Nothing that is said or shown is stored or leaves the machine: watched while it is said."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from avatar.avatar import Avatar
from avatar.rendering.warp import WarpRenderer
from pipelines.simulation.content import Content, pieces_of
from pipelines.simulation.witness import Found, Witness
from tests.pipelines.live.test_conversation import asked
from tests.pipelines.live.visitor import HEADER, Visitor, spoken, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

QUESTION = "Hello, I came by car today. Where can I park my car?"
TYPED = "Where do quixotic xylophonists hang their coats?"
WORDS = ("park my car", "quixotic", "xylophonists")
CAMERA = 6
SHARED = (Path("/dev/shm"), Path("/var/tmp"))
CALLS = "openat,open,creat,connect,sendto,sendmsg,sendmmsg"


@dataclass
class House:
    """Where a server lives that owns nothing yet, and what is known of it in the end.

    It is told nothing that keeps a library quiet: no CI, no switch of anybody's telemetry. Python's
    own cache of code is off, as it is written into the source tree.
    """

    folder: Path
    content: Content
    port: int = 0
    found: Found | None = None
    calls: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def rigs(self) -> Path:
        """How avatars are drawn: the only thing that a server keeps."""
        return self.folder / "home/.cache/visavis/rigs"

    def kept(self, files: Iterable[Path]) -> set[Path]:
        """Files without those that are known: rigs, the log, what is no disk, and Python's trial.

        Its `tempfile` tries whether a folder can be written, once, with four bytes.
        """
        trial = re.compile(rf"{re.escape(str(self.folder))}/tmp/[a-z0-9_]{{8}}")
        known = (self.rigs, self.log, Path("/dev"), Path("/proc/self/fd"))
        return {
            path
            for path in files
            if not any(path.is_relative_to(each) for each in known)
            and trial.fullmatch(str(path)) is None
        }

    def environment(self) -> dict[str, str]:
        known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {name: str(self.folder / place) for name, place in PLACES.items()}
        return {**known, **own, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}


PLACES = {"HOME": "home", "TMPDIR": "tmp", "VISAVIS_MODELS": "models"}


def traceable() -> bool:
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return tried.returncode == 0


@contextmanager
def watched(folder: Path, content: Content, *options: str, trace: bool) -> Generator[House]:
    """A server from its start to its end, in folders of its own."""
    house = House(folder, content)
    for place in ("cwd", *PLACES.values()):
        (folder / place).mkdir()
    calls = folder.with_name(f"{folder.name}.calls")
    tracer = ["strace", "-f", "--seccomp-bpf", "-s", "0", "-e", f"trace={CALLS}", "-o", f"{calls}"]
    serve = [sys.executable, "-W", "ignore", "-m", "pipelines", "serve", "--port", "0", *options]
    with house.log.open("w") as log:
        process = subprocess.Popen(
            [*(tracer if trace else ()), *serve],
            cwd=folder / "cwd",
            env=house.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = traced(process) if trace else psutil.Process(process.pid)
    witness = Witness(
        server,
        content,
        folders=[folder],
        shared=SHARED,
        allowed=[house.rigs],
    )
    witness.start()
    try:
        house.port = ready(house, process)
        yield house
    finally:
        with suppress(psutil.NoSuchProcess):
            server.send_signal(signal.SIGTERM)
        process.wait(15)
        house.found = witness.stop()
    if trace:
        house.calls = calls.read_text(errors="replace").splitlines()


def traced(tracer: "subprocess.Popen[bytes]") -> psutil.Process:
    """What runs under a tracer, which first tries out what it can do in a process of its own."""
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        with suppress(psutil.Error):
            for child in psutil.Process(tracer.pid).children():
                if "serve" in child.cmdline() and "strace" not in child.cmdline():
                    return child
        time.sleep(0.005)
    pytest.fail("strace started nothing")


def ready(house: House, process: "subprocess.Popen[bytes]") -> int:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        if found := re.search(r"ready: open https?://\S+:(\d+)", house.log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    pytest.fail(f"the server did not become ready:\n{house.log.read_text()}")


async def type_in(visitor: Visitor, text: str) -> None:
    """Type something, and wait until its answer begins."""
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content}
    await visitor.tell(type="conversation.item.create", item=item)
    await visitor.tell(type="response.create")
    await visitor.until("response.created", seconds=5)


@pytest.fixture(scope="module")
def face(avatar: Avatar, renderer: WarpRenderer) -> bytes:
    """What the camera shows."""
    picture, _ = renderer.render(avatar.rest, None)
    grain = np.random.default_rng(0).normal(0, 6, picture.shape)
    noisy = np.clip(picture[..., ::-1] + grain, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy)[1].tobytes()


def written(calls: list[str]) -> set[Path]:
    """Files that were opened for writing, by the system calls; the witness reads nameless ones."""
    opened = re.compile(r'(?:openat\(\w+, |open\()"([^"]+)", (\S+?)[,)].* = \d+|creat\("([^"]+)"')
    found = [match for match in map(opened.search, calls) if match is not None]
    return {
        Path(match[1] or match[3])
        for match in found
        if match[3] or (re.search("O_WRONLY|O_RDWR", match[2]) and "O_TMPFILE" not in match[2])
    }


def spoken_to(calls: list[str]) -> set[str]:
    """Internet addresses that were spoken to, by the system calls."""
    address = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|AF_INET6, )"([^"]+)"')
    found = [address.search(line) for line in calls]
    return {f"{match[2]}:{match[1]}" for match in found if match is not None}


async def test_a_conversation_leaves_nothing_behind(
    tmp_path_factory: pytest.TempPathFactory, face: bytes
) -> None:
    folder, own = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("visitor")
    speech = spoken(QUESTION, own)
    content = Content(WORDS, (*pieces_of(speech.tobytes()), *pieces_of(face)))
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt")
    trace = traceable()
    with watched(folder, content, *options, trace=trace) as house:
        async with visit(house.port) as visitor:
            for index in range(5):
                header = HEADER.pack(1, CAMERA, 0, 0, index * 200_000)
                await visitor.socket.send(header + face)
            await asked(visitor, own, QUESTION)
            for kind in ("response.created", "output_audio_buffer.stopped"):
                await visitor.until(kind)
            await type_in(visitor, TYPED)
            await visitor.until("caption.done", role="user", text=TYPED)
            await visitor.until("output_audio_buffer.started", seconds=10)
            heard = visitor.of("conversation.item.input_audio_transcription.completed")
            told = [event["text"] for event in visitor.of("caption.done")]
            assert len(visitor.of_kind(3)) > 25

    assert house.found is not None
    assert house.found.contents == ()
    assert house.found.peers == ()
    assert house.kept(house.found.files) == set()
    assert house.log in house.found.files
    log = house.log.read_text()
    assert "ready: open" in log
    for text in (QUESTION, TYPED, heard[0]["transcript"], *told):
        assert text
        assert text not in log
    assert not re.search("park|xylophon|quixotic", log.lower())
    if trace:
        assert any(path.is_relative_to(house.rigs) for path in written(house.calls))
        assert house.kept(written(house.calls)) == set()
        assert all(peer.startswith(("127.", "::1:")) for peer in spoken_to(house.calls))


async def test_a_server_that_writes_what_is_typed_is_caught(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Told to log everything, it does."""
    folder = tmp_path_factory.mktemp("house")
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "espeak", "--verbose")
    with watched(folder, Content(WORDS), *options, trace=False) as house:
        async with visit(house.port, video=None) as visitor:
            await type_in(visitor, TYPED)
    assert house.found is not None
    assert house.found.contents == (house.log,)
