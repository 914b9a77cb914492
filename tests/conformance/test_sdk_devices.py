"""What tests of the browser SDK have found."""

import time

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.conformance.sdk_page import met, settled, stats, told, way_to
from tests.conformance.test_sdk_javascript import (
    Site,
    enable_sound,
    microphone,  # noqa: F401
    page,  # noqa: F401
    site,  # noqa: F401
    visited,
)
from tests.pipelines.chromium import until
from tests.pipelines.live.conftest import started, stopped

pytestmark = pytest.mark.browser

ASK = "client.sendText('What can I do when my host has not come?');"
UNPLUG = "client.microphone.stop(); client.microphone.dispatchEvent(new Event('ended'));"
PLUG = "navigator.mediaDevices.dispatchEvent(new Event('devicechange')); await pause(1500);"


def states(page: Chrome) -> list[str]:
    return [each["state"] for each in told(page, "device")]


def test_a_client_that_has_left_may_come_again(page: Chrome, site: Site) -> None:
    met(page, site.server)
    shown = settled(
        page,
        "await client.disconnect(); const before = client.stats.shown; await client.connect();"
        "await pause(1500); return client.stats.shown - before;",
    )
    assert shown > 20


def test_connecting_ends_one_way_or_the_other(page: Chrome, site: Site) -> None:
    met(page, site.server)
    ended = settled(
        page,
        "const late = () => pause(3000).then(() => 'never');"
        "const twice = await Promise.race([client.connect(), late()]);"
        "await client.disconnect();"
        "const given_up = client.connect().catch((error) => error.name);"
        "await client.disconnect();"
        "return [twice ?? 'connected', await Promise.race([given_up, late()])];",
    )
    assert ended == ["connected", "AbortError"]


def test_sound_that_a_later_gesture_allows_is_told(site: Site) -> None:
    with visited(site) as page:
        page.execute_script(
            "window.sounds = []; client.on('sound', ({ state }) => sounds.push(state));"
            "document.querySelector('canvas').onclick = () => client.enableSound();"
        )
        settled(page, "await client.enableSound(); await pause(200);")
        assert page.execute_script("return sounds").pop() == "waiting"
        page.find_element(By.TAG_NAME, "canvas").click()
        until(page, lambda: page.execute_script("return client.player.soundEnabled"), 5)
        time.sleep(0.3)
        assert page.execute_script("return sounds").pop() == "on"


def test_a_new_conversation_keeps_the_codec(page: Chrome, site: Site) -> None:
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt")
    other = started(*options, "--generator", "rules", "--origin", site.origin)
    with way_to(site.port) as way:
        met(page, f"http://localhost:{way.server_address[1]}", video={"codec": "auto"})
        way.port = other.port
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 15)
        assert [(each["resumed"], each["codec"]) for each in told(page, "conversation")] == [
            (False, "h264"),
            (False, "h264"),
        ]
        settled(page, "await client.disconnect();")
    stopped(other)


def test_a_turn_that_is_cut_off_after_a_loss_is_truncated(page: Chrome, site: Site) -> None:
    with way_to(site.port) as way:
        met(page, f"http://localhost:{way.server_address[1]}")
        enable_sound(page)
        page.execute_script(ASK)
        until(page, lambda: stats(page)["audioSeconds"] > 0.7, 10)
        way.cut()
        until(page, lambda: len(told(page, "conversation")) == 2, 10)
        time.sleep(1)
        page.execute_script("client.interrupt()")
        time.sleep(1)
        heard = stats(page)["audioSeconds"]
        (truncated,) = told(page, "conversation.item.truncated")
        assert truncated["audio_end_ms"] == pytest.approx(1000 * heard, abs=300)
        settled(page, "await client.disconnect();")


@pytest.mark.parametrize(
    "leave", ["await client.setMicrophone(false)", "await client.disconnect()"]
)
def test_a_microphone_that_is_off_stays_off(page: Chrome, site: Site, leave: str) -> None:
    met(page, site.server)
    on = settled(
        page,
        f"await client.setMicrophone(true); {UNPLUG} {leave}; {PLUG} return client.microphone.on;",
    )
    assert on is False


def test_a_microphone_that_comes_back_is_taken_up(page: Chrome, site: Site) -> None:
    met(page, site.server)
    on = settled(
        page, f"await client.setMicrophone(true); {UNPLUG} {PLUG} return client.microphone.on;"
    )
    assert on is True
    assert states(page) == ["asking", "on", "ended", "asking", "on"]


@pytest.mark.parametrize("device", ["Camera", "Microphone"])
def test_what_is_switched_off_while_it_begins_stays_off(
    page: Chrome, site: Site, device: str
) -> None:
    met(page, site.server)
    on = settled(
        page,
        f"await client.enableSound(); const on = client.set{device}(true); await pause(0);"
        f" await client.set{device}(false); await on; await pause(300);"
        f" return client.{device.lower()}.on;",
    )
    assert on is False
    assert states(page) == ["asking", "off"]
