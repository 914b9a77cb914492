"""The browser SDK in a page of another origin, in headless Chromium."""

import shutil
import wave
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conformance.conftest import RATE
from tests.conformance.sdk_page import look, met, pictures_a_second, settled, stats, told, way_to
from tests.conformance.test_pipecat_javascript import hosted
from tests.pipelines.chromium import complaints, needs_chromium, opened, text, until
from tests.pipelines.live import ROOT
from tests.pipelines.live.conftest import started, stopped

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

FAKE_DEVICES = "--use-fake-device-for-media-stream"

TALK_AND_CUT_OFF = """
client.sendText("What can I do when my host has not come?");
while (client.stats.audioSeconds === 0) await pause(5);
const begun = performance.now();
await pause(1500);
while (client.stats.rms <= 0.005) await pause(5);
client.interrupt();
const spokenMs = performance.now() - begun;
while (!told.some(({ type }) => type === "conversation.item.truncated")) await pause(5);
await pause(200);
return { ...client.stats, spokenMs };
"""

COUNT_MOTION = """
const sizes = [];
const stop = client.onMotion((values) =>
  sizes.push(values.every(Number.isFinite) ? values.length : 0));
while (sizes.length === 0) await pause(5);
await pause(3000);
stop();
return sizes;
"""

COUNT_SENT_PICTURES = """
const send = WebSocket.prototype.send;
let pictures = 0;
WebSocket.prototype.send = function (data) {
  if (typeof data !== "string") {
    const bytes = new Uint8Array(data);
    if (bytes[1] === 6 && bytes[16] === 0xff && bytes[17] === 0xd8) pictures += 1;
  }
  send.call(this, data);
};
await pause(given[0]);
WebSocket.prototype.send = send;
return pictures;
"""


@dataclass(frozen=True)
class Site:
    """The origin of the example page, and the port of the server that it talks with."""

    origin: str
    port: int

    @property
    def server(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="module")
def site() -> Generator[Site]:
    with ExitStack() as stack:
        origin = stack.enter_context(hosted(ROOT / "examples" / "05_web_page"))
        running = started(
            *("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt"),
            *("--generator", "rules", "--origin", origin),
        )
        stack.callback(stopped, running)
        yield Site(origin, running.port)


