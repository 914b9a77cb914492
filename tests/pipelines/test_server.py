"""What the server answers over HTTP before, while and instead of holding conversations."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketDenialResponse

from agent.services.llm.openai import Endpoint
from agent.turns.phrases import PHRASES
from avatar.avatar import Avatar
from pipelines.build.cast import Cast, Tongue
from pipelines.config import ServeConfig
from pipelines.offers import LARGEST_OFFER
from pipelines.server import create_app

ROOT = Path(__file__).parents[2]
AUDIO_LINE = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio"


@pytest.fixture
def app(avatar: Avatar) -> FastAPI:
    """An application whose conversations were never started."""
    cast = Cast(
        avatar,
        {"en": Tongue("pocketsphinx", "espeak", PHRASES["en"])},
        "knowledge",
        Endpoint("none", "none"),
    )
    return create_app(ServeConfig(token=None, most_sessions=1), cast)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    app.state.admission.ready()
    return TestClient(app, raise_server_exceptions=True)


def test_it_lives_before_it_is_ready(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "reasons": ["the server is starting"]}
    why = client.get("/v1/realtime")
    assert (why.status_code, why.json()["error"]["code"]) == (503, "not_ready")


def test_it_says_when_it_is_ready(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"ready": True, "reasons": []}
    assert client.get("/v1/realtime").status_code == 426


def test_a_full_house_refuses_the_upgrade_and_says_when_to_come_again(
    app: FastAPI, client: TestClient
) -> None:
    with app.state.admission.session():
        why = client.get("/v1/realtime")
        assert (why.status_code, why.headers["Retry-After"]) == (503, "10")
        with (
            pytest.raises(WebSocketDenialResponse) as denial,
            client.websocket_connect("/v1/realtime"),
        ):
            pass
        assert denial.value.status_code == 503
    assert client.get("/v1/realtime").status_code == 426


@pytest.mark.parametrize(
    "body",
    [
        "garbage",
        "[]",
        "{}",
        '{"sdp": 1, "type": "offer"}',
        '{"sdp": "", "type": "offer"}',
        '{"sdp": "garbage", "type": "offer"}',
        '{"sdp": "v=0", "type": "nonsense"}',
        '{"sdp": "v=0", "type": "answer"}',
        '{"sdp": "v=0\\r\\no=- x", "type": "offer"}',
        '{"sdp": "v=0\\r\\nm=audio", "type": "offer"}',
        '{"sdp": "v=0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\na=rtpmap:x", "type": "offer"}',
        '{"sdp": "v=0\\r\\nm=video 99999999 RTP 1\\r\\na=fingerprint:1", "type": "offer"}',
        '{"sdp": "v=0\\r\\nm=application 9 DTLS/SCTP 5000\\r\\na=sctp-port:x", "type": "offer"}',
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_offer_of_garbage_is_refused_in_json(client: TestClient, method: str, body: str) -> None:
    answer = client.request(method, "/api/offer", content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == "invalid_offer"


def test_a_huge_offer_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/api/offer", content=b'{"sdp":"' + b"a" * LARGEST_OFFER)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/web/../server.py", "/web/%2e%2e/server.py", "/sdk/..%2f"])
def test_files_beside_the_page_are_not_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def refused(*options: str) -> str:
    """What `visavis serve` writes when it cannot start."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pipelines", "serve", "--port", "0", *options],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = ended.stdout + ended.stderr
    assert ended.returncode == 1, told
    assert "Traceback" not in told
    return re.sub(r"\s+", " ", told)


@pytest.mark.slow
def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port}: Address already in use" in refused("--port", port)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["avatar", "stt", "llm", "voice"])
def test_a_part_that_nobody_knows_is_told(option: str) -> None:
    assert "nobody" in refused(f"--{option}", "nobody")


@pytest.mark.slow
def test_an_empty_folder_of_knowledge_is_told(tmp_path: Path) -> None:
    assert tmp_path.name in refused("--llm", "knowledge", "--knowledge", str(tmp_path))
