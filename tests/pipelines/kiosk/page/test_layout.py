"""Everything fits the screen, is large enough to hit, stands out, and is within reach."""

import cv2
import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from agent.protocol.events.avatar import AvatarState
from agent.protocol.events.kiosk import KioskCalled, KioskHint, KioskSources, VisitState
from tests.pipelines.chromium import needs_chromium, text, until
from tests.pipelines.kiosk.page.reception import HOUSE, Reception
from tests.pipelines.kiosk.page.screening import (
    choose,
    least_contrast,
    overlaps,
    press,
    pressable,
    seen,
    shows,
    sized,
)

pytestmark = [pytest.mark.browser, pytest.mark.page, needs_chromium]

LEAST_TARGET = 64
LEAST_CONTRAST = 4.5
UPRIGHT, LYING = (1080, 1920), (1920, 1080)
SCREENS = (UPRIGHT, LYING, (800, 1280), (1366, 768))
SETTLE = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

SAID = (
    "The meeting room is on the second floor. Take the elevator on your left, and then go straight"
    " on until you see the blue door at the end of the corridor, just beside the coffee bar."
)


def full(page: Chrome, reception: Reception) -> None:
    """A conversation with everything on the screen that there can be."""
    reception.be("conversing", faults=("load",))
    until(page, lambda: shows(page, "conversing"), 5)
    reception.hears("Hello, I would like to know where the big meeting room is, please.")
    reception.says(SAID)
    reception.tell(
        KioskSources(sources=("visitors.md", "rooms.md")),
        KioskCalled(outcome="called"),
        AvatarState(state="speaking", turn=0, media_time_us=0),
    )
    until(page, lambda: text(page, "called") != "", 5)
    until(page, lambda: text(page, "caption-assistant").endswith("coffee bar."), 5)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("layout", ["standing", "low"])
@pytest.mark.parametrize("size", [1, 3])
def test_everything_fits_and_can_be_hit(
    page: Chrome, reception: Reception, screen: tuple[int, int], layout: str, size: int
) -> None:
    sized(page, *screen)
    reception.screen = HOUSE.model_copy(update={"layout": layout})
    page.refresh()
    until(page, lambda: len(reception.told("session.update")) == 2, 5)
    full(page, reception)
    choose(page, size=size)
    page.execute_script(SETTLE)
    assert overlaps(page) == []
    targets = pressable(page)
    assert {"call", "mute", "settings", "done", "text"} <= targets.keys()
    for name, (left, top, right, bottom) in targets.items():
        assert right - left >= LEAST_TARGET, name
        assert bottom - top >= LEAST_TARGET - 0.5, name
        assert top >= (screen[1] / 2 - 1 if layout == "low" else 0), name
        assert bottom <= screen[1] + 1, name


@pytest.mark.parametrize("screen", [UPRIGHT, LYING], ids=["upright", "lying"])
def test_dialogs_are_within_reach(
    page: Chrome, reception: Reception, screen: tuple[int, int]
) -> None:
    sized(page, *screen)
    reception.screen = HOUSE.model_copy(update={"layout": "low"})
    page.refresh()
    until(page, lambda: len(reception.told("session.update")) == 2, 5)
    reception.be("conversing")
    until(page, lambda: shows(page, "conversing"), 5)
    for opens, name in (("settings", "settings-close"), ("call", "call-yes")):
        press(page, opens)
        targets = pressable(page)
        assert name in targets
        for each, (left, top, right, bottom) in targets.items():
            assert top >= screen[1] / 2, each
            assert bottom <= screen[1] + 1, each
            assert min(right - left, bottom - top) >= 52, each
        press(page, name)


@pytest.mark.parametrize("state", ["attract", "noticed", "greeting", "farewell", "reset"])
@pytest.mark.parametrize("screen", [UPRIGHT, LYING], ids=["upright", "lying"])
def test_no_state_overlaps(
    page: Chrome, reception: Reception, state: VisitState, screen: tuple[int, int]
) -> None:
    sized(page, *screen)
    reception.be(state, "de")
    until(page, lambda: shows(page, state), 5)
    page.execute_script(SETTLE)
    assert overlaps(page) == []


