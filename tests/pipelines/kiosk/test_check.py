"""What a check of a kiosk finds, on machines that lack one thing or another."""

import socket
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from avatar.avatar import Avatar
from pipelines.cli.kiosk import settings_of
from pipelines.configuration import checked
from pipelines.kiosk import check as checks
from pipelines.kiosk import check_machine
from pipelines.kiosk.check import Subject, check
from pipelines.kiosk.check_machine import GIGABYTE, NOT_SEEN_HERE, Machine
from pipelines.kiosk.finding import Finding
from pipelines.kiosk.starting import init
from pipelines.tls import own_certificate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Fake(Machine):
    """A machine that has what it is told to have."""

    at: datetime = NOON
    disk: int = 50 * GIGABYTE
    memory: int = 8 * GIGABYTE
    core_count: int = 4
    fps: float = 120.0
    programs: dict[str, str] = field(
        default_factory=lambda: {"chromium": "Chromium 156.0.1", "fc-list": "Noto Sans"}
    )
    gone: frozenset[str] = frozenset()

    def now(self) -> datetime:
        return self.at

    def free_bytes(self, folder: Path) -> int:
        return self.disk

    def memory_bytes(self) -> int:
        return self.memory

    def cores(self) -> int:
        return self.core_count

    def unreachable(self, host: str, port: int) -> str | None:
        return "Connection refused" if host in self.gone else None

    def program(self, *names: str) -> str | None:
        return next((name for name in names if name in self.programs), None)

    def says(self, *command: str) -> str:
        return self.programs[command[0]]

    def pictures_a_second(self, avatar: Avatar, voice_rate: int) -> float:
        return self.fps


@pytest.fixture
def machine(tmp_path: Path) -> Fake:
    devices = tmp_path / "dev"
    (devices / "snd").mkdir(parents=True)
    (devices / "video0").touch()
    (devices / "snd" / "pcmC1D0c").touch()
    return Fake(environment={}, devices=devices)


def told(found: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.what) for finding in found]


def subject(machine: Machine, folder: Path, **settings: Any) -> Subject:
    return Subject(checked(settings), folder, machine)


def test_a_machine_that_has_everything_is_not_complained_of(machine: Fake, tmp_path: Path) -> None:
    assert told(check_machine.room(machine, tmp_path)) == []
    assert told(check_machine.clock(machine, "Europe/Berlin")) == []
    assert told(check_machine.certificate(machine, None)) == []
    assert told(check_machine.screen(machine, ("en", "de"))) == [("note", NOT_SEEN_HERE)]


