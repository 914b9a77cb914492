"""Fetching models: from a hub in memory, and from one that speaks HTTP like the real one."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.services.models import find_piper, find_whisper, missing_whisper_files
from pipelines.fetch import (
    RECOMMENDED,
    Advance,
    FetchError,
    HuggingFaceHub,
    Model,
    RemoteFile,
    fetch,
    named,
)

WHISPER, PIPER = RECOMMENDED

COMMIT = "0" * 40

MEGABYTE = 1 << 20

PIECE = 10 * MEGABYTE
"""What the hub's client writes at once: it goes on at a multiple of that."""

LESSAC = "en/en_US/lessac/medium/en_US-lessac-medium.onnx"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


@dataclass
class Shelf:
    """A hub in memory. `broken` names a file at which the connection ends."""

    content: dict[str, bytes]
    broken: str = ""
    asked: list[str] = field(default_factory=list)

    def files(self, repository: str) -> dict[str, RemoteFile]:
        return {
            path: RemoteFile(len(content), sha256(content).hexdigest())
            for path, content in self.content.items()
        }

    def download(self, repository: str, path: str, into: Path, advance: Advance) -> Path:
        self.asked.append(path)
        place = into / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if path == self.broken:
            place.write_bytes(self.content[path][:3])
            raise FetchError("the line went dead")
        place.write_bytes(self.content[path])
        advance(len(self.content[path]))
        return place


def whisper_shelf(broken: str = "") -> Shelf:
    names = ("README.md", "config.json", "tokenizer.json", "vocabulary.txt", "model.bin")
    return Shelf({name: name.encode() * 10 for name in names}, broken)


def fetch_silently(model: Model, hub: Shelf | HuggingFaceHub) -> tuple[int, float]:
    """Bytes announced and bytes counted."""
    announced: list[int] = []
    counted: list[float] = []
    fetch(model, hub, announced.append, counted.append)
    return sum(announced), sum(counted)


def test_a_whole_model_is_found(models: Path) -> None:
    shelf = whisper_shelf()
    announced, counted = fetch_silently(WHISPER, shelf)
    assert announced == counted == sum(len(shelf.content[path]) for path in shelf.asked)
    assert find_whisper() == models / "whisper" / "base"
    assert shelf.asked[-1] == "model.bin"
    assert "README.md" not in shelf.asked
    assert WHISPER.there
    assert not list((models / ".fetching").glob("*"))


def test_a_voice_lies_flat_with_its_description(models: Path) -> None:
    fetch_silently(PIPER, Shelf({LESSAC: b"network", f"{LESSAC}.json": b"{}", "other": b"x"}))
    assert find_piper() == models / "piper" / "en_US-lessac-medium.onnx"


@pytest.mark.parametrize("broken", ["config.json", "vocabulary.txt", "model.bin"])
def test_half_a_model_is_never_one(broken: str) -> None:
    with pytest.raises(FetchError, match="the line went dead"):
        fetch_silently(WHISPER, whisper_shelf(broken))
    assert find_whisper() is None
    assert not WHISPER.there
    fetch_silently(WHISPER, whisper_shelf())
    assert missing_whisper_files(WHISPER.place) == ()


def test_a_file_of_the_wrong_size_is_refused() -> None:
    class Liar(Shelf):
        def files(self, repository: str) -> dict[str, RemoteFile]:
            told = super().files(repository)
            return {path: RemoteFile(file.size + 1) for path, file in told.items()}

    with pytest.raises(FetchError, match="should have 111 bytes and has 110"):
        fetch_silently(WHISPER, Liar(whisper_shelf().content))
    assert find_whisper() is None


def test_a_file_that_was_changed_on_its_way_is_refused() -> None:
    class Changed(Shelf):
        def files(self, repository: str) -> dict[str, RemoteFile]:
            told = super().files(repository)
            return told | {"model.bin": RemoteFile(told["model.bin"].size, "0" * 64)}

    with pytest.raises(FetchError, match=r"model\.bin is not what the hub has"):
        fetch_silently(WHISPER, Changed(whisper_shelf().content))
    assert find_whisper() is None


def test_a_file_that_is_gone_is_named() -> None:
    with pytest.raises(FetchError, match=r"has no file vocabulary\.\* any more"):
        fetch_silently(WHISPER, Shelf({"config.json": b"{}", "tokenizer.json": b"{}"}))


def test_a_place_that_cannot_be_written_is_named(models: Path) -> None:
    models.write_text("a file")
    with pytest.raises(FetchError, match="let VISAVIS_MODELS name another folder"):
        fetch_silently(WHISPER, whisper_shelf())


