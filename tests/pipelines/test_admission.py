"""Who is let in, by headers alone."""

import pytest
from starlette.datastructures import Headers

from pipelines.admission import Admission
from pipelines.config import ServeConfig


def admitting(
    token: str | None = None, *origins: str, sessions: int = 2, host: str = "127.0.0.1"
) -> Admission:
    config = ServeConfig(host=host, token=token, origins=origins, most_sessions=sessions)
    admission = Admission(config)
    admission.ready()
    return admission


def status(admission: Admission, **headers: str) -> int | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    refusal = admission.refuse(Headers(named))
    return None if refusal is None else refusal.status


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": "Bearer secre\xe9"}, 401),
        ({"authorization": "Bearer secret"}, None),
        ({"sec_websocket_protocol": "realtime, openai-insecure-api-key.secret"}, None),
        ({"sec_websocket_protocol": "realtime,openai-insecure-api-key.wrong"}, 401),
        ({"sec_websocket_protocol": "secret"}, 401),
    ],
)
def test_a_token_must_be_known(headers: dict[str, str], expected: int | None) -> None:
    assert status(admitting("secret"), **headers) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://kiosk.example:8765", None),
        ("https://friend.example", None),
        ("https://evil.example", 403),
        ("http://kiosk.example", 403),
        ("http://kiosk.example:8765.evil.example", 403),
        ("http://kiosk.example:8765@evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_a_page_must_be_known(origin: str, expected: int | None) -> None:
    admission = admitting(None, "https://friend.example", host="0.0.0.0")
    assert status(admission, host="kiosk.example:8765", origin=origin) == expected


def test_a_name_that_somebody_points_here_is_no_page_of_ours() -> None:
    local = admitting()
    for name, expected in (("localhost", None), ("127.0.0.1", None), ("evil.example", 403)):
        host = f"{name}:8765"
        assert status(local, host=host, origin=f"http://{host}") == expected


def test_programs_have_no_origin() -> None:
    assert status(admitting(), host="kiosk.example") is None


def test_places_are_counted_and_given_back() -> None:
    admission = admitting(sessions=1)
    with admission.session():
        assert admission.sessions == 1
        assert status(admission) == 503
    assert status(admission) is None


def test_a_stranger_is_not_told_that_the_house_is_full() -> None:
    admission = admitting("secret", sessions=1)
    with admission.session():
        assert status(admission) == 401
        assert status(admission, authorization="Bearer secret") == 503


def test_nobody_may_come_before_the_server_is_ready() -> None:
    admission = Admission(ServeConfig(token=None))
    refusal = admission.refuse(Headers({}))
    assert refusal is not None
    assert (refusal.status, refusal.code) == (503, "not_ready")
    assert int(refusal.headers["Retry-After"]) > 0


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(ServeConfig(token="secret"))
