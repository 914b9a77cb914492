"""What is on the kiosk's screen."""

import re
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

POLICIES = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
)
"""What Chromium's policies grant a kiosk, and devices that are none."""

PRESSABLE = """
const shown = (one) => one.checkVisibility({ visibilityProperty: true });
const pressed = "button, input:not([type=radio]), .sizes label";
const inside = document.querySelector("dialog[open]") ?? document.body;
return [...inside.querySelectorAll(pressed)].filter(shown).map((one) => {
  const { left, top, right, bottom } = (one.closest("label") ?? one).getBoundingClientRect();
  return [one.id || one.textContent, left, top, right, bottom];
});
"""

OVERLAPS = """
const boxes = [...document.querySelectorAll(
  "#top > *, .mark, .notices > *, .words > *, .lower > *")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.id !== "phrase"
    || (one.id === "phrase" && getComputedStyle(one).position === "static"))
  .filter((one) => !one.classList.contains("unseen") && one.textContent.trim() !== "")
  .map((one) => [one.id || one.className, one.getBoundingClientRect()]);
const found = [];
for (const [i, [name, a]] of boxes.entries())
  for (const [other, b] of boxes.slice(i + 1)) {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 1) found.push(`${name} over ${other}`);
  }
for (const [name, { left, top, right, bottom }] of boxes)
  if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
    found.push(`${name} beyond the screen`);
return found;
"""


def sized(page: Chrome, width: int, height: int) -> None:
    """A screen of so many pixels."""
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def shows(page: Chrome, state: str) -> bool:
    """Whether the page is in a state of the visit."""
    return page.execute_script("return document.body?.dataset.state") == state


def press(page: Chrome, name: str) -> None:
    page.find_element(By.ID, name).click()


def seen(page: Chrome, name: str) -> bool:
    return page.find_element(By.ID, name).is_displayed()


def pressable(page: Chrome) -> dict[str, tuple[float, float, float, float]]:
    """All that can be pressed now: left, top, right and bottom of each in pixels."""
    return {name: tuple(box) for name, *box in page.execute_script(PRESSABLE)}


def overlaps(page: Chrome) -> list[str]:
    """What lies over another, or beyond the screen."""
    return page.execute_script(OVERLAPS)


def choose(page: Chrome, **choices: Any) -> None:
    """Set choices of the dialog: names of switches, and `size`."""
    press(page, "settings")
    for name, value in choices.items():
        selector = f'input[name="size"][value="{value}"]' if name == "size" else f"#choice-{name}"
        page.find_element(By.CSS_SELECTOR, selector).click()
    press(page, "settings-close")


def whole(page: Chrome) -> str:
    """All that the document holds, values of fields too."""
    return page.execute_script(
        "return document.documentElement.outerHTML"
        ' + [...document.querySelectorAll("input")].map(({ value }) => value).join(" ")'
        " + JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location"
    )


def words(page: Chrome) -> str:
    """What the page shows, in one line."""
    return re.sub(r"\s+", " ", page.find_element(By.TAG_NAME, "body").text)
