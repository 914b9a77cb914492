"""The verb `fetch` where no hub can be reached."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli.fetch import fetch
from pipelines.fetch import FetchError


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path / "models"))
    app = typer.Typer()
    app.command()(fetch)
    return app


def test_a_dry_run_shows_licences_and_places_and_changes_nothing(
    app: typer.Typer, tmp_path: Path
) -> None:
    shown = CliRunner().invoke(app, ["recommended", "--dry-run"])
    assert shown.exit_code == 0
    assert shown.stdout.count("licence: MIT") == 2
    assert f"{tmp_path / 'models' / 'whisper' / 'base'}" in shown.stdout
    assert "faster-whisper-base" in shown.stdout
    assert "en_US-lessac-medium.onnx.json" in shown.stdout
    assert not (tmp_path / "models").exists()


def test_what_is_there_is_not_fetched_again(app: typer.Typer, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "piper"
    folder.mkdir(parents=True)
    for name in ("en_US-lessac-medium.onnx", "en_US-lessac-medium.onnx.json"):
        (folder / name).write_text("content")
    shown = CliRunner().invoke(app, ["piper"])
    assert shown.exit_code == 0
    assert "is there already" in shown.stdout


def test_an_unknown_model_is_refused(app: typer.Typer) -> None:
    assert isinstance(CliRunner().invoke(app, ["parrot"]).exception, FetchError)
