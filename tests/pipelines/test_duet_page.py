"""The page of a duet in headless Chromium: no microphone, no camera, no key."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.pipelines.chromium import complaints, needs_chromium, opened, served, stats, text, until

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
def page() -> Generator[Chrome]:
    with served("duet", "--seed", "1") as address, opened(address) as browser:
        yield browser


@pytest.mark.browser
@needs_chromium
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
        until(page, lambda side=side: len(text(page, f"words-{side}")) > 3)
    assert stats(page)["audioSeconds"] == 0
    page.find_element(By.ID, "sound").click()
    until(page, lambda: stats(page)["rms"] > 0.005)
    assert not page.find_element(By.ID, "sound").is_displayed()
    hears = page.find_element(By.ID, "hears-1")
    hears.click()
    until(page, lambda: hears.get_attribute("aria-pressed") == "false")
    assert page.find_element(By.ID, "sees-1").get_attribute("aria-pressed") == "true"
    assert complaints(page) == []
