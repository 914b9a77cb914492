"""The landmark editor: its application, and its page in a browser."""

import json
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from avatar.rendering.bundle import load_bundle
from pipelines.editing.server import create_app
from pipelines.editing.workshop import Workshop
from tests.pipelines.chromium import complaints, needs_chromium, opened, served, until


@pytest.fixture
def client(ana_copy: Path) -> Generator[TestClient]:
    with TestClient(create_app(Workshop(ana_copy))) as client:
        yield client


def picture(client: TestClient, t: float) -> np.ndarray:
    data = client.get("/api/frame.jpg", params={"t": t}).content
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.astype(int)


def test_moving_a_landmark_changes_what_the_avatar_does(client: TestClient) -> None:
    bundle = client.get("/api/bundle").json()
    assert (bundle["name"], bundle["size"]) == ("ana", 512)
    before = picture(client, 1.15)
    assert np.abs(picture(client, 0.0) - before).max() > 60
    groups = bundle["groups"]
    groups["mouth_corners"][0][0] -= 20
    assert client.put("/api/landmarks", json={"groups": groups}).json() == {"moved": True}
    assert np.abs(picture(client, 1.15) - before).max() > 20
    assert client.get("/api/bundle").json()["groups"] == groups


def test_saving_writes_the_landmarks_and_nothing_else(client: TestClient, ana_copy: Path) -> None:
    others = {p.name: p.read_bytes() for p in ana_copy.iterdir() if p.name != "landmarks.json"}
    groups = client.get("/api/bundle").json()["groups"]
    groups["jaw"][5][1] += 4
    client.put("/api/landmarks", json={"groups": groups})
    assert client.post("/api/save").json() == {"saved": "landmarks.json"}
    assert json.loads((ana_copy / "landmarks.json").read_text())["groups"] == groups
    assert load_bundle(ana_copy).landmarks["jaw"][5, 1] == pytest.approx(groups["jaw"][5][1])
    assert others == {
        p.name: p.read_bytes() for p in ana_copy.iterdir() if p.name != "landmarks.json"
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda g: g.pop("jaw"), "jaw"),
        (lambda g: g["jaw"].pop(), "must have shape"),
        (lambda g: g["iris_left"][0].__setitem__(0, 900), "leaves the picture"),
        (lambda g: g.update(ear=[[1, 2]]), "unknown landmark group"),
        (lambda g: g["upper_lip"][2].__setitem__(1, 500), "lips cross"),
    ],
)
def test_landmarks_that_cannot_be_are_refused_in_words(
    client: TestClient, change: object, says: str
) -> None:
    groups = client.get("/api/bundle").json()["groups"]
    assert callable(change)
    change(groups)
    answer = client.put("/api/landmarks", json={"groups": groups})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert picture(client, 0.5).shape == (512, 512, 3)


@pytest.mark.parametrize("body", [b"", b"{", b'{"groups": 1}', b'{"groups": {"jaw": [[1]]}}'])
def test_bodies_that_are_none_are_refused(client: TestClient, body: bytes) -> None:
    assert client.put("/api/landmarks", content=body).status_code == 422
    assert client.get("/api/frame.jpg", params={"t": "nan"}).status_code == 422


@pytest.mark.browser
@needs_chromium
def test_a_point_is_dragged_undone_and_moved_by_keys(ana_copy: Path) -> None:
    with served("avatar", "edit", str(ana_copy)) as address, opened(address) as page:
        until(page, lambda: page.find_elements(By.TAG_NAME, "circle"), 10)

        def corner(page: Chrome) -> list[float]:
            return page.execute_script("return window.editor.groups().mouth_corners[0]")

        dot = page.find_element(By.CSS_SELECTOR, "circle[data-group=mouth_corners]")
        start = corner(page)
        ActionChains(page).drag_and_drop_by_offset(dot, -30, 12).perform()
        dragged = corner(page)
        assert dragged[0] < start[0] - 10
        assert dragged[1] > start[1] + 4
        until(page, lambda: "Not saved" in page.find_element(By.ID, "said").text, 10)
        page.find_element(By.ID, "undo").click()
        assert corner(page) == start
        dot = page.find_element(By.CSS_SELECTOR, "circle[data-group=mouth_corners]")
        page.execute_script("arguments[0].focus()", dot)
        dot.send_keys(Keys.ARROW_UP * 3)
        assert corner(page)[1] == pytest.approx(start[1] - 1.5)
        page.find_element(By.ID, "save").click()
        until(page, lambda: "Saved" in page.find_element(By.ID, "said").text, 10)
        width = "return document.getElementById('result').naturalWidth"
        until(page, lambda: page.execute_script(width) == 512, 10)
        assert complaints(page) == []
    saved = json.loads((ana_copy / "landmarks.json").read_text())["groups"]
    assert saved["mouth_corners"][0][1] == pytest.approx(start[1] - 1.5, abs=0.01)
