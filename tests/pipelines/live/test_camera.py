"""The page with a camera that shows a person who smiles and nods: the avatar does so too."""

from collections.abc import Generator
from math import pi, sin
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from avatar.clock import FPS
from avatar.motion import ARKIT58
from avatar.rendering.warp import WarpRenderer
from tests.pipelines.chromium import complaints, needs_chromium, opened, until
from tests.pipelines.live.conftest import Server

pytestmark = [pytest.mark.browser, needs_chromium]

WIDTH, HEIGHT, SIDE = 640, 480, 440
LOOP_S = 9.0
PATIENCE_S = 150
"""A listener answers some nods with a nod and others with its brows: these are sixteen."""
SMILE = {"mouthSmile": 1.0, "cheekSquint": 0.6, "eyeSquint": 0.3}

COLLECT = """
window.seen = [];
window.visavis.session.on("avatar.reaction", (event) => window.seen.push(event));
"""


def performance(t: float) -> dict[str, float]:
    """At rest, a smile from 3 s to 5 s, two nods from 6 s on."""
    if 3 <= t < 5:
        share = min(1.0, (t - 3) / 0.3, (5 - t) / 0.3)
        return {name: share * value for name, value in SMILE.items()}
    if 6 <= t < 6 + 2 / 1.6:
        return {"headPitch": -0.17 * max(0.0, sin(2 * pi * 1.6 * (t - 6)))}
    return {}


@pytest.fixture(scope="module")
def film(renderer: WarpRenderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera shows, over and over."""
    path = tmp_path_factory.mktemp("camera") / "camera.y4m"
    chance = np.random.default_rng(0)
    wall = cv2.resize(
        chance.integers(90, 170, (12, 16, 3), dtype=np.uint8), (WIDTH, HEIGHT)
    ).astype(np.float32)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FPS}:1 Ip C420jpeg\n".encode())
        for index in range(round(LOOP_S * FPS)):
            drawn, _ = renderer.render(ARKIT58.vector(performance(index / FPS)), None)
            scene = wall.copy()
            left = (WIDTH - SIDE) // 2
            person = cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            scene[HEIGHT - SIDE :, left : left + SIDE] = person
            scene += chance.normal(0, 3, (HEIGHT, WIDTH, 1))
            picture = np.clip(scene, 0, 255).astype(np.uint8)
            file.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


@pytest.fixture
def page(server: Server, film: Path) -> Generator[Chrome]:
    with opened(
        f"http://localhost:{server.port}/",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ) as browser:
        yield browser


def reactions(page: Chrome) -> list[dict[str, Any]]:
    return page.execute_script("return window.seen")


def test_a_smile_is_smiled_at_and_a_nod_is_nodded_at(page: Chrome) -> None:
    until(page, lambda: page.execute_script("return window.visavis.stats.shown") > 5, 10)
    page.execute_script(COLLECT)
    page.find_element(By.ID, "camera").click()

    def answered(kind: str, cause: str) -> bool:
        return any(e["kind"] == kind and e["cause"] == cause for e in reactions(page))

    until(page, lambda: answered("smile", "user_smile"), PATIENCE_S)
    until(page, lambda: answered("nod", "user_nod"), PATIENCE_S)
    smiles = [e for e in reactions(page) if e["cause"] == "user_smile" and e["kind"] == "smile"]
    assert all(event["latency_ms"] <= 1300 for event in smiles)
    assert complaints(page) == []
