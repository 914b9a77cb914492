"""Logs as lines for programs."""

import json
from collections.abc import Generator

import pytest
from loguru import logger

from pipelines.logs import log_to_terminal


@pytest.fixture(autouse=True)
def _as_before() -> Generator[None]:
    yield
    logger.remove()


def test_each_warning_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(form="json")
    logger.info("not told")
    logger.warning("the voice is gone:\n{curly} ü")
    logger.error("two")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["message"] == "the voice is gone:\n{curly} ü"
    assert first["level"] == "warning"
    assert first["where"].startswith("tests.pipelines.test_logs:")
    assert first["time"][10] == "T"
    assert (second["level"], "error" in second) == ("error", False)


def test_an_error_is_told_with_its_way_and_without_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_to_terminal(form="json")

    def fail(said: str) -> None:
        raise ValueError("a number was expected")

    try:
        fail("my name is Miller")
    except ValueError:
        logger.exception("a session ended")
    text = capsys.readouterr().err
    (line,) = map(json.loads, text.splitlines())
    assert line["error"] == "ValueError: a number was expected"
    assert len(line["trace"]) == 2
    assert "Miller" not in text


def test_lines_for_people_are_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal()
    logger.warning("careful")
    assert capsys.readouterr().err.endswith("WARNING careful\n")
