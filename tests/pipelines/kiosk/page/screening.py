"""What is on the kiosk's screen."""

import json
import re
import time
from typing import Any
from urllib.request import urlopen

import cv2
import numpy as np
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from websockets.sync.client import connect

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


LETTERS = """
const inks = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
while (walker.nextNode()) {
  const { currentNode: node } = walker;
  const place = node.parentElement;
  const shown = place.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  if (node.textContent.trim() === "" || !shown || place.closest(".unseen, dialog")) continue;
  if (getComputedStyle(place).position === "absolute") continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  context.fillStyle = getComputedStyle(place).color;
  context.fillRect(0, 0, 1, 1);
  const ink = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  for (const { left, top, right, bottom } of range.getClientRects())
    inks.push([node.textContent.trim(), ink, left, top, right, bottom]);
}
const style = document.createElement("style");
style.id = "no-letters";
style.textContent = "* { color: transparent !important; animation: none !important;" +
  " transition: none !important } ::placeholder { color: transparent !important }";
document.head.append(style);
return inks;
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


def least_contrast(page: Chrome) -> tuple[float, str]:
    """The letters that stand out least from what lies behind them: their contrast, by WCAG.

    Behind them is what is drawn in their boxes without any letters; its hundredth part that is
    nearest to the letters may be nearer still.
    """
    time.sleep(1)
    inks = page.execute_script(LETTERS)
    time.sleep(0.2)
    shot = np.frombuffer(page.get_screenshot_as_png(), np.uint8)
    decoded = cv2.imdecode(shot, cv2.IMREAD_COLOR)
    assert decoded is not None
    drawn = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    page.execute_script("document.getElementById('no-letters').remove()")
    worst = (float("inf"), "")
    for letters, ink, *box in inks:
        left, top, right, bottom = (max(0, round(edge)) for edge in box)
        behind = _luminance(drawn[top:bottom, left:right].reshape(-1, 3))
        own = _luminance(np.array([ink], np.uint8))
        low, high = np.minimum(behind, own), np.maximum(behind, own)
        contrast = float(np.percentile((high + 0.05) / (low + 0.05), 1))
        worst = min(worst, (contrast, letters))
    assert len(inks) > 5
    return worst


def _luminance(colours: np.ndarray) -> np.ndarray:
    parts = colours / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


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


def heap(page: Chrome) -> str:
    """All strings and names of the page's JavaScript objects that are still reached by any."""
    address = page.capabilities["goog:chromeOptions"]["debuggerAddress"]
    with urlopen(f"http://{address}/json") as answer:
        (own,) = (each for each in json.load(answer) if each["type"] == "page")
    pieces = list[str]()
    with connect(own["webSocketDebuggerUrl"], max_size=None) as socket:
        for number, name in enumerate(("enable", "collectGarbage", "takeHeapSnapshot")):
            socket.send(json.dumps({"id": number, "method": f"HeapProfiler.{name}"}))
            while (message := json.loads(socket.recv(30))).get("id") != number:
                if message["method"] == "HeapProfiler.addHeapSnapshotChunk":
                    pieces.append(message["params"]["chunk"])
    return "".join(pieces)


def words(page: Chrome) -> str:
    """What the page shows, in one line."""
    return re.sub(r"\s+", " ", page.find_element(By.TAG_NAME, "body").text)
