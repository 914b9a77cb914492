"""The browser SDK in a page of another origin, in headless Chromium."""

import shutil
from itertools import pairwise
from statistics import median

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conformance.sdk_page import (
    FAKE_DEVICES,
    LEAST_PICTURES,
    QUESTION,
    Site,
    device_states,
    enable_sound,
    look,
    met,
    pictures_a_second,
    settled,
    stats,
    told,
    visit,
    way_to,
)
from tests.pipelines.chromium import complaints, needs_chromium, opened, text, until

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

TALK_AND_CUT_OFF = """
client.sendText(given[0]);
while (client.stats.audioSeconds === 0) await pause(5);
const begun = performance.now();
await pause(1000);
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


def errors(page: Chrome) -> list[str]:
    """What the console complains of, but for the icon that the example does not have."""
    told = [each["message"] for each in complaints(page)]
    return [message for message in told if "/favicon.ico" not in message]


def turns(page: Chrome) -> list[int]:
    created = told(page, "response.created")
    return [int(each["response"]["metadata"]["turn"]) for each in created]


def test_a_spoken_question_is_answered_aloud_by_the_example(page: Chrome) -> None:
    until(page, lambda: LEAST_PICTURES <= pictures_a_second(page, 1) < 28, 15)
    assert look(page)[0] > 300
    page.find_element(By.ID, "talk").click()
    until(page, lambda: "assistant: " in text(page, "said"), 25)
    until(page, lambda: stats(page)["audioSeconds"] > 1, 10)
    assert len(text(page, "said")) > len("assistant: ") + 20
    assert errors(page) == []


def test_a_head_is_seen_soon_and_is_silent_at_once_when_it_is_cut_off(
    page: Chrome, site: Site
) -> None:
    seen_ms, silent_ms, wrong_ms = zip(*(cut_off(page, site) for _ in range(3)), strict=True)
    assert min(seen_ms) < 2000
    assert min(silent_ms) <= 60
    assert median(wrong_ms) <= 300
    assert errors(page) == []


def cut_off(page: Chrome, site: Site) -> tuple[float, float, float]:
    """Milliseconds until a head is seen; until it is silent when it is cut off; and by which the
    server is wrong about how much of its answer was heard.
    """
    joined = met(page, site.server)
    enable_sound(page)
    seen = settled(page, TALK_AND_CUT_OFF, QUESTION)
    assert seen["rms"] < 0.001
    (truncated,) = told(page, "conversation.item.truncated")
    heard = (seen["spokenMs"], 1000 * seen["audioSeconds"])
    return joined, seen["flushMs"], max(abs(truncated["audio_end_ms"] - each) for each in heard)


def test_video_codecs_look_like_pictures_and_lose_few(page: Chrome, site: Site) -> None:
    met(page, site.server)
    usual = look(page)[1]
    for codec in ("h264", "vp8"):
        met(page, site.server, video={"codec": codec})
        (begun,) = told(page, "conversation")
        assert begun["codec"] == codec
        assert pictures_a_second(page) >= LEAST_PICTURES
        assert stats(page)["dropped"] < stats(page)["shown"] / 5
        assert look(page)[1] == pytest.approx(usual, abs=6)
    assert errors(page) == []


def test_a_conversation_goes_on_after_its_connection_was_lost(page: Chrome, site: Site) -> None:
    with way_to(site.port) as way:
        met(page, way.address, video={"codec": "auto"})
        page.execute_script("client.sendText(arguments[0])", QUESTION)
        until(page, lambda: turns(page), 10)
        before = len(page.execute_script("return pictureTimes"))
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 10)
        assert [(each["resumed"], each["codec"]) for each in told(page, "conversation")] == [
            (False, "h264"),
            (True, "h264"),
        ]
        assert pictures_a_second(page) >= LEAST_PICTURES
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
    assert 3 * LEAST_PICTURES <= len(sizes) <= 84
    assert stats(page)["shown"] == 0
    assert errors(page) == []


def test_the_camera_sends_pictures_until_it_is_switched_off(page: Chrome, site: Site) -> None:
    met(page, site.server)
    settled(page, "await client.setCamera(true);")
    assert settled(page, COUNT_SENT_PICTURES, 2000) >= 8
    settled(page, "await client.setCamera(false);")
    assert device_states(page, "camera") == ["asking", "on", "off"]
    assert settled(page, COUNT_SENT_PICTURES, 300) == 0
    assert errors(page) == []


def test_a_refused_microphone_is_a_problem_that_is_told(site: Site) -> None:
    with opened("about:blank", FAKE_DEVICES, "--deny-permission-prompts") as page:
        visit(page, site)
        met(page, site.server)
        refused = settled(page, "await client.setMicrophone(true);")
        assert refused == {"rejected": "permission_refused"}
        states = [(each["device"], each["state"], each["code"]) for each in told(page, "device")]
        assert states == [
            ("microphone", "asking", None),
            ("microphone", "refused", "permission_refused"),
        ]
        assert errors(page) == []