@pytest.mark.parametrize("screen", [UPRIGHT, LYING], ids=["upright", "lying"])
def test_other_ways_fit_in_the_largest_letters(
    page: Chrome, reception: Reception, screen: tuple[int, int]
) -> None:
    sized(page, *screen)
    full(page, reception)
    choose(page, size=3, button=True, contrast=True)
    reception.tell(KioskHint())
    until(page, lambda: text(page, "advice") != "", 5)
    page.execute_script(SETTLE)
    assert overlaps(page) == []
    assert all(bottom <= screen[1] + 1 for *_, bottom in pressable(page).values())


@pytest.mark.parametrize("screen", [(390, 844), (844, 390)], ids=["upright", "lying"])
def test_a_telephone_scrolls(page: Chrome, reception: Reception, screen: tuple[int, int]) -> None:
    sized(page, *screen)
    full(page, reception)
    page.execute_script("scrollTo(0, document.body.scrollHeight)")
    page.execute_script(SETTLE)
    assert pressable(page)["done"][3] <= screen[1] + 1
    assert page.execute_script("return document.documentElement.scrollWidth") <= screen[0]


def test_everything_is_reached_by_keyboard(page: Chrome, reception: Reception) -> None:
    reception.be("conversing")
    until(page, lambda: shows(page, "conversing"), 5)
    expected = set(pressable(page)) - {"send"}
    reached = set[str]()
    page.execute_script("document.getElementById('phrase').focus()")
    for _ in expected:
        ActionChains(page).send_keys(Keys.TAB).perform()
        reached.add(
            page.execute_script(
                "const { id, textContent } = document.activeElement; return id || textContent"
            )
        )
        ring = "return getComputedStyle(document.activeElement).outlineWidth"
        if page.execute_script("return document.activeElement.tagName") == "BUTTON":
            assert page.execute_script(ring) == "4px"
    assert reached == expected
    page.execute_script("document.getElementById('settings').focus()")
    ActionChains(page).send_keys(Keys.ENTER).perform()
    until(page, lambda: seen(page, "settings-dialog"), 5)
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    until(page, lambda: not seen(page, "settings-dialog"), 5)
    assert page.execute_script("return document.activeElement.id") == "settings"


@pytest.mark.parametrize("screen", [UPRIGHT, LYING], ids=["upright", "lying"])
@pytest.mark.parametrize(
    ("background", "theme", "brand", "layout"),
    [
        (None, "dark", "#17695c", "standing"),
        (None, "dark", "#ffd400", "low"),
        ("#f3efe6", "light", "#7a1f2b", "low"),
        ("#666666", "dark", "#7a7a7a", "standing"),
        ("/web/icon.svg", "dark", "#2447c8", "standing"),
    ],
    ids=["usual", "bright", "light", "grey", "picture"],
)
def test_letters_stand_out_before_a_white_picture(
    page: Chrome,
    reception: Reception,
    screen: tuple[int, int],
    background: str | None,
    theme: str,
    brand: str,
    layout: str,
) -> None:
    sized(page, *screen)
    looks = {"background": background, "colour": brand, "layout": layout}
    reception.screen = HOUSE.model_copy(update=looks)
    _, white = cv2.imencode(".jpg", np.full((256, 256, 3), 255, np.uint8))
    reception.picture = white.tobytes()
    page.refresh()
    until(page, lambda: page.execute_script("return window.visavis?.stats.shown > 0"), 5)
    assert page.execute_script("return document.documentElement.dataset.theme") == theme
    assert least_contrast(page) >= (LEAST_CONTRAST, "")
    full(page, reception)
    reception.tell(KioskHint())
    until(page, lambda: text(page, "advice") != "", 5)
    assert least_contrast(page) >= (LEAST_CONTRAST, "")
    choose(page, contrast=True)
    assert least_contrast(page) >= (7, "")
