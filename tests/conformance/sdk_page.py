"""A page of the browser SDK to run things in, and a way to its server that can be cut."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.pipelines.chromium import until

FAKE_DEVICES = "--use-fake-device-for-media-stream"

QUESTION = "What can I do when my host has not come?"

LEAST_PICTURES = 12
"""A second, of 25, on a host that does other things too."""

SETTLED = """
const done = arguments[arguments.length - 1];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async (...given) => {%s})(...arguments).then(done, ({ code, message }) =>
  done({ rejected: code ?? message }));
"""

MEET = """
const [server, options] = given;
await window.client?.disconnect();
const { VisavisClient } = await import(`${server}/sdk/index.js`);
const canvas = document.createElement("canvas");
document.querySelector("canvas").replaceWith(canvas);
window.told = [];
window.pictureTimes = [];
const begun = performance.now();
window.client = new VisavisClient({ url: `${server}/v1/realtime`, canvas, ...options });
client.on("event", (event) => told.push(event));
client.on("conversation", (detail) => told.push({ type: "conversation", ...detail }));
client.on("device", ({ device, state, problem }) =>
  told.push({ type: "device", device, state, code: problem?.code ?? null }));
client.on("media", ({ kind, mediaTimeUs }) => kind === 3 && pictureTimes.push(mediaTimeUs));
await client.connect();
while (options.video !== null && client.stats.shown === 0) await pause(5);
return performance.now() - begun;
"""

LOOK = """
const canvas = document.querySelector("canvas");
const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
const seen = new Set();
const sums = [0, 0, 0];
for (let i = 0; i < data.length; i += 4) {
  for (let channel = 0; channel < 3; channel++) sums[channel] += data[i + channel];
  seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
}
return [seen.size, sums.map((sum) => sum / (data.length / 4))];
"""


@dataclass(frozen=True)
class Site:
    """The origin of the example page, and the port of the server that it talks with."""

    origin: str
    port: int

    @property
    def server(self) -> str:
        return f"http://localhost:{self.port}"


def visit(browser: Chrome, site: Site) -> None:
    """Open the example page and wait until its client has connected."""
    browser.get_log("browser")
    browser.set_script_timeout(20)
    browser.get(f"{site.origin}/?server={site.server}")
    until(browser, lambda: browser.execute_script("return window.client !== undefined"), 15)


@contextmanager
def fresh_tab(browser: Chrome, site: Site) -> Generator[Chrome]:
    """The example page in a tab that nobody has touched, until it is closed."""
    before = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        visit(browser, site)
        yield browser
    finally:
        browser.close()
        browser.switch_to.window(before)


def settled(page: Chrome, body: str, *given: Any) -> Any:
    """What an async function of the page returns; a rejection by its code or message."""
    return page.execute_async_script(SETTLED % body, *given)


def met(page: Chrome, server: str, **options: Any) -> float:
    """Have a new client as `window.client`, by the modules of a server; milliseconds until its
    first picture is drawn.
    """
    joined = settled(page, MEET, server, options)
    assert isinstance(joined, int | float), joined
    return joined


def enable_sound(page: Chrome) -> None:
    """Sound needs a gesture: somebody touches the head."""
    page.find_element(By.TAG_NAME, "canvas").click()
    settled(page, "await client.enableSound();")
    until(page, lambda: page.execute_script("return client.player.soundEnabled"), 5)


def told(page: Chrome, kind: str) -> list[dict[str, Any]]:
    """The events of a kind that the client told."""
    return page.execute_script("return told.filter(({ type }) => type === arguments[0])", kind)


def device_states(page: Chrome, device: str) -> list[str]:
    """How the microphone or the camera has been, one state after the other."""
    return [each["state"] for each in told(page, "device") if each["device"] == device]


def stats(page: Chrome) -> dict[str, Any]:
    return page.execute_script("return client.stats")


def look(page: Chrome) -> tuple[int, list[float]]:
    """How many colours the head's canvas shows, and their mean."""
    return page.execute_script(LOOK)


def pictures_a_second(page: Chrome, seconds: float = 3) -> float:
    return settled(
        page,
        "const [at, before] = [performance.now(), client.stats.shown];"
        "await pause(1000 * given[0]);"
        "return 1000 * (client.stats.shown - before) / (performance.now() - at);",
        seconds,
    )


class Way(ThreadingTCPServer):
    """A port that leads to another one, until it is cut."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Carrier)
        self.port = port
        self.ends = set[socket.socket]()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    def cut(self) -> None:
        """Drop every connection."""
        for end in tuple(self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Carrier(BaseRequestHandler):
    def handle(self) -> None:
        way = self.server
        assert isinstance(way, Way)
        with socket.create_connection(("127.0.0.1", way.port)) as there:
            others = {self.request: there, there: self.request}
            way.ends |= others.keys()
            try:
                while all(_carried(end, others[end]) for end in select(others, (), ())[0]):
                    pass
            except OSError:
                return
            finally:
                way.ends -= others.keys()


def _carried(end: socket.socket, other: socket.socket) -> bool:
    """Whether there was anything to carry on."""
    data = end.recv(1 << 16)
    other.sendall(data)
    return data != b""


@contextmanager
def way_to(port: int) -> Generator[Way]:
    with Way(port) as way:
        thread = threading.Thread(target=way.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield way
        finally:
            way.shutdown()
            thread.join()
            way.cut()
