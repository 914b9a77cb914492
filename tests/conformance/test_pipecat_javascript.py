"""The example page of pipecat's own JavaScript client, in headless Chromium."""

import json
import os
import shutil
import subprocess
import threading
import time
import wave
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conformance.conftest import RATE
from tests.pipelines.chromium import complaints, needs_chromium, opened, until
from tests.pipelines.live import ROOT
from tests.pipelines.live.conftest import started, stopped

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node"),
]

EXAMPLE = ROOT / "examples" / "07_pipecat_js_client"

EVENTS = (
    "userTranscript",
    "botOutput",
    "botStartedSpeaking",
    "botStoppedSpeaking",
    "serverMessage",
)


class Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def hosted(folder: Path) -> Generator[str]:
    """The origin of a folder's pages."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def folder(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, bundled as its README says."""
    built = tmp_path_factory.mktemp("page")
    shutil.copy(EXAMPLE / "index.html", built)
    subprocess.run(
        [
            packages / "node_modules" / ".bin" / "esbuild",
            EXAMPLE / "page.js",
            "--bundle",
            "--format=esm",
            f"--outfile={built / 'bundle.js'}",
            "--log-level=warning",
        ],
        env={**os.environ, "NODE_PATH": str(packages / "node_modules")},
        check=True,
        timeout=60,
    )
    return built


@pytest.fixture(scope="module")
def addresses(folder: Path) -> Generator[tuple[str, str]]:
    """The page at an origin that a server allows, and at one that it does not."""
    with ExitStack() as stack:
        own, foreign = (stack.enter_context(hosted(folder)) for _ in range(2))
        running = started(
            *("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt"),
            *("--generator", "rules", "--origin", own),
        )
        stack.callback(stopped, running)
        query = f"/?server=http://localhost:{running.port}"
        yield own + query, foreign + query


@pytest.fixture(scope="module")
def microphone(question: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of a question in a room that is not quite silent."""
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    noise = np.random.default_rng(0).normal(0, 8, RATE * 40).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise[: 2 * RATE * 3] + question + noise)
    return path


@contextmanager
def visited(address: str, *arguments: str) -> Generator[Chrome]:
    """The page in a browser with a camera; `window.told` is what its client told."""
    devices = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with opened(address, *devices, *arguments) as page:
        page.execute_script(
            "window.told = Object.fromEntries(arguments[0].map((name) => [name, []]));"
            "for (const name in told) client.on(name, (data) => told[name].push(data ?? null));",
            EVENTS,
        )
        yield page


def told(page: Chrome, name: str) -> list[Any]:
    return page.execute_script("return told[arguments[0]]", name)


def messages(page: Chrome, kind: str) -> list[dict[str, Any]]:
    return [each for each in told(page, "serverMessage") if each["type"] == kind]


def states(page: Chrome) -> list[str]:
    return [each["state"] for each in messages(page, "avatar.state")]


def said(page: Chrome) -> str:
    """All that the bot began to say."""
    return " ".join(each["text"] for each in told(page, "botOutput"))


def start(page: Chrome) -> None:
    page.find_element(By.ID, "start").click()
    until(page, lambda: page.execute_script("return client.state") == "ready", 15)


def awaited(page: Chrome, promise: str) -> Any:
    """What a promise of the page becomes; an error of RTVI by its text."""
    return page.execute_async_script(
        f"const done = arguments[0]; {promise}.then(done, (error) =>"
        " done({rejected: error.data?.error ?? error.message}));"
    )


def picture(page: Chrome) -> tuple[int, float, list[int]]:
    """The width of the video, its time, and what it shows."""
    return page.execute_script(
        """
        const video = document.querySelector("video");
        const context = new OffscreenCanvas(64, 64).getContext("2d");
        context.drawImage(video, 0, 0, 64, 64);
        const shown = [...context.getImageData(0, 0, 64, 64).data];
        return [video.videoWidth, video.currentTime, shown];
        """
    )


def assert_moving(page: Chrome) -> None:
    until(page, lambda: picture(page)[0] == 512, 10)
    _, then, before = picture(page)
    time.sleep(1)
    _, now, after = picture(page)
    assert now - then > 0.5
    assert len(set(after)) > 50
    assert np.mean(np.abs(np.subtract(after, before)) > 4) > 0.005


def loudness(page: Chrome) -> float:
    """Energy of the bot's sound so far."""
    return awaited(
        page,
        "client.transport.pc.getStats().then((all) => [...all.values()]"
        ".find((one) => one.type === 'inbound-rtp' && one.kind === 'audio').totalAudioEnergy)",
    )


def test_a_spoken_question_is_answered_aloud(addresses: tuple[str, str], microphone: Path) -> None:
    with visited(addresses[0], f"--use-file-for-fake-audio-capture={microphone}") as page:
        start(page)
        assert_moving(page)
        until(page, lambda: told(page, "botStoppedSpeaking"), 25)

        finals = [each for each in told(page, "userTranscript") if each["final"]]
        assert len(finals) == 1
        assert "park" in finals[0]["text"].lower()
        assert "Mill Lane" in said(page)
        assert loudness(page) > 1e-4
        assert {"listening", "speaking"} <= {*states(page)}
        heard = [each["role"] for each in messages(page, "caption.done")]
        assert heard.count("user") == 1
        assert messages(page, "avatar.reaction")
        assert complaints(page) == []


def test_it_is_written_to_and_directed_and_comes_again(addresses: tuple[str, str]) -> None:
    with visited(addresses[0]) as page:
        page.execute_script("client.enableMic(false)")
        start(page)
        update = "client.sendClientRequest('avatar.config.update', {reactions: '%s'})"
        accepted = awaited(page, update % "composed")
        assert accepted == {"type": "avatar.config.update", "accepted": True}
        assert "reactions" in awaited(page, update % "wild")["rejected"]

        page.execute_script("void client.sendText('Where can I park my car?')")
        until(page, lambda: "Mill Lane" in said(page), 15)
        until(page, lambda: told(page, "botStoppedSpeaking"), 15)
        assert len(told(page, "botStartedSpeaking")) == 1

        page.find_element(By.ID, "start").click()
        until(page, lambda: page.execute_script("return client.state") == "disconnected", 5)
        start(page)
        assert_moving(page)
        page.execute_script("void client.sendText('What is the wifi password?')")
        until(page, lambda: len(told(page, "botStartedSpeaking")) == 2, 10)


def test_a_page_of_an_unknown_origin_is_not_let_in(addresses: tuple[str, str]) -> None:
    with visited(addresses[1]) as page:
        page.find_element(By.ID, "start").click()
        until(page, lambda: page.find_element(By.ID, "problem").text, 20)
        assert "Offer request failed" in page.find_element(By.ID, "problem").text
        assert page.execute_script("return client.connected") is False
        assert any("CORS" in each["message"] for each in complaints(page))


def test_the_example_wants_the_versions_that_are_tested() -> None:
    wanted, tested = (
        json.loads((folder / "package.json").read_text())["dependencies"]
        for folder in (EXAMPLE, Path(__file__).parent / "npm")
    )
    assert wanted.items() <= tested.items()
