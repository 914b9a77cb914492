"""Who may look after the kiosk, and what is told and done. Time is the test's own."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipelines.kiosk.admin import (
    COOKIE,
    HEADER,
    LARGEST_REQUEST,
    AdminState,
    Operations,
    add_admin,
)
from pipelines.kiosk.config import AdminConfig
from pipelines.kiosk.passcode import IDLE_S, LONGEST_LOCK_S, MOST_PASSES, Lock, Passes

OURS = {HEADER: "1"}
RIGHT, WRONG = {"passcode": "open sesame"}, {"passcode": "barley"}


@dataclass
class Kiosk:
    """An app with the admin page, a clock that stands, and what was asked for."""

    now: float = 1000.0
    done: list[object] = field(default_factory=list[object])

    def _does(self, what: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            self.done.append(what)

        return do

    async def _volume(self, volume: float) -> None:
        self.done.append(volume)

    def client(self, address: str = "http://localhost:8765", attempts: int = 3) -> TestClient:
        app = FastAPI()
        operations = Operations(
            state=lambda: AdminState(version="1.2", uptime_s=5, ready=True, state="attract"),
            reload=self._does("reload"),
            restart=self._does("restart"),
            reset=self._does("reset"),
            volume=self._volume,
        )
        config = AdminConfig(attempts=attempts, locked_s=60)
        add_admin(app, config, operations, clock=lambda: self.now)
        return TestClient(app, base_url=address)


@pytest.fixture
def kiosk(monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    monkeypatch.setenv("VISAVIS_PASSCODE", RIGHT["passcode"])
    return Kiosk()


@pytest.fixture
def client(kiosk: Kiosk) -> TestClient:
    return kiosk.client()


def login(client: TestClient, passcode: dict[str, str] = RIGHT) -> int:
    return client.post("/admin/login", json=passcode, headers=OURS).status_code


@pytest.mark.parametrize("passcode", [None, ""])
def test_without_a_passcode_there_is_no_page(
    monkeypatch: pytest.MonkeyPatch, passcode: str | None
) -> None:
    if passcode is None:
        monkeypatch.delenv("VISAVIS_PASSCODE", raising=False)
    else:
        monkeypatch.setenv("VISAVIS_PASSCODE", passcode)
    client = Kiosk().client()
    assert client.get("/admin").status_code == 404
    assert client.get("/admin/state").status_code == 404
    for path in ("login", "logout", "do/restart"):
        body = {"passcode": ""}
        assert client.post(f"/admin/{path}", json=body, headers=OURS).status_code == 404


def test_whoever_has_not_logged_in_is_told_and_may_do_nothing(
    client: TestClient, kiosk: Kiosk
) -> None:
    assert client.get("/admin").status_code == 200
    state = client.get("/admin/state")
    assert (state.status_code, state.json()["error"]["code"]) == (401, "passcode_needed")
    for action in ("restart", "reset", "reload", "volume", "nonsense"):
        assert client.post(f"/admin/do/{action}", headers=OURS).status_code == 401
    assert kiosk.done == []


def test_with_the_passcode_one_sees_the_state_and_acts(client: TestClient, kiosk: Kiosk) -> None:
    assert login(client) == 200
    assert client.get("/admin/state").json()["state"] == "attract"
    for action in ("reset", "reload", "restart"):
        assert client.post(f"/admin/do/{action}", headers=OURS).status_code == 200
    quiet = client.post("/admin/do/volume", json={"volume": 0.25}, headers=OURS)
    assert quiet.status_code == 200
    assert kiosk.done == ["reset", "reload", "restart", 0.25]


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("volume", '{"volume": 1.5}', 400),
        ("volume", '{"volume": "loud"}', 400),
        ("volume", '{"volume": NaN}', 400),
        ("volume", "", 400),
        ("volume", '{"volume": 0.' + "1" * LARGEST_REQUEST + "}", 400),
        ("explode", "{}", 404),
        ("__class__", "{}", 404),
        ("state", "{}", 404),
    ],
)
def test_what_cannot_be_done_is_refused(
    client: TestClient, kiosk: Kiosk, action: str, body: str, status: int
) -> None:
    login(client)
    answer = client.post(f"/admin/do/{action}", content=body, headers=OURS)
    assert (answer.status_code, kiosk.done) == (status, [])
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"garbage", b"[]", b'{"passcode": 5}', b'{"passcode": "a", "more": 1}', b"\xff\xfe",
     b'{"passcode": "' + b"a" * LARGEST_REQUEST + b'"}', b'{"passcode": "\\ud800"}'],
)  # fmt: skip
def test_a_login_of_garbage_is_refused_and_takes_nothing_down(
    client: TestClient, body: bytes
) -> None:
    answer = client.post("/admin/login", content=body, headers=OURS)
    assert answer.status_code in (400, 401)
    assert COOKIE not in answer.cookies
    assert login(client) == 200


def test_a_passcode_that_is_guessed_at_locks_the_page_for_everybody(
    client: TestClient, kiosk: Kiosk
) -> None:
    assert [login(client, WRONG) for _ in range(3)] == [401, 401, 429]
    other = TestClient(client.app, base_url="http://localhost:8765", client=("192.0.2.9", 1))
    assert login(other) == 429
    refused = client.post("/admin/login", json=RIGHT, headers=OURS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    kiosk.now += 59.5
    assert login(client) == 429
    kiosk.now += 0.5
    assert login(client) == 200


def test_being_locked_sends_nobody_out_who_is_in(client: TestClient) -> None:
    login(client)
    stranger = TestClient(client.app, base_url="http://localhost:8765")
    assert [login(stranger, WRONG) for _ in range(4)] == [401, 401, 429, 429]
    assert client.get("/admin/state").status_code == 200


def test_each_lock_lasts_longer_until_somebody_comes_in() -> None:
    now = [0.0]
    lock = Lock("right", attempts=2, locked_s=60, clock=lambda: now[0])
    lasted: list[float] = []
    for _ in range(9):
        assert not lock.opens("wrong")
        assert not lock.opens("wrong")
        lasted.append(lock.shut_s)
        assert not lock.opens("right")
        now[0] += lock.shut_s
    assert lasted == [60, 120, 240, 480, 960, 1920, *[LONGEST_LOCK_S] * 3]
    assert lock.opens("right")
    assert not lock.opens("wrong")
    assert not lock.opens("wrong")
    assert lock.shut_s == 60


def test_guessing_while_it_is_locked_does_not_lengthen_the_lock() -> None:
    now = [0.0]
    lock = Lock("right", attempts=1, locked_s=60, clock=lambda: now[0])
    lock.opens("wrong")
    for second in range(60):
        now[0] = second
        assert not lock.opens("right")
    now[0] = 60
    assert lock.opens("right")


def test_a_day_of_guessing_comes_to_few_guesses() -> None:
    """Of a passcode of six digits, not one in two thousand is tried in a day."""
    now, tried = [0.0], 0
    lock = Lock("314159", attempts=5, locked_s=300, clock=lambda: now[0])
    while now[0] < 86_400:
        if lock.shut_s:
            now[0] += lock.shut_s
        else:
            tried += 1
            assert not lock.opens(f"{tried:06}")
    assert tried <= 150


def test_the_cookie_is_for_this_page_alone(client: TestClient, kiosk: Kiosk) -> None:
    def cookie(address: str) -> str:
        answer = kiosk.client(address).post("/admin/login", json=RIGHT, headers=OURS)
        return answer.headers["set-cookie"].lower()

    plain, secure = cookie("http://localhost:8765"), cookie("https://kiosk.example")
    for told in (plain, secure):
        assert {"httponly", "samesite=strict", "path=/admin"} <= set(told.split("; "))
    assert "; secure" in secure
    assert "; secure" not in plain
    assert RIGHT["passcode"] not in plain
    tokens = {re.search(rf"{COOKIE}=([\w-]+)", told) for told in (plain, secure)}
    assert all(token is not None and len(token[1]) >= 43 for token in tokens)


def test_a_pass_that_is_not_used_runs_out(client: TestClient, kiosk: Kiosk) -> None:
    login(client)
    for _ in range(3):
        kiosk.now += IDLE_S - 1
        assert client.get("/admin/state").status_code == 200
    kiosk.now += IDLE_S + 1
    assert client.get("/admin/state").status_code == 401


def test_logging_out_ends_the_pass_and_not_only_the_cookie(client: TestClient) -> None:
    login(client)
    token = client.cookies[COOKIE]
    assert client.post("/admin/logout", headers=OURS).status_code == 200
    thief = TestClient(client.app, base_url="http://localhost:8765", cookies={COOKIE: token})
    assert thief.get("/admin/state").status_code == 401


def test_there_are_only_so_many_passes() -> None:
    now = [0.0]
    passes = Passes(lambda: now[0])
    given: list[str] = []
    for _ in range(MOST_PASSES + 1):
        given.append(passes.give())
        now[0] += 1
    assert [passes.knows(token) for token in given] == [False, *[True] * MOST_PASSES]
    assert not passes.knows(None)
    assert not passes.knows("")


@pytest.mark.parametrize("path", ["login", "logout", "do/restart", "do/reset"])
def test_a_page_of_somebody_else_can_do_nothing_in_our_name(
    client: TestClient, kiosk: Kiosk, path: str
) -> None:
    login(client)
    forged = client.post(f"/admin/{path}", json=RIGHT, headers={"Origin": "https://evil.example"})
    assert (forged.status_code, forged.json()["error"]["code"]) == (403, "header_needed")
    assert kiosk.done == []
    assert client.get("/admin/state").status_code == 200


def test_a_wrong_login_without_the_header_is_no_guess(client: TestClient) -> None:
    for _ in range(9):
        assert client.post("/admin/login", json=WRONG).status_code == 403
    assert login(client) == 200


def test_what_is_told_is_kept_by_no_browser_and_shown_in_no_frame(client: TestClient) -> None:
    login(client)
    for path in ("/admin", "/admin/state"):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_state_has_no_room_for_what_was_said() -> None:
    texts = {"version", "state", "reasons", "faults", "knowledge_problems", "parts", "visits"}
    assert set(AdminState.model_fields) == texts | {
        "uptime_s", "ready", "sessions", "rung", "volume",
    }  # fmt: skip
