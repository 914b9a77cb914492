"""The page of a duet in headless Chromium: no microphone, no camera, no key."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WEB = Path(__file__).parents[2] / "pipelines" / "web"


def test_every_element_that_the_script_asks_for_is_there_once() -> None:
    ids = re.findall(r'\bid="([^"]+)"', (WEB / "duet.html").read_text())
    asked = re.findall(r'byId\(["`]([^"`]+)["`]\)', (WEB / "duet.js").read_text())
    wanted = {
        name.replace("${side}", side).replace("${sense}", sense).replace("${name}", sense)
        for name in asked
        for side in ("0", "1")
        for sense in ("hears", "sees")
    }
    assert len(ids) == len(set(ids))
    assert len(wanted) > 10
    assert wanted <= set(ids)


def test_what_the_page_links_is_served() -> None:
    targets = re.findall(r'(?:src|href)="web/([^"]+)"', (WEB / "duet.html").read_text())
    assert len(targets) >= 5
    assert [target for target in targets if not (WEB / target).is_file()] == []


@pytest.fixture
def address() -> Generator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "duet", "--port", "0", "--seed", "1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    found = re.search(r"http://localhost:\d+/duet", server.stdout.readline())
    assert found is not None
    try:
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        server.stdout.close()


@pytest.fixture
def page(address: str) -> Generator[Chrome]:
    options = ChromeOptions()
    assert CHROMIUM is not None
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, Service(DRIVER))
    try:
        browser.get(address)
        yield browser
    finally:
        browser.quit()


def stats(page: Chrome) -> dict[str, Any]:
    return page.execute_script("return {...window.visavis.stats}")


def until(page: Chrome, true: Callable[[], Any], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, page.find_element(By.TAG_NAME, "body").text
        time.sleep(0.05)


@pytest.mark.browser
@pytest.mark.skipif(None in (CHROMIUM, DRIVER), reason="needs chromium")
def test_two_talk_and_one_goes_deaf(page: Chrome) -> None:
    until(page, lambda: stats(page)["shown"] > 20)
    halves = page.execute_script(
        """
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = [new Set(), new Set()];
        for (let i = 0; i < data.length; i += 4 * 97) {
          const right = (i / 4) % canvas.width >= canvas.width / 2 ? 1 : 0;
          seen[right].add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        }
        return seen.map((colours) => colours.size);
        """
    )
    assert min(halves) > 300
    for side in (0, 1):
        until(page, lambda side=side: len(page.find_element(By.ID, f"words-{side}").text) > 3)
    assert stats(page)["audioSeconds"] == 0
    page.find_element(By.ID, "sound").click()
    until(page, lambda: stats(page)["rms"] > 0.005)
    assert not page.find_element(By.ID, "sound").is_displayed()
    hears = page.find_element(By.ID, "hears-1")
    hears.click()
    until(page, lambda: hears.get_attribute("aria-pressed") == "false")
    assert page.find_element(By.ID, "sees-1").get_attribute("aria-pressed") == "true"
    severe = [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []
