"""What the page is served, what it may send, and that nothing tells the methods."""

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipelines.study.answers import AnswerBook, AnswersFull, read_answers
from pipelines.study.plan import Study, course
from pipelines.study.questions import QUESTION_NAMES
from pipelines.study.server import PAGE, create_app


@pytest.fixture
def client(study: Study, folder: Path) -> Generator[TestClient]:
    with TestClient(create_app(study, folder, AnswerBook(folder))) as opened:
        yield opened


def sent(participant: str, trial: str, choice: str = "left", **change: Any) -> dict[str, Any]:
    choices = dict.fromkeys(QUESTION_NAMES, choice)
    return {
        "participant": participant, "trial": trial, "seconds": 4.5, "choices": choices, **change,
    }  # fmt: skip


def progress(client: TestClient, participant: str) -> dict[str, Any]:
    answer = client.get("/api/progress", params={"participant": participant})
    assert answer.status_code == 200
    return answer.json()


def test_a_participant_goes_through_all_pairs_in_the_own_order(
    client: TestClient, study: Study, folder: Path
) -> None:
    expected = [showing.trial.id for showing in course(study, "P1")]
    now = progress(client, "P1")
    assert now == {
        "answered": 0, "total": 5, "trial": expected[0], "following": expected[1],
    }  # fmt: skip
    for trial in expected:
        assert now["trial"] == trial
        now = client.post("/api/answers", json=sent("P1", trial)).json()
    assert now == {"answered": 5, "total": 5, "trial": None, "following": None}
    for showing, kept in zip(course(study, "P1"), read_answers(folder), strict=True):
        assert (kept.trial, kept.left, kept.seconds) == (showing.trial.id, showing.left, 4.5)
        assert set(kept.verdicts.values()) == {showing.left}


def test_a_participant_goes_on_where_the_last_server_stopped(study: Study, folder: Path) -> None:
    with TestClient(create_app(study, folder, AnswerBook(folder))) as client:
        first = progress(client, "P1")
        client.post("/api/answers", json=sent("P1", first["trial"]))
    with TestClient(create_app(study, folder, AnswerBook(folder))) as client:
        now = progress(client, "P1")
        assert (now["answered"], now["trial"]) == (1, first["following"])
        assert progress(client, "P2")["answered"] == 0


def test_sides_are_served_as_the_course_says(
    client: TestClient, study: Study, folder: Path
) -> None:
    for code in ("P1", "P2", "P3"):
        for showing in course(study, code):
            for side in ("left", "right"):
                served = client.get(
                    f"/api/clips/{showing.trial.id}/{side}", params={"participant": code}
                )
                assert served.headers["content-type"] == "video/mp4"
                assert served.content == (folder / "clips" / showing.file(side)).read_bytes()


def test_nothing_served_names_a_method_a_clip_or_a_file(client: TestClient, study: Study) -> None:
    trial = progress(client, "P1")["trial"]
    pages = [f"/page/{path.name}" for path in PAGE.iterdir()]
    answers = [client.get(address) for address in ("/", "/page/base.css", "/api/questions", *pages)]
    answers += [
        client.get("/api/progress", params={"participant": "P1"}),
        client.get(f"/api/clips/{trial}/left", params={"participant": "P1"}),
        client.get("/api/clips/none/left", params={"participant": "P1"}),
        client.post("/api/answers", json=sent("P1", trial)),
        client.post("/api/answers", json=sent("P1", trial, "right")),
        client.post("/api/answers", json={"participant": "P1"}),
    ]
    assert [answer.status_code for answer in answers[-4:]] == [404, 200, 409, 422]
    secrets = {study.a, study.b, "visavis", "scene"}
    secrets |= {file for each in study.trials for file in (each.a, each.b)}
    for answer in answers:
        shown = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        if answer.headers["content-type"] != "video/mp4":
            shown += answer.text
        assert [secret for secret in secrets if secret.lower() in shown.lower()] == []


@pytest.mark.parametrize("code", ["../../etc", "a/b", "a\\b", "", "x" * 40, "a b", "<b>"])
def test_a_code_that_could_be_a_path_is_refused(
    client: TestClient, code: str, folder: Path
) -> None:
    asked = client.get("/api/progress", params={"participant": code})
    given = client.post("/api/answers", json=sent(code, "0" * 12))
    for answer in (asked, given):
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("A code has 1 to 32")
    assert read_answers(folder) == []


def test_wrong_answers_are_refused(client: TestClient, folder: Path) -> None:
    trial = progress(client, "P1")["trial"]
    good = sent("P1", trial)
    missing = dict.fromkeys(QUESTION_NAMES[1:], "tie")
    other = {**missing, "colour": "tie"}
    refused = {
        404: [sent("P1", "0123456789ab"), sent("P1", "../study.json")],
        422: [
            sent("P1", trial, "a"),
            {**good, "choices": missing},
            {**good, "choices": other},
            {**good, "seconds": -1},
            {**good, "seconds": 1e9},
            {**good, "more": 1},
            {},
        ],
    }
    for status, bodies in refused.items():
        for body in bodies:
            assert client.post("/api/answers", json=body).status_code == status, body
    text = {"Content-Type": "application/json"}
    for body in ("nonsense", '{"seconds": NaN}', "[]"):
        assert client.post("/api/answers", content=body, headers=text).status_code == 422
    assert read_answers(folder) == []
    assert progress(client, "P1")["answered"] == 0


def test_a_double_submission_counts_once(client: TestClient, folder: Path) -> None:
    trial = progress(client, "P1")["trial"]
    first = client.post("/api/answers", json=sent("P1", trial))
    again = client.post("/api/answers", json=sent("P1", trial, seconds=9.0))
    other = client.post("/api/answers", json=sent("P1", trial, "right"))
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert again.json() == first.json()
    assert len(read_answers(folder)) == 1


def test_a_full_disk_is_told_to_the_participant_who_can_try_again(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_book: AnswerBook, _line: bytes) -> None:
        raise AnswersFull("no room")

    trial = progress(client, "P1")["trial"]
    with monkeypatch.context() as patched:
        patched.setattr(AnswerBook, "_append", full)
        refused = client.post("/api/answers", json=sent("P1", trial))
    assert refused.status_code == 507
    assert "could not be saved" in refused.json()["detail"]
    assert client.post("/api/answers", json=sent("P1", trial)).json()["answered"] == 1


def test_the_page_is_whole_and_asks_nobody_else(client: TestClient) -> None:
    html = client.get("/").text
    targets = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(targets) >= 5
    for path in PAGE.glob("*.js"):
        targets += [f"page/{name}" for name in re.findall(r'from "\./([^"]+)"', path.read_text())]
    assert [each for each in targets if client.get(f"/{each}").status_code != 200] == []
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    asked = re.findall(r'\belement\("([^"]+)"\)', (PAGE / "study.js").read_text())
    assert len(asked) > 10
    assert set(asked) <= set(ids)
    for path in PAGE.iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert len(text.splitlines()) <= 300
        assert re.findall(r"(?:https?:)?//[\w-]+\.\w+", text) == []
