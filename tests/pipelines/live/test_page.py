"""The page in headless Chromium, with a microphone that plays a spoken question."""

import shutil
import time
import wave
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.pipelines.chromium import complaints, needs_chromium, opened, stats, text, until
from tests.pipelines.live.conftest import Server
from tests.pipelines.live.visitor import spoken

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

SILENCE_S = 40


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of a question and a long silence; Chromium's microphone plays it over and over."""
    folder = tmp_path_factory.mktemp("microphone")
    question = spoken("What is the wifi password?", folder)
    noise = np.random.default_rng(0).normal(0, 8, 16_000 * SILENCE_S).astype(np.int16)
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.concatenate([noise[: 16_000 * 2], question, noise]).tobytes())
    return path


@pytest.fixture
def page(server: Server, microphone: Path) -> Generator[Chrome]:
    address = f"http://localhost:{server.port}/"
    with opened(
        address,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        size=(1280, 800),
    ) as browser:
        yield browser


def colours(page: Chrome) -> int:
    """How many different colours the head's canvas shows."""
    return page.execute_script(
        """
        const canvas = document.querySelector("canvas");
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4 * 97)
            seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return seen.size;
        """
    )


def test_a_spoken_question_is_shown_and_answered_aloud(page: Chrome) -> None:
    until(page, lambda: stats(page)["shown"] > 20, 10)
    assert colours(page) > 300
    page.find_element(By.ID, "start").click()
    until(page, lambda: "password" in text(page, "caption-user").lower(), 20)
    until(page, lambda: len(text(page, "caption-assistant")) > 20, 10)
    loudest = 0.0
    limit = time.monotonic() + 3
    while time.monotonic() < limit:
        loudest = max(loudest, stats(page)["rms"])
        time.sleep(0.05)
    assert loudest > 0.005
    assert stats(page)["audioSeconds"] > 1
    assert complaints(page) == []


def test_typing_and_stopping(page: Chrome) -> None:
    until(page, lambda: stats(page)["shown"] > 5, 10)
    page.find_element(By.ID, "start").click()
    page.find_element(By.ID, "text").send_keys("Where is the meeting room?\n")
    until(page, lambda: stats(page)["rms"] > 0.005, 10)
    page.find_element(By.ID, "stop").click()
    until(page, lambda: stats(page)["rms"] < 0.001, 2)
    assert stats(page)["flushMs"] is not None
    assert stats(page)["flushMs"] < 200


def test_the_disclosure_and_the_advice_are_there(page: Chrome) -> None:
    until(page, lambda: stats(page)["shown"] > 1, 10)
    body = page.execute_script("return document.body.textContent")
    assert "You are talking with an AI" in body
    assert "pocketsphinx" in body
