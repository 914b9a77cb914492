"""Pages in headless Chromium, and the commands that serve them."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

_CHROMIUM, _DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

needs_chromium = pytest.mark.skipif(None in (_CHROMIUM, _DRIVER), reason="needs chromium")


@contextmanager
def served(*arguments: str) -> Generator[str]:
    """The address that a command of visavis prints once it serves."""
    server = subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    found = re.search(r"http://localhost:\S+", server.stdout.readline())
    assert found is not None
    try:
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        server.stdout.close()


@contextmanager
def opened(address: str, *arguments: str, size: tuple[int, int] = (1280, 900)) -> Generator[Chrome]:
    options = ChromeOptions()
    assert _CHROMIUM is not None
    options.binary_location = _CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--window-size={},{}".format(*size)):
        options.add_argument(argument)
    for argument in arguments:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, Service(_DRIVER))
    try:
        browser.get(address)
        yield browser
    finally:
        browser.quit()


def text(page: Chrome, name: str) -> str:
    return page.find_element(By.ID, name).text


def stats(page: Chrome) -> dict[str, Any]:
    return page.execute_script("return {...window.visavis.stats}")


def until(page: Chrome, true: Callable[[], Any], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, page.find_element(By.TAG_NAME, "body").text
        time.sleep(0.05)


def complaints(page: Chrome) -> list[dict[str, Any]]:
    """What the page's console holds of errors."""
    return [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