@pytest.fixture(scope="module")
def microphone(question: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of a question in a room that is not quite silent."""
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    noise = np.random.default_rng(0).normal(0, 8, RATE * 40).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise[: 2 * RATE * 2] + question + noise)
    return path


@contextmanager
def visited(site: Site, *arguments: str) -> Generator[Chrome]:
    """The example page, when its client has connected."""
    with opened(f"{site.origin}/?server={site.server}", FAKE_DEVICES, *arguments) as page:
        page.set_script_timeout(20)
        until(page, lambda: page.execute_script("return window.client !== undefined"), 15)
        yield page


@pytest.fixture(scope="module")
def page(site: Site, microphone: Path) -> Generator[Chrome]:
    with visited(
        site,
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    ) as page:
        yield page


def enable_sound(page: Chrome) -> None:
    """Sound needs a gesture: somebody touches the head."""
    page.find_element(By.TAG_NAME, "canvas").click()
    settled(page, "await client.enableSound();")
    until(page, lambda: page.execute_script("return client.player.soundEnabled"), 5)


def errors(page: Chrome) -> list[str]:
    """What the console complains of, but for the icon that the example does not have."""
    told = [each["message"] for each in complaints(page)]
    return [message for message in told if "/favicon.ico" not in message]


def turns(page: Chrome) -> list[int]:
    created = told(page, "response.created")
    return [int(each["response"]["metadata"]["turn"]) for each in created]


def test_a_spoken_question_is_answered_aloud_by_the_example(page: Chrome) -> None:
    until(page, lambda: 20 < pictures_a_second(page, 2) < 28, 15)
    assert look(page)[0] > 300
    page.find_element(By.ID, "talk").click()
    until(page, lambda: "assistant: " in text(page, "said"), 25)
    until(page, lambda: stats(page)["audioSeconds"] > 1, 10)
    assert len(text(page, "said")) > len("assistant: ") + 20
    assert errors(page) == []


def test_a_head_is_seen_soon_and_is_silent_at_once_when_it_is_cut_off(
    page: Chrome, site: Site
) -> None:
    assert met(page, site.server) < 2000
    enable_sound(page)
    seen = settled(page, TALK_AND_CUT_OFF)
    assert seen["flushMs"] <= 60
    assert seen["rms"] < 0.001
    (truncated,) = told(page, "conversation.item.truncated")
    assert truncated["audio_end_ms"] == pytest.approx(seen["spokenMs"], abs=300)
    assert truncated["audio_end_ms"] == pytest.approx(1000 * seen["audioSeconds"], abs=300)
    assert errors(page) == []


def test_video_codecs_look_like_pictures_and_lose_none(page: Chrome, site: Site) -> None:
    met(page, site.server)
    usual = look(page)[1]
    for codec in ("h264", "vp8"):
        met(page, site.server, video={"codec": codec})
        (begun,) = told(page, "conversation")
        assert begun["codec"] == codec
        assert pictures_a_second(page) >= 20
        assert stats(page)["dropped"] < 5
        assert look(page)[1] == pytest.approx(usual, abs=6)
    assert errors(page) == []


def test_a_conversation_goes_on_after_its_connection_was_lost(page: Chrome, site: Site) -> None:
    with way_to(site.port) as way:
        met(page, f"http://localhost:{way.server_address[1]}", video={"codec": "auto"})
        page.execute_script("client.sendText('What can I do when my host has not come?')")
        until(page, lambda: turns(page), 10)
        before = len(page.execute_script("return pictureTimes"))
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 10)
        assert [(each["resumed"], each["codec"]) for each in told(page, "conversation")] == [
            (False, "h264"),
            (True, "h264"),
        ]
        assert pictures_a_second(page) >= 20
        times = page.execute_script("return pictureTimes")
        assert len(times) > before
        assert all(earlier < later for earlier, later in pairwise(times))

        until(page, lambda: told(page, "response.done"), 15)
        page.execute_script("client.sendText('What is the wifi password?')")
        until(page, lambda: len(turns(page)) == 2, 10)
        assert turns(page)[1] > turns(page)[0]
        settled(page, "await client.disconnect();")
    assert all("/v1/realtime - Failed to load" in message for message in errors(page))


def test_motions_come_in_place_of_pictures(page: Chrome, site: Site) -> None:
    met(page, site.server, motion=True, video=None)
    sizes = settled(page, COUNT_MOTION)
    assert set(sizes) == {58}
    assert 60 <= len(sizes) <= 84
    assert stats(page)["shown"] == 0
    assert errors(page) == []


def test_the_camera_sends_pictures_until_it_is_switched_off(page: Chrome, site: Site) -> None:
    met(page, site.server)
    settled(page, "await client.setCamera(true);")
    assert settled(page, COUNT_SENT_PICTURES, 2000) >= 12
    settled(page, "await client.setCamera(false);")
    assert [each["state"] for each in told(page, "device")] == ["asking", "on", "off"]
    assert settled(page, COUNT_SENT_PICTURES, 300) == 0
    assert errors(page) == []


def test_a_refused_microphone_is_a_problem_that_is_told(site: Site) -> None:
    with visited(site, "--deny-permission-prompts") as page:
        met(page, site.server)
        refused = settled(page, "await client.setMicrophone(true);")
        assert refused == {"rejected": "permission_refused"}
        states = [(each["device"], each["state"], each["code"]) for each in told(page, "device")]
        assert states == [
            ("microphone", "asking", None),
            ("microphone", "refused", "permission_refused"),
        ]
        assert errors(page) == []
