"""The page in headless Chromium, with a microphone that plays a spoken question."""

import shutil
import time
import wave
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.pipelines.live.conftest import Server
from tests.pipelines.live.visitor import spoken

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(None in (CHROMIUM, DRIVER, shutil.which("flite")), reason="needs chromium"),
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
    options = ChromeOptions()
    assert CHROMIUM is not None
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--window-size=1280,800",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, Service(DRIVER))
    try:
        browser.get(f"http://localhost:{server.port}/")
        yield browser
    finally:
        browser.quit()


def text(page: Chrome, name: str) -> str:
    return page.find_element(By.ID, name).text


def stats(page: Chrome) -> dict[str, Any]:
    return page.execute_script("return {...window.visavis.stats}")


def until(page: Chrome, seconds: float, true: Callable[[], bool]) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, page.find_element(By.TAG_NAME, "body").text
        time.sleep(0.1)


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
    until(page, 10, lambda: stats(page)["shown"] > 20)
    assert colours(page) > 300
    page.find_element(By.ID, "start").click()
    until(page, 20, lambda: "password" in text(page, "caption-user").lower())
    until(page, 10, lambda: len(text(page, "caption-assistant")) > 20)
    loudest = 0.0
    limit = time.monotonic() + 3
    while time.monotonic() < limit:
        loudest = max(loudest, stats(page)["rms"])
        time.sleep(0.05)
    assert loudest > 0.005
    assert stats(page)["audioSeconds"] > 1
    severe = [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_typing_and_stopping(page: Chrome) -> None:
    until(page, 10, lambda: stats(page)["shown"] > 5)
    page.find_element(By.ID, "start").click()
    page.find_element(By.ID, "text").send_keys("Where is the meeting room?\n")
    until(page, 10, lambda: stats(page)["rms"] > 0.005)
    page.find_element(By.ID, "stop").click()
    until(page, 2, lambda: stats(page)["rms"] < 0.001)
    assert stats(page)["flushMs"] is not None
    assert stats(page)["flushMs"] < 200


def test_the_disclosure_and_the_advice_are_there(page: Chrome) -> None:
    until(page, 10, lambda: stats(page)["shown"] > 1)
    body = page.execute_script("return document.body.textContent")
    assert "You are talking with an AI" in body
    assert "pocketsphinx" in body
