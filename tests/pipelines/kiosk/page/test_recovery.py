"""A screen that nobody looks after: servers, devices, canvases and scripts that fail and return."""

import time
from collections.abc import Generator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.pipelines.chromium import needs_chromium, opened, text, until
from tests.pipelines.kiosk.page.reception import HOUSE, Reception
from tests.pipelines.kiosk.page.screening import press, seen, shows, sized, whole

pytestmark = [pytest.mark.browser, pytest.mark.page, needs_chromium]

RECOVERED_S = 5

REFUSE = """
window.given = navigator.mediaDevices.getUserMedia;
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("unplugged", "NotFoundError"));
for (const device of [visavis.client.microphone, visavis.client.camera]) {
  device.stop();
  device.dispatchEvent(new Event("ended"));
}
"""
ALLOW = "navigator.mediaDevices.getUserMedia = window.given;"


def devices(reception: Reception) -> list[tuple[str, bool]]:
    """What was said of the devices, one after the other."""
    return [(each["device"], each["works"]) for each in reception.told("kiosk.device")]


def test_devices_begin_by_themselves_and_are_told_of(page: Chrome, reception: Reception) -> None:
    until(page, lambda: len(devices(reception)) == 2, 5)
    assert dict(devices(reception)) == {"microphone": True, "camera": True}
    until(page, lambda: reception.sound > 5, 5)
    until(page, lambda: reception.seen > 5, 5)


def test_a_house_without_a_camera_asks_for_none(page: Chrome, reception: Reception) -> None:
    until(page, lambda: len(devices(reception)) == 2, 5)
    reception.screen = HOUSE.model_copy(update={"camera": False})
    page.refresh()
    until(page, lambda: len(devices(reception)) == 3, 5)
    time.sleep(0.3)
    assert devices(reception)[2:] == [("microphone", True)]


def test_unplugged_devices_are_told_of_and_taken_up_again(
    page: Chrome, reception: Reception
) -> None:
    until(page, lambda: len(devices(reception)) == 2, 5)
    reception.be("conversing")
    page.execute_script(REFUSE)
    until(page, lambda: "I cannot hear you just now." in text(page, "faults"), RECOVERED_S)
    assert "I cannot see you just now." in text(page, "faults")
    assert devices(reception)[2:] == [("microphone", False), ("camera", False)]
    page.execute_script(ALLOW)
    until(page, lambda: text(page, "faults") == "", RECOVERED_S)
    until(page, lambda: len(devices(reception)) == 6, 5)
    assert set(devices(reception)[4:]) == {("microphone", True), ("camera", True)}


def test_a_server_that_was_away_is_met_again_with_its_news(
    page: Chrome, reception: Reception, picture: bytes
) -> None:
    reception.be("conversing")
    reception.hears("My name is Xanthippe.")
    until(page, lambda: "Xanthippe" in whole(page), 5)
    press(page, "settings")
    reception.close()
    until(page, lambda: seen(page, "away"), 5)
    assert text(page, "away-title") == "Back in a moment"
    assert not seen(page, "settings-dialog")
    assert page.execute_script("return document.getElementById('main').inert")
    again = Reception(picture, reception.port)
    again.screen = HOUSE.model_copy(update={"name": "Hafenhaus West"})
    try:
        until(page, lambda: not seen(page, "away"), 2 * RECOVERED_S)
        until(page, lambda: text(page, "house") == "Hafenhaus West", 5)
        assert shows(page, "attract")
        assert not page.execute_script("return document.getElementById('main').inert")
        assert "Xanthippe" not in whole(page)
        until(page, lambda: len(devices(again)) == 2, 5)
    finally:
        again.close()


def test_who_was_there_when_the_server_went_is_forgotten_in_time(
    page: Chrome, reception: Reception
) -> None:
    reception.be("conversing")
    reception.hears("My name is Xanthippe.")
    until(page, lambda: "Xanthippe" in whole(page), 5)
    page.execute_script(
        "const later = window.setTimeout;"
        "window.setTimeout = (what, ms) => later(what, ms === 30000 ? 300 : ms);"
    )
    reception.close()
    until(page, lambda: "Xanthippe" not in whole(page), 5)
    assert shows(page, "attract")


