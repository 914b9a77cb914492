"""The admin page in headless Chromium: logging in, seeing what is wrong, and acting by keyboard."""

import time
from collections.abc import Generator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.pipelines.chromium import complaints, needs_chromium, opened, text, until
from tests.pipelines.kiosk.admin_desk import PASSCODE, PHONE, Kiosk

pytestmark = [pytest.mark.browser, pytest.mark.page, needs_chromium]


@pytest.fixture
def kiosk(monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    monkeypatch.setenv("VISAVIS_PASSCODE", PASSCODE)
    return Kiosk()


@pytest.fixture
def page(kiosk: Kiosk) -> Generator[Chrome]:
    with kiosk.served() as address, opened(address, size=PHONE) as browser:
        yield browser


def press(page: Chrome, *keys: str) -> None:
    for key in keys:
        page.switch_to.active_element.send_keys(key)


def log_in(page: Chrome) -> None:
    until(page, lambda: page.switch_to.active_element.get_attribute("id") == "passcode")
    press(page, PASSCODE, Keys.ENTER)
    until(page, lambda: page.find_element(By.ID, "desk").is_displayed())


def test_one_logs_in_sees_what_is_wrong_and_acts_by_keyboard(page: Chrome, kiosk: Kiosk) -> None:
    kiosk.faults = ("microphone",)
    kiosk.problems = ("hours.md:3: expected an answer below the question",)
    log_in(page)
    assert text(page, "well") == "Something needs you"
    told = text(page, "troubles")
    assert "The microphone does not work" in told
    assert "hours.md:3" in told
    assert "2 days" in text(page, "facts")
    assert "Greeted\n37" in text(page, "visits")
    press(page, Keys.TAB)
    assert page.switch_to.active_element.text == "Forget the visitor"
    press(page, Keys.ENTER)
    until(page, lambda: kiosk.done == ["reset"])
    press(page, Keys.TAB, Keys.TAB, Keys.ENTER)
    assert page.switch_to.active_element.text == "Cancel"
    press(page, Keys.ENTER)
    time.sleep(0.3)
    assert kiosk.done == ["reset"]
    press(page, Keys.ENTER)
    press(page, Keys.TAB, Keys.ENTER)
    until(page, lambda: kiosk.done == ["reset", "restart"])
    press(page, Keys.TAB, Keys.ARROW_RIGHT)
    until(page, lambda: kiosk.done[2:] == [0.65])
    kiosk.faults = kiosk.problems = ()
    until(page, lambda: text(page, "well") == "All is well")
    assert [entry for entry in complaints(page) if entry["source"] != "network"] == []


def test_a_wrong_passcode_and_the_lock_are_told(page: Chrome) -> None:
    until(page, lambda: page.switch_to.active_element.get_attribute("id") == "passcode")
    press(page, "barley", Keys.ENTER)
    until(page, lambda: text(page, "notice") == "This is not the passcode.")
    assert page.switch_to.active_element.get_attribute("value") == ""
    press(page, "barley", Keys.ENTER)
    until(page, lambda: "try again in 60 s" in text(page, "notice"))
    assert not page.find_element(By.ID, "desk").is_displayed()


def test_whoever_logs_out_sees_nothing_more(page: Chrome) -> None:
    log_in(page)
    page.find_element(By.ID, "leave").click()
    until(page, lambda: text(page, "notice") == "You are logged out.")
    page.refresh()
    until(page, lambda: page.find_element(By.ID, "entrance").is_displayed())
    assert not page.find_element(By.ID, "desk").is_displayed()


def test_every_control_has_a_name_and_is_large_enough_for_a_thumb(page: Chrome) -> None:
    log_in(page)
    for control in page.find_elements(By.CSS_SELECTOR, "button, input"):
        if control.is_displayed():
            assert control.accessible_name
            assert control.size["height"] >= 44
    width = page.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
