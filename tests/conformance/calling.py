"""Pages that call with pipecat's own JavaScript client, in headless Chromium."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.pipelines.chromium import opened, until

EVENTS = (
    "userTranscript",
    "botOutput",
    "botStartedSpeaking",
    "botStoppedSpeaking",
    "serverMessage",
)


@contextmanager
def visited(address: str, *arguments: str) -> Generator[Chrome]:
    """The page in a browser with a camera; `window.told` is what its client told."""
    devices = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with opened(address, *devices, *arguments) as page:
        page.execute_script(
            "window.told = Object.fromEntries(arguments[0].map((name) => [name, []]));"
            "for (const name in told) client.on(name, (data) => told[name].push(data ?? null));",
            EVENTS,
        )
        yield page


def told(page: Chrome, name: str) -> list[Any]:
    return page.execute_script("return told[arguments[0]]", name)


def messages(page: Chrome, kind: str) -> list[dict[str, Any]]:
    return [each for each in told(page, "serverMessage") if each["type"] == kind]


def states(page: Chrome) -> list[str]:
    return [each["state"] for each in messages(page, "avatar.state")]


def said(page: Chrome) -> str:
    """All that the bot began to say."""
    return " ".join(each["text"] for each in told(page, "botOutput"))


def start(page: Chrome) -> None:
    page.find_element(By.ID, "start").click()
    until(page, lambda: page.execute_script("return client.state") == "ready", 15)


def awaited(page: Chrome, promise: str) -> Any:
    """What a promise of the page becomes; an error of RTVI by its text."""
    return page.execute_async_script(
        f"const done = arguments[0]; {promise}.then(done, (error) =>"
        " done({rejected: error.data?.error ?? error.message}));"
    )


def picture(page: Chrome) -> tuple[int, float, list[int]]:
    """The width of the video, its time, and what it shows."""
    return page.execute_script(
        """
        const video = document.querySelector("video");
        const context = new OffscreenCanvas(64, 64).getContext("2d");
        context.drawImage(video, 0, 0, 64, 64);
        const shown = [...context.getImageData(0, 0, 64, 64).data];
        return [video.videoWidth, video.currentTime, shown];
        """
    )


def assert_moving(page: Chrome) -> None:
    until(page, lambda: picture(page)[0] == 512, 10)
    _, then, before = picture(page)
    time.sleep(1)
    _, now, after = picture(page)
    assert now - then > 0.5
    assert len(set(after)) > 50
    assert np.mean(np.abs(np.subtract(after, before)) > 4) > 0.005


def loudness(page: Chrome) -> float:
    """Energy of the bot's sound so far."""
    return awaited(
        page,
        "client.transport.pc.getStats().then((all) => [...all.values()]"
        ".find((one) => one.type === 'inbound-rtp' && one.kind === 'audio').totalAudioEnergy)",
    )