def test_a_page_that_comes_before_its_server_waits_for_it(
    browser: Chrome, reception: Reception
) -> None:
    reception.deaf = True
    browser.get(reception.address)
    until(browser, lambda: seen(browser, "away"), 5)
    reception.deaf = False
    until(browser, lambda: text(browser, "house") == "Hafenhaus", 5)
    until(browser, lambda: not seen(browser, "away"), 5)


def test_a_screen_that_is_not_let_in_says_so_and_tries_later(page: Chrome) -> None:
    page.execute_script(
        "window.loaded = 'before'; const later = setTimeout;"
        "window.setTimeout = (what, ms) => later(what, ms === 60000 ? 1500 : ms);"
        "visavis.client.session.emit('connection', { state: 'refused', problem: null });"
    )
    until(page, lambda: text(page, "away-title") == "Not available just now", 5)
    until(page, lambda: page.execute_script(LOADED), 5)
    until(page, lambda: text(page, "house") == "Hafenhaus", 5)
    assert not seen(page, "away")


FAIL = "setTimeout(() => { throw new Error('broken'); });"
SOON = "const later = setTimeout; window.setTimeout = (what, ms) => later(what, ms / 20);"
LOADED = "return window.loaded !== 'before' && document.readyState === 'complete'"


def test_a_page_with_an_error_loads_itself_again(page: Chrome) -> None:
    page.execute_script(f"window.loaded = 'before'; {SOON} {FAIL}")
    until(page, lambda: page.execute_script(LOADED), 5)
    until(page, lambda: text(page, "house") == "Hafenhaus", 5)
    kept = page.execute_script("return {...sessionStorage, ...localStorage}")
    assert list(kept) == ["visavis-kiosk-reloads"]
    assert len(page.execute_script(f"return {kept['visavis-kiosk-reloads']}")) == 1


def test_errors_in_a_row_make_it_wait(page: Chrome) -> None:
    page.execute_script(
        "sessionStorage.setItem('visavis-kiosk-reloads',"
        " JSON.stringify(Array.from({length: 5}, () => Date.now())));"
        f"window.loaded = 'before'; {SOON} {FAIL}"
    )
    time.sleep(1)
    assert page.execute_script("return window.loaded") == "before"


@pytest.mark.parametrize("kept", ["nonsense", "{}", '["x", null]'])
def test_what_is_kept_may_be_anything(page: Chrome, kept: str) -> None:
    page.execute_script(
        "sessionStorage.setItem('visavis-kiosk-reloads', arguments[0]);"
        f"window.loaded = 'before'; {SOON} {FAIL}",
        kept,
    )
    until(page, lambda: page.execute_script(LOADED), 5)


def test_a_canvas_that_does_not_come_back_is_loaded_anew(page: Chrome) -> None:
    lose = "document.querySelector('canvas').dispatchEvent(new Event('contextlost'));"
    restore = "document.querySelector('canvas').dispatchEvent(new Event('contextrestored'));"
    page.execute_script(f"window.loaded = 'before'; {SOON} {lose} {restore}")
    time.sleep(0.6)
    assert page.execute_script("return window.loaded") == "before"
    page.execute_script(lose)
    until(page, lambda: page.execute_script(LOADED), 5)


@pytest.fixture
def unprivileged() -> Generator[Chrome]:
    """A browser without the policies of a kiosk: sound needs a gesture, devices are refused."""
    with opened("about:blank", "--deny-permission-prompts") as browser:
        yield browser


def test_without_policies_the_whole_screen_begins(
    unprivileged: Chrome, reception: Reception
) -> None:
    sized(unprivileged, 1080, 1920)
    unprivileged.get(reception.address)
    until(unprivileged, lambda: text(unprivileged, "begin") == "Touch the screen to begin", 10)
    until(unprivileged, lambda: "I cannot hear you just now." in text(unprivileged, "faults"), 10)
    until(
        unprivileged,
        lambda: set(devices(reception)) == {("microphone", False), ("camera", False)},
        5,
    )
    unprivileged.find_element(By.ID, "begin").click()
    until(unprivileged, lambda: text(unprivileged, "begin") == "Touch the screen", 5)
    sounds = "return visavis.client.player.soundEnabled"
    assert unprivileged.execute_script(sounds)
    until(unprivileged, lambda: reception.told("kiosk.touch"), 5)
