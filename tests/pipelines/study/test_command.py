"""`visavis study` as a person uses it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.study.answers import Answer, AnswerBook
from pipelines.study.plan import load_study
from pipelines.study.preparation import Source
from pipelines.study.questions import QUESTION_NAMES

COMMAND = (sys.executable, "-m", "pipelines", "study")


def visavis_study(*arguments: str, ok: bool = True) -> str:
    result = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "160"},
        check=False,
    )
    assert (result.returncode == 0) == ok, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stdout + result.stderr


def prepared(folder: Path, clips: tuple[Source, Source]) -> str:
    a, b = (f"{given.name}={given.folder}" for given in clips)
    return visavis_study("prepare", str(folder), "--a", a, "--b", b, "--catch", "1")


@pytest.mark.slow
def test_from_clips_to_figures(folder: Path, tmp_path: Path, clips: tuple[Source, Source]) -> None:
    assert "4 pairs, 1 of them catch trials" in prepared(folder, clips)
    assert "holds a study already" in visavis_study(
        "prepare", str(folder), "--a", f"x={tmp_path}", "--b", f"y={tmp_path}", ok=False
    )
    assert "no answers to report" in visavis_study("report", str(folder), ok=False)
    book = AnswerBook(folder)
    for code in ("P1", "P2", "P3"):
        for trial in load_study(folder).trials:
            verdicts = dict.fromkeys(QUESTION_NAMES, "tie" if trial.catch else "b")
            book.add(
                Answer.model_validate(
                    {"participant": code, "trial": trial.id, "left": trial.left,
                     "seconds": 9, "verdicts": verdicts}
                )
            )  # fmt: skip
    book.close()
    out = tmp_path / "figures.json"
    shown = visavis_study("report", str(folder), "--json", str(out))
    assert "100.0% (100–100)" in shown
    assert "participants: 3, finished: 3, left out: 0; catch trials failed: 0 of 3" in shown
    figures = json.loads(out.read_text())
    assert figures["b"] == "Aphelion"
    assert figures["questions"]["overall"]["b"] == {"share": 1.0, "low": 1.0, "high": 1.0}
    assert figures["questions"]["overall"]["sign_p_participants"] == pytest.approx(0.25)


@pytest.mark.slow
def test_what_cannot_be_served_is_said(
    folder: Path, tmp_path: Path, clips: tuple[Source, Source]
) -> None:
    prepared(folder, clips)
    assert "visavis study prepare" in visavis_study("serve", str(tmp_path), ok=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        shown = visavis_study("serve", str(folder), "--port", port, ok=False)
    assert "choose another with --port" in shown