def test_names() -> None:
    assert named("recommended") == (WHISPER, PIPER)
    assert named("piper") == (PIPER,)
    assert named("whisper:base") == (WHISPER,)
    with pytest.raises(FetchError, match="known: recommended, whisper:NAME"):
        named("parrot")
    with pytest.raises(FetchError, match="language_COUNTRY-speaker-quality"):
        named("piper:polly")


def test_a_model_by_its_name_is_found_by_it(models: Path) -> None:
    (english,) = named("whisper:tiny.en")
    assert english.repository == "Systran/faster-whisper-tiny.en"
    fetch_silently(english, whisper_shelf())
    assert find_whisper("tiny.en") == models / "whisper" / "tiny.en"
    assert find_whisper("small") is None
    (thorsten,) = named("piper:de_DE-thorsten-medium")
    network = "de/de_DE/thorsten/medium/de_DE-thorsten-medium.onnx"
    fetch_silently(thorsten, Shelf({network: b"network", f"{network}.json": b"{}"}))
    assert find_piper("de_DE-thorsten-medium") == models / "piper" / "de_DE-thorsten-medium.onnx"


@dataclass
class Server:
    """A hub that speaks HTTP. With `drop_after` it sends so many bytes of a file, once."""

    files: dict[str, bytes]
    drop_after: int | None = None
    ranges: list[str] = field(default_factory=list)
    endpoint: str = ""

    def listing(self) -> bytes:
        files = [{"rfilename": path, "size": len(data)} for path, data in self.files.items()]
        return json.dumps({"id": "a/b", "sha": COMMIT, "siblings": files}).encode()


class Handler(BaseHTTPRequestHandler):
    """The three requests that the hub's client makes."""

    hub: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        content = self.content()
        self.reply(200, b"", self.marks(content), len(content))

    def do_GET(self) -> None:
        if self.path.startswith("/api/models/"):
            listing = self.hub.listing()
            self.reply(200, listing, {"Content-Type": "application/json"}, len(listing))
            return
        content, wanted = self.content(), self.headers.get("Range", "")
        self.hub.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        headers = self.marks(content)
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        sent = rest if len(rest) < MEGABYTE else rest[: self.hub.drop_after]
        if len(sent) < len(rest):
            self.hub.drop_after = None
        self.reply(206 if start else 200, sent, headers, len(rest))

    def content(self) -> bytes:
        """The file that is asked for."""
        path = self.path.partition("/resolve/")[2].partition("/")[2]
        return self.hub.files[path.partition("?")[0]]

    def marks(self, content: bytes) -> dict[str, str]:
        return {"ETag": f'"{sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}

    def reply(self, status: int, body: bytes, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    hub = Server({LESSAC: bytes(range(256)) * 40, f"{LESSAC}.json": b"{}"})
    handler = type("HubHandler", (Handler,), {"hub": hub})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.endpoint = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield hub
    http.shutdown()
    thread.join()
    http.server_close()


def test_the_real_client_downloads_and_counts(server: Server, models: Path) -> None:
    announced, counted = fetch_silently(PIPER, HuggingFaceHub(server.endpoint))
    assert announced == counted == 10_242
    voice = models / "piper" / "en_US-lessac-medium.onnx"
    assert voice.read_bytes() == server.files[LESSAC]


def test_the_real_client_goes_on_where_it_stopped(server: Server, models: Path) -> None:
    server.files[LESSAC] = bytes(range(256)) * (PIECE // 256) + b"the rest" * MEGABYTE
    server.drop_after = PIECE + 1000
    fetch_silently(PIPER, HuggingFaceHub(server.endpoint))
    assert server.ranges[-1].startswith(f"bytes={PIECE}-")
    voice = models / "piper" / "en_US-lessac-medium.onnx"
    assert voice.read_bytes() == server.files[LESSAC]


def test_files_that_came_whole_are_not_fetched_again(server: Server) -> None:
    network = server.files.pop(LESSAC)
    server.files[LESSAC] = b""
    with pytest.raises(FetchError, match="is empty"):
        fetch_silently(PIPER, HuggingFaceHub(server.endpoint))
    asked = len(server.ranges)
    server.files[LESSAC] = network
    fetch_silently(PIPER, HuggingFaceHub(server.endpoint))
    assert len(server.ranges) == asked + 1


def test_a_hub_out_of_reach_is_said_plainly(server: Server) -> None:
    with pytest.raises(FetchError, match=r"(?s)cannot be reached.*by hand.*mkdir -p .*piper && cp"):
        fetch_silently(PIPER, HuggingFaceHub("http://127.0.0.1:1"))
    assert find_piper() is None
