"""The example page of pipecat's own JavaScript client, in headless Chromium."""

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.conformance.calling import (
    assert_moving,
    awaited,
    loudness,
    messages,
    said,
    start,
    states,
    told,
    visited,
)
from tests.conformance.hosting import hosted, serving, write_microphone
from tests.pipelines.chromium import complaints, needs_chromium, text, until
from tests.pipelines.live import ROOT
from tests.pipelines.live.visitor import spoken

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node"),
]

EXAMPLE = ROOT / "examples" / "07_pipecat_js_client"


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
        server = stack.enter_context(serving(own))
        query = f"/?server=http://localhost:{server.port}"
        yield own + query, foreign + query


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of a question."""
    folder = tmp_path_factory.mktemp("microphone")
    said = spoken("What is the wifi password?", folder).tobytes()
    write_microphone(folder / "microphone.wav", said, 16_000, after_s=3)
    return folder / "microphone.wav"


def test_a_spoken_question_is_answered_aloud(addresses: tuple[str, str], asking: Path) -> None:
    with visited(addresses[0], f"--use-file-for-fake-audio-capture={asking}") as page:
        start(page)
        assert_moving(page)
        until(page, lambda: told(page, "botStoppedSpeaking"), 25)

        finals = [each for each in told(page, "userTranscript") if each["final"]]
        assert len(finals) == 1
        assert "password" in finals[0]["text"].lower()
        assert "Lindenhof Guest" in said(page)
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

        page.find_element(By.ID, "text").send_keys("Where can I park my car?\n")
        until(page, lambda: "Mill Lane" in said(page), 15)
        assert told(page, "botStartedSpeaking")

        page.find_element(By.ID, "start").click()
        until(page, lambda: page.execute_script("return client.state") == "disconnected", 5)
        start(page)
        assert_moving(page)
        answers = len(told(page, "botStartedSpeaking"))
        page.execute_script("client.sendClientMessage('avatar.say', {text: 'Welcome back.'})")
        until(page, lambda: len(told(page, "botStartedSpeaking")) > answers, 10)
        until(page, lambda: "Welcome back." in text(page, "captions"), 10)


def test_a_page_of_an_unknown_origin_is_not_let_in(addresses: tuple[str, str]) -> None:
    with visited(addresses[1]) as page:
        page.find_element(By.ID, "start").click()
        until(page, lambda: text(page, "problem"), 20)
        assert "Offer request failed" in text(page, "problem")
        assert page.execute_script("return client.connected") is False
        assert any("CORS" in each["message"] for each in complaints(page))


def test_the_example_wants_the_versions_that_are_tested() -> None:
    wanted, tested = (
        json.loads((folder / "package.json").read_text())["dependencies"]
        for folder in (EXAMPLE, Path(__file__).parent / "npm")
    )
    assert wanted.items() <= tested.items()
