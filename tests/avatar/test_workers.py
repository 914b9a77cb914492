import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from avatar.errors import VoiceError, WorkerDied, WorkerError
from avatar.worker_protocol import Inbox, Message, encode
from avatar.workers import Worker

CHILD = """
import os, sys, time
from avatar.errors import VoiceError
from avatar.worker_protocol import serve

def handle(message, replies):
    match message.header["do"]:
        case "count":
            for n in range(message.header["to"]):
                if not replies.send({"n": n, "id of": message.header["tag"]}, bytes(1000)):
                    print("stopped at", n, file=sys.stderr, flush=True)
                    return
        case "echo":
            replies.send({}, message.payload)
        case "chatter":
            print("chatter", flush=True)
            os.system("echo more chatter")
            os.write(1, b"x" * 200_000)
            replies.send({"read": len(sys.stdin.buffer.read())})
        case "fail":
            raise VoiceError("no such voice")
        case "break":
            raise KeyError("a defect")
        case "sleep":
            time.sleep(60)

serve(handle)
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    (tmp_path / "a_child.py").write_text(CHILD)
    monkeypatch.syspath_prepend(tmp_path)
    with Worker("a_child", name="the counter", patience_s=5.0) as worker:
        yield worker


def count(worker: Worker, to: int, tag: str = "") -> Generator[Message, None, None]:
    return worker.request({"do": "count", "to": to, "tag": tag})


def test_messages_survive_any_cutting_of_the_stream() -> None:
    messages = [Message({"a": 1}, b"\n{}\n" * 9), Message({"text": "ein\nzwei 🎉"}), Message({})]
    stream = b"".join(encode(message) for message in messages)
    for size in (1, 2, 7, len(stream)):
        inbox, taken = Inbox(), []
        for start in range(0, len(stream), size):
            inbox.feed(stream[start : start + size])
            while (message := inbox.take()) is not None:
                taken.append(message)
        assert [m.payload for m in taken] == [m.payload for m in messages]
        assert [{**m.header, "bytes": 0} for m in taken] == [
            {**m.header, "bytes": 0} for m in messages
        ]
        assert inbox.empty


@pytest.mark.parametrize("stream", [b"Segmentation fault\n", b"{}\n", b"[1]\n", b"?" * 2_000_000])
def test_a_foreign_stream_is_refused(stream: bytes) -> None:
    inbox = Inbox()
    inbox.feed(stream)
    with pytest.raises(WorkerError, match="only `serve` may write"):
        inbox.take()


def test_replies_come_in_order_and_end(worker: Worker) -> None:
    for tag in ("a", "b"):
        replies = list(count(worker, 300, tag))
        assert [reply.header["n"] for reply in replies] == list(range(300))
        assert {len(reply.payload) for reply in replies} == {1000}


def test_both_pipes_may_be_full_at_once(worker: Worker) -> None:
    abandoned = count(worker, 100_000, "old")
    assert next(abandoned).header["n"] == 0
    payload = os.urandom(3_000_000)
    (reply,) = worker.request({"do": "echo"}, payload)
    assert reply.payload == payload
    with pytest.raises(WorkerError, match="another request"):
        next(abandoned)


def test_cancel_stops_the_worker_and_hides_what_it_had_sent(worker: Worker) -> None:
    first = count(worker, 100_000, "first")
    pid = worker.pid
    assert [next(first).header["n"] for _ in range(3)] == [0, 1, 2]
    started = time.perf_counter()
    first.close()
    second = list(count(worker, 50, "second"))
    assert time.perf_counter() - started < 0.5
    assert {reply.header["id of"] for reply in second} == {"second"}
    assert len(second) == 50
    assert worker.pid == pid


def test_requests_that_are_cancelled_before_they_begin_cost_nothing(worker: Worker) -> None:
    for _ in range(30):
        count(worker, 1_000_000, "never read")
    assert [reply.header["n"] for reply in count(worker, 2, "read")] == [0, 1]


def test_the_workers_own_error_arrives_in_its_class(worker: Worker) -> None:
    with pytest.raises(VoiceError, match=r"^no such voice$"):
        list(worker.request({"do": "fail"}))
    assert len(list(count(worker, 3))) == 3


def test_a_defect_in_the_worker_shows_its_traceback(worker: Worker) -> None:
    with pytest.raises(WorkerDied, match=r"the counter.*exit status 1(.|\n)*KeyError: 'a defect'"):
        list(worker.request({"do": "break"}))
    assert len(list(count(worker, 3))) == 3


def test_a_worker_killed_in_the_middle_is_reported_and_replaced(worker: Worker) -> None:
    replies = count(worker, 100_000)
    next(replies)
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerDied, match=r"the counter ended .* signal SIGKILL"):
        list(replies)
    assert len(list(count(worker, 3))) == 3
    assert worker.pid not in (None, pid)


def test_a_worker_that_died_between_requests_is_replaced(worker: Worker) -> None:
    list(count(worker, 1))
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while worker.pid is not None:
        time.sleep(0.001)
    assert len(list(count(worker, 3))) == 3


def test_silence_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_child.py").write_text(CHILD)
    monkeypatch.syspath_prepend(tmp_path)
    with Worker("a_child", name="the sleeper", patience_s=0.3) as worker:
        with pytest.raises(WorkerError, match=r"the sleeper said nothing for 0\.3 s"):
            list(worker.request({"do": "sleep"}))
        assert worker.pid is None
        assert len(list(count(worker, 3))) == 3


def test_what_a_library_prints_or_reads_is_not_the_protocol(worker: Worker) -> None:
    (reply,) = worker.request({"do": "chatter"})
    assert reply.header["read"] == 0
    assert len(list(count(worker, 3))) == 3


def test_a_module_that_is_missing_is_named() -> None:
    with (
        Worker("no_such_module", name="the void") as worker,
        pytest.raises(WorkerDied, match=r"No module named no_such_module"),
    ):
        list(worker.request({}))


def test_the_worker_ends_with_its_program(tmp_path: Path) -> None:
    (tmp_path / "a_child.py").write_text(CHILD)
    program = (
        "import os, signal\n"
        "from avatar.workers import Worker\n"
        "worker = Worker('a_child', name='the orphan')\n"
        "next(worker.request({'do': 'count', 'to': 10**9, 'tag': ''}))\n"
        "print(worker.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path), os.getcwd()])
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env={**os.environ, "PYTHONPATH": path}
    )
    pid = int(result.stdout)
    for _ in range(200):
        if not _runs(pid):
            return
        time.sleep(0.01)
    pytest.fail(f"worker {pid} outlives its program")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_modules_of_the_working_directory_do_not_reach_the_worker(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(folder)
    assert len(list(count(worker, 3))) == 3
