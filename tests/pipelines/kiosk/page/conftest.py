"""One stub of a server and one browser for all tests of the kiosk's page."""

from collections.abc import Generator

import cv2
import pytest
from selenium.webdriver import Chrome

from avatar.motion import ARKIT58
from avatar.rendering.warp import WarpRenderer
from tests.pipelines.chromium import opened, until
from tests.pipelines.kiosk.page.reception import Reception
from tests.pipelines.kiosk.page.screening import POLICIES, shows, sized


@pytest.fixture(scope="session")
def picture(renderer: WarpRenderer) -> bytes:
    drawn, _ = renderer.render(ARKIT58.rest, None)
    encoded, jpeg = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
    assert encoded
    return jpeg.tobytes()


@pytest.fixture
def reception(picture: bytes) -> Generator[Reception]:
    running = Reception(picture)
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser() -> Generator[Chrome]:
    with opened("about:blank", *POLICIES) as browser:
        yield browser


@pytest.fixture
def page(browser: Chrome, reception: Reception) -> Generator[Chrome]:
    """The kiosk's page, connected and attracting, on an upright screen."""
    sized(browser, 1080, 1920)
    browser.get_log("browser")
    browser.get(reception.address)
    until(browser, lambda: reception.told("session.update"), 10)
    until(browser, lambda: shows(browser, "attract"), 5)
    yield browser
    browser.get("about:blank")