@pytest.mark.parametrize(
    ("lack", "severity", "word"),
    [
        ({"disk": GIGABYTE // 2}, "error", "disk"),
        ({"disk": 2 * GIGABYTE}, "warning", "disk"),
        ({"memory": GIGABYTE // 2}, "error", "memory"),
        ({"core_count": 1}, "error", "1 core,"),
        ({"core_count": 2}, "warning", "2 cores"),
    ],
)
def test_what_a_machine_lacks_is_told(
    machine: Fake, tmp_path: Path, lack: dict[str, int], severity: str, word: str
) -> None:
    ((found, what),) = told(check_machine.room(replace(machine, **lack), tmp_path))
    assert found == severity
    assert word in what


@pytest.mark.parametrize(
    ("fps", "severity"), [(120.0, "note"), (37.6, "note"), (30.0, "warning"), (24.9, "error")]
)
def test_a_slow_machine_is_told_with_its_speed(
    machine: Fake, avatar: Avatar, fps: float, severity: str
) -> None:
    (finding,) = check_machine.speed(replace(machine, fps=fps), avatar, 24_000)
    assert (finding.severity, f"{fps:.0f} pictures" in finding.what) == (severity, True)


def test_the_speed_is_measured_by_drawing(monkeypatch: pytest.MonkeyPatch, avatar: Avatar) -> None:
    monkeypatch.setattr(check_machine, "DRAWN_FOR_S", 0.05)
    assert Machine().pictures_a_second(avatar, 24_000) > 1


def test_a_clock_without_a_battery_and_a_zone_that_nobody_set_are_told(machine: Fake) -> None:
    lost = replace(machine, at=datetime(1970, 1, 1, 0, 3, tzinfo=UTC))
    found = told(check_machine.clock(lost, None))
    assert [severity for severity, _ in found] == ["error", "warning"]
    assert "1970-01-01" in found[0][1]
    assert "UTC" in found[1][1]


@pytest.mark.parametrize(
    ("days", "severities"), [(0, []), (700, []), (810, ["warning"]), (900, ["error"])]
)
def test_a_certificate_that_runs_out_is_told(
    machine: Fake, tmp_path: Path, days: int, severities: list[str]
) -> None:
    files = own_certificate("127.0.0.1", tmp_path / "tls")
    later = replace(machine, at=datetime.now(UTC) + timedelta(days=days))
    assert [one.severity for one in check_machine.certificate(later, files)] == severities


@pytest.mark.parametrize(
    ("programs", "word"),
    [
        ({}, "no Chromium"),
        ({"chromium": "Chromium 79.0.1"}, "version 79"),
        ({"chromium": ""}, "does not say"),
        ({"chromium": "Chromium 156.0", "fc-list": ""}, "letters of 'en'"),
    ],
)
def test_a_browser_that_cannot_show_the_page_is_told(
    machine: Fake, programs: dict[str, str], word: str
) -> None:
    first, *_ = check_machine.screen(replace(machine, programs=programs), ("en",))
    assert first.severity in ("error", "warning")
    assert word in first.what


def test_missing_devices_are_told(machine: Fake, tmp_path: Path) -> None:
    bare = replace(machine, devices=tmp_path / "nothing")
    told_of = " ".join(what for _, what in told(check_machine.screen(bare, ("en",))))
    assert "no camera" in told_of
    assert "no microphone" in told_of


@pytest.fixture
def taken() -> Generator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_told(machine: Fake, tmp_path: Path, taken: int) -> None:
    (finding,) = checks.address(subject(machine, tmp_path, port=taken))
    assert finding.severity == "error"
    assert f"port {taken}: Address already in use" in finding.what
    assert told(checks.address(subject(machine, tmp_path, port=0))) == []


def test_secrets_that_the_environment_lacks_are_told(machine: Fake, tmp_path: Path) -> None:
    hook = {"url": "https://hooks.example", "secret_from": "DESK_SECRET"}
    kiosk = {
        "hand_off": {"webhook": hook},
        "tools": [{"name": "lamp", "description": "", "webhook": hook | {"secret_from": "LAMP"}}],
    }
    settings = {"kiosk": kiosk, "endpoint": {"api_key_from": "MODEL_KEY"}}
    found = told(checks.secrets(subject(machine, tmp_path, **settings)))
    assert [what.partition(":")[0] for _, what in found] == [
        "endpoint.api_key_from",
        "kiosk.hand_off.webhook.secret_from",
        "kiosk.tools.webhook.secret_from",
    ]
    assert {severity for severity, _ in found} == {"error"}
    rich = replace(machine, environment=dict.fromkeys(("DESK_SECRET", "LAMP", "MODEL_KEY"), "x"))
    assert told(checks.secrets(subject(rich, tmp_path, **settings))) == []


def test_what_nobody_wrote_needs_no_secret_but_a_room_does(machine: Fake, tmp_path: Path) -> None:
    assert told(checks.secrets(subject(machine, tmp_path, kiosk={}))) == []
    room = {"kind": "livekit", "url": "wss://rooms.example", "room": "lobby"}
    found = told(checks.secrets(subject(machine, tmp_path, room=room)))
    assert [what for _, what in found] == [
        "room.api_key_from: the environment has no LIVEKIT_API_KEY",
        "room.api_secret_from: the environment has no LIVEKIT_API_SECRET",
    ]


@pytest.mark.parametrize(
    ("passcode", "host", "severities"),
    [
        ("", "127.0.0.1", ["note"]),
        ("314159", "127.0.0.1", []),
        ("1234", "127.0.0.1", ["warning"]),
        ("314159", "0.0.0.0", ["warning"]),
    ],
)
def test_a_passcode_that_is_easy_or_crosses_the_network_is_told(
    machine: Fake, tmp_path: Path, passcode: str, host: str, severities: list[str]
) -> None:
    armed = replace(machine, environment={"VISAVIS_PASSCODE": passcode})
    found = list(checks.admin(subject(armed, tmp_path, host=host)))
    assert [finding.severity for finding in found] == severities
    assert not any(passcode and passcode in finding.what for finding in found)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', None),
        ("logo.svg", b"<html></html>", "is no SVG"),
        ("logo.svg", b"<svg", "is no picture"),
        ("logo.png", b"\x89PNG garbage", "is no picture"),
        ("logo.png", b"", "is no picture"),
        ("gone.png", None, "is no file"),
        ("logo.png", b"0" * (5 << 20), "is larger than 4 MB"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_told(
    machine: Fake, tmp_path: Path, name: str, data: bytes | None, word: str | None
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    kiosk = {"branding": {"logo": str(tmp_path / name), "background": "#ffffff"}}
    found = [what for _, what in told(checks.pictures(subject(machine, tmp_path, kiosk=kiosk)))]
    assert len(found) == (word is not None)
    assert all(f"{name} {word}" in what for what in found)


def test_a_background_that_is_a_picture_is_fine(machine: Fake, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "lobby.jpg")
    kiosk = {"branding": {"background": str(tmp_path / "lobby.jpg")}}
    assert told(checks.pictures(subject(machine, tmp_path, kiosk=kiosk))) == []


def test_what_the_author_must_mend_is_told(machine: Fake, tmp_path: Path) -> None:
    missing = subject(machine, tmp_path, knowledge=str(tmp_path / "gone"))
    assert [severity for severity, _ in told(checks.knowledge(missing))] == ["error"]
    page = tmp_path / "page.md"
    page.write_text("# House\n\n## When are you open?\nAlways.\n\n## Where is the lift?\n")
    found = told(checks.knowledge(subject(machine, tmp_path, knowledge=str(tmp_path))))
    assert [severity for severity, _ in found] == ["warning"]
    assert "page.md:6" in found[0][1]
    assert "invented house" in told(checks.knowledge(subject(machine, tmp_path)))[0][1]


def test_a_person_who_cannot_be_called_is_told(machine: Fake, tmp_path: Path) -> None:
    nobody = told(checks.hand_off(subject(machine, tmp_path, kiosk={})))
    assert [severity for severity, _ in nobody] == ["warning"]
    bell = {"hand_off": {"command": ["ring-the-desk", "now"]}}
    found = told(checks.hand_off(subject(machine, tmp_path, kiosk=bell)))
    assert found == [("error", "kiosk.hand_off.command: there is no program ring-the-desk")]


def test_a_tool_that_there_is_not_is_told(machine: Fake, tmp_path: Path) -> None:
    lamp = {"name": "lamp", "description": "on", "function": "no_such_module_here:on"}
    found = told(checks.tools(subject(machine, tmp_path, kiosk={"tools": [lamp]})))
    assert [severity for severity, _ in found] == ["error"]
    assert "lamp" in found[0][1]


def test_what_is_kept_of_visitors_is_told(machine: Fake, tmp_path: Path) -> None:
    kept = {"unanswered": {"keep": True, "file": str(tmp_path / "gone" / "questions.csv")}}
    found = told(checks.notes(subject(machine, tmp_path, kiosk=kept)))
    assert [severity for severity, _ in found] == ["note", "error"]
    assert told(checks.notes(subject(machine, tmp_path, kiosk={}))) == []


def test_addresses_that_do_not_answer_are_told(machine: Fake, tmp_path: Path) -> None:
    settings = {
        "kiosk": {
            "hand_off": {
                "webhook": {"url": "https://gone.example/desk"},
                "mail": {"to": "a@b.c", "sender": "d@e.f", "server": "mail.example", "port": 587},
            },
            "heartbeat": {"webhook": {"url": "http://alive.example:8080/x"}},
        },
        "endpoint": {"base_url": "http://gone.example:11434/v1"},
    }
    deaf = replace(machine, gone=frozenset({"gone.example"}))
    assert [what for _, what in told(checks.reached(subject(deaf, tmp_path, **settings)))] == [
        "kiosk.hand_off.webhook: gone.example, port 443 cannot be reached: Connection refused",
        "endpoint.base_url: gone.example, port 11434 cannot be reached: Connection refused",
    ]


def test_an_address_is_connected_with_and_told_nothing() -> None:
    heard: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            with listener.accept()[0] as caller:
                heard.append(caller.recv(100))

        answering = threading.Thread(target=answer)
        answering.start()
        port = listener.getsockname()[1]
        assert Machine().unreachable("127.0.0.1", port) is None
        answering.join(5)
    assert heard == [b""]
    assert Machine().unreachable("127.0.0.1", port) == "Connection refused"
    assert Machine().unreachable("", 80) is not None
    assert Machine().unreachable("a" * 300, 80) is not None


def test_a_program_that_hangs_or_fails_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_machine, "SAYS_WITHIN_S", 0.1)
    machine = Machine()
    assert machine.says("sleep", "5") == ""
    assert machine.says("false") == ""
    assert machine.says("no-such-program-here") == ""
    assert machine.says("echo", "well") == "well"


def test_a_part_that_is_not_here_is_told(machine: Fake, tmp_path: Path) -> None:
    found = told(checks.parts(subject(machine, tmp_path, avatar="nobody")))
    assert [severity for severity, _ in found] == ["error"]
    assert "nobody" in found[0][1]


@pytest.mark.slow
def test_a_new_kiosk_has_no_error(machine: Fake, tmp_path: Path) -> None:
    folder = tmp_path / "lobby"
    init(folder)
    settings = settings_of(folder, port=0)
    found = check(checked(settings), folder, machine=machine)
    assert [finding.what for finding in found if finding.severity == "error"] == []
    order = [finding.severity for finding in found]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    assert any("120 pictures a second" in finding.what for finding in found)
