"""Signs of life, systemd's protocol, and leaving in good order."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest

from pipelines.admission import Admission
from pipelines.config import ServeConfig
from pipelines.kiosk.watchdog import (
    DRAINING,
    RESTART_CODE,
    Departure,
    Liveness,
    ServiceManager,
    Watchdog,
)
from pipelines.simulation.virtual_time import VirtualTimeLoop


def in_virtual_time(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(story)


def admission() -> Admission:
    opened = Admission(ServeConfig(token=None))
    opened.ready()
    return opened


@pytest.fixture
def systemd(tmp_path: Path) -> Generator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        yield heard


def told(heard: socket.socket) -> list[str]:
    messages: list[str] = []
    try:
        while True:
            messages.append(heard.recv(200).decode())
    except BlockingIOError:
        return messages


def test_a_conversation_that_ticks_lives_and_one_that_has_not_begun_does_too() -> None:
    now = [0.0]
    liveness = Liveness(lambda: now[0], stuck_after_s=15)
    with liveness.conversation() as beat, liveness.conversation():
        now[0] = 100.0
        assert liveness.reasons == ()
        beat()
        now[0] = 115.0
        assert liveness.reasons == ()
        now[0] = 116.0
        assert liveness.reasons == ("a conversation has stood still for 16 s",)
        beat()
        assert liveness.reasons == ()
        now[0] = 200.0
    assert liveness.reasons == ()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ServiceManager()),
        ({"NOTIFY_SOCKET": "/run/x"}, ServiceManager("/run/x")),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "30000000"}, ServiceManager("/run/x", 15.0)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, ServiceManager(None, 15.0)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, ServiceManager()),
        ({"WATCHDOG_USEC": "soon"}, ServiceManager()),
        ({"WATCHDOG_USEC": "0"}, ServiceManager()),
    ],
)
def test_who_started_us_is_in_the_environment(
    environment: dict[str, str], expected: ServiceManager
) -> None:
    assert ServiceManager.of(environment, process=7) == expected


def test_a_socket_without_a_file_is_told_as_well() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("")
        heard.setblocking(False)
        name = heard.getsockname()[1:].decode()
        ServiceManager(f"@{name}").tell("READY=1")
        assert told(heard) == ["READY=1"]


def test_a_manager_that_is_gone_takes_nothing_down(tmp_path: Path) -> None:
    ServiceManager(str(tmp_path / "gone")).tell("WATCHDOG=1")
    ServiceManager().tell("WATCHDOG=1")


def test_all_is_well_is_said_as_long_as_it_is(systemd: socket.socket) -> None:
    """Ready when the doors open; nothing while a conversation stands still; then again."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        liveness = Liveness(loop.time, stuck_after_s=15)
        door = Admission(ServeConfig(token=None))
        dog = Watchdog(ServiceManager(systemd.getsockname(), 4.0), liveness, stuck_s=None)
        watching = asyncio.create_task(dog.watch(door))
        await asyncio.sleep(5)
        assert told(systemd) == ["WATCHDOG=1"] * 2
        door.ready()
        with liveness.conversation() as beat:
            beat()
            await asyncio.sleep(1)
            assert told(systemd) == ["READY=1"]
            await asyncio.sleep(15)
            assert told(systemd) == ["WATCHDOG=1"] * 4
            await asyncio.sleep(40)
            assert told(systemd) == []
            beat()
            await asyncio.sleep(4)
            assert told(systemd) == ["WATCHDOG=1"]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    in_virtual_time(story())


def test_a_visit_may_end_before_the_server_does() -> None:
    async def story() -> None:
        loop, visits, ended = asyncio.get_running_loop(), [True], list[float]()
        door = admission()
        departure = Departure(door, lambda: visits[0], lambda: ended.append(loop.time()))
        departure.begin()
        assert door.reasons == (DRAINING,)
        assert departure.begun
        loop.call_later(10.0, visits.__setitem__, 0, False)
        await asyncio.sleep(60)
        assert ended == [pytest.approx(10.0, abs=0.21)]
        assert departure.code == 0

    in_virtual_time(story())


def test_a_visit_that_does_not_end_is_ended() -> None:
    async def story() -> None:
        loop, ended = asyncio.get_running_loop(), list[float]()
        departure = Departure(
            admission(), lambda: True, lambda: ended.append(loop.time()), within_s=20
        )
        departure.begin(restart=True)
        await asyncio.sleep(60)
        assert ended == [pytest.approx(20.0, abs=0.21)]
        assert departure.code == RESTART_CODE

    in_virtual_time(story())


def test_nobody_is_waited_for_where_nobody_is_and_when_it_is_said_twice() -> None:
    async def story() -> None:
        ended: list[str] = []
        Departure(admission(), lambda: False, lambda: ended.append("at once")).begin()
        await asyncio.sleep(0.01)
        assert ended == ["at once"]
        hurried = Departure(admission(), lambda: True, lambda: ended.append("hurried"))
        hurried.begin()
        await asyncio.sleep(1)
        assert ended == ["at once"]
        hurried.begin()
        assert ended == ["at once", "hurried"]

    in_virtual_time(story())


STUCK = """
import asyncio, time
from pipelines.admission import Admission
from pipelines.config import ServeConfig
from pipelines.kiosk.watchdog import Liveness, ServiceManager, Watchdog

async def stand_still():
    dog = Watchdog(ServiceManager(), Liveness(time.monotonic), stuck_s=0.4)
    watching = asyncio.create_task(dog.watch(Admission(ServeConfig())))
    await asyncio.sleep(1.0)
    print("lived", flush=True)
    time.sleep(60)

asyncio.run(stand_still())
"""

DRAINED = """
import asyncio, socket, sys, time
from fastapi import FastAPI
import uvicorn
from pipelines.admission import Admission
from pipelines.config import ServeConfig
from pipelines.kiosk.watchdog import DrainingServer, ServiceManager

async def serve():
    door = Admission(ServeConfig())
    began = []

    def visiting():
        began or began.append(time.monotonic())
        if time.monotonic() - began[0] < 1.0:
            return True
        print(door.reasons[0], flush=True)
        return False

    config = uvicorn.Config(FastAPI(), log_level="error")
    server = DrainingServer(config, door, visiting, ServiceManager())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        asyncio.get_running_loop().call_later(0.3, lambda: print("serving", flush=True))
        await server.serve(sockets=[listener])

asyncio.run(serve())
"""


@pytest.mark.slow
def test_a_loop_that_stands_still_ends_the_process_with_where_it_stood() -> None:
    begun = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "lived\n")
    assert "stand_still" in ended.stderr
    assert time.monotonic() - begun < 30


@pytest.mark.slow
def test_a_signal_lets_a_visit_end_first() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DRAINED], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        begun = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.stdout.readline() == f"{DRAINING}\n"
        assert server.wait(20) == -signal.SIGTERM
        assert time.monotonic() - begun >= 1.0
