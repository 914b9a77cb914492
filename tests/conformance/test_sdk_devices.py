"""A page that comes and goes: connections, gestures and devices of the browser SDK."""

import shutil

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conformance.sdk_page import (
    QUESTION,
    Site,
    device_states,
    enable_sound,
    fresh_tab,
    met,
    settled,
    stats,
    told,
    way_to,
)
from tests.pipelines.chromium import needs_chromium, until

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

LATE_PIECE_MS = 40
"""What a piece of sound that comes after its time leaves unheard, at most."""

UNPLUG = "client.microphone.stop(); client.microphone.dispatchEvent(new Event('ended'));"
PLUG = "navigator.mediaDevices.dispatchEvent(new Event('devicechange'));"

CONNECT_TWICE_AND_GIVE_UP = """
const late = () => pause(3000).then(() => "never");
const twice = await Promise.race([client.connect(), late()]);
await client.disconnect();
const givenUp = client.connect().catch((error) => error.name);
await client.disconnect();
return [twice ?? "connected", await Promise.race([givenUp, late()])];
"""

COME_AGAIN = """
await client.disconnect();
const before = client.stats.shown;
await client.connect();
while (client.stats.shown < before + 10) await pause(20);
return client.state;
"""

REMEMBER_NO_CONVERSATION = """
window.parse = JSON.parse;
JSON.parse = (text) => parse(text.replace(/("resume_token": *)"[^"]+"/, '$1"foreign"'));
"""

CHANGE_OF_MIND = """
await client.enableSound();
const begun = client.set%(device)s(true);
await pause(0);
await client.set%(device)s(false);
await begun;
await pause(300);
return client.%(name)s.on;
"""


def test_connecting_ends_one_way_or_the_other(page: Chrome, site: Site) -> None:
    met(page, site.server)
    assert settled(page, CONNECT_TWICE_AND_GIVE_UP) == ["connected", "AbortError"]


def test_a_client_that_has_left_may_come_again(page: Chrome, site: Site) -> None:
    met(page, site.server)
    assert settled(page, COME_AGAIN) == "connected"


def test_sound_that_a_later_gesture_allows_is_told(browser: Chrome, site: Site) -> None:
    with fresh_tab(browser, site) as page:
        page.execute_script(
            "window.sounds = []; client.on('sound', ({ state }) => sounds.push(state));"
            "document.querySelector('canvas').onclick = () => client.enableSound();"
        )
        settled(page, "await client.enableSound(); await pause(200);")
        assert page.execute_script("return sounds.at(-1)") == "waiting"
        page.find_element(By.TAG_NAME, "canvas").click()
        until(page, lambda: page.execute_script("return sounds.at(-1)") == "on", 5)
        assert page.execute_script("return client.player.soundEnabled") is True


def test_a_new_conversation_keeps_the_codec(page: Chrome, site: Site) -> None:
    with way_to(site.port) as way:
        page.execute_script(REMEMBER_NO_CONVERSATION)
        met(page, way.address, video={"codec": "auto"})
        page.execute_script("JSON.parse = parse;")
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 15)
        assert [(each["resumed"], each["codec"]) for each in told(page, "conversation")] == [
            (False, "h264"),
            (False, "h264"),
        ]
        settled(page, "await client.disconnect();")


def test_a_turn_that_is_cut_off_after_a_loss_is_truncated(page: Chrome, site: Site) -> None:
    def heard() -> float:
        return stats(page)["audioSeconds"]

    with way_to(site.port) as way:
        met(page, way.address)
        enable_sound(page)
        page.execute_script("client.sendText(arguments[0])", QUESTION)
        until(page, lambda: heard() > 0.7, 10)
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 10)
        before = heard()
        until(page, lambda: heard() > before + 0.5, 10)
        page.execute_script("client.interrupt()")
        until(page, lambda: told(page, "conversation.item.truncated"), 5)
        settled(page, "await pause(200);")
        (truncated,) = told(page, "conversation.item.truncated")
        late_ms = LATE_PIECE_MS * stats(page)["underruns"]
        assert truncated["audio_end_ms"] == pytest.approx(1000 * heard(), abs=300 + late_ms)
        settled(page, "await client.disconnect();")


def test_a_microphone_that_comes_back_is_taken_up_unless_it_was_switched_off(
    page: Chrome, site: Site
) -> None:
    met(page, site.server)
    settled(page, f"await client.setMicrophone(true); {UNPLUG} {PLUG}")
    taken_up = ["asking", "on", "ended", "asking", "on"]
    until(page, lambda: device_states(page, "microphone") == taken_up, 5)
    for leave in ("setMicrophone(false)", "disconnect()"):
        on = settled(
            page,
            f"await client.setMicrophone(true); {UNPLUG} await client.{leave}; {PLUG}"
            "await pause(300); return client.microphone.on;",
        )
        assert on is False
    switched_off = ["asking", "on", "ended", "off"]
    assert device_states(page, "microphone") == taken_up + 2 * switched_off


def test_what_is_switched_off_while_it_begins_stays_off(page: Chrome, site: Site) -> None:
    met(page, site.server)
    for name in ("camera", "microphone"):
        assert settled(page, CHANGE_OF_MIND % {"device": name.title(), "name": name}) is False
        assert device_states(page, name) == ["asking", "off"]
