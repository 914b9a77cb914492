"""`visavis checkpoint`: from files like the official ones to networks, without the real weights."""

from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli.output import console
from tests.pipelines.cli.command import SHOWN, refusal

pytestmark = pytest.mark.xdist_group("transformers")

NOT_COMMERCIAL = "under CC BY-NC 4.0: not for commercial use"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of pytest's says how wide it is, and the console believes it for good."""
    monkeypatch.setattr(console, "width", 200)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, env=SHOWN)
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("official")
    assert "of random weights" in said("checkpoint", "imitate", str(folder), "--small")
    return folder


def test_converting_shows_what_is_there_and_its_licence(folder: Path) -> None:
    shown = said("checkpoint", "convert", str(folder))
    assert NOT_COMMERCIAL in shown
    assert f"found {folder / 'flow_transformer.pth'} (0.9 MB)" in shown
    rows = [row for row in shown.splitlines() if "│" in row]
    assert [row.split("│")[1].strip() for row in rows] == ["autoencoder", "generator", "speech"]
    for row, count, licence in zip(
        rows, (54_484, 207_424, 16_848), ("CC BY-NC 4.0", "CC BY-NC 4.0", "Apache-2.0"), strict=True
    ):
        assert f"{count:,}" in row
        assert licence in row
    assert f"{folder / 'converted'}: 1.1 MB in " in shown


def test_it_is_told_where_a_converted_folder_is_from(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    said("checkpoint", "convert", str(folder), "--out", str(out), "--heads", "4")
    shown = said("checkpoint", "info", str(out))
    digest = sha256((folder / "motion_autoencoder.pth").read_bytes()).hexdigest()
    assert f"from motion_autoencoder.pth (0.3 MB, sha256 {digest})" in shown
    assert "width 64, 4 heads, 2 blocks, clip 50, block 10" in shown
    assert NOT_COMMERCIAL in shown


def test_what_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    assert "without motion_autoencoder.pth and flow_transformer.pth" in refusal(
        "checkpoint", "convert", str(tmp_path)
    )
    assert "visavis checkpoint convert makes one" in refusal("checkpoint", "info", str(tmp_path))
    assert "twice 5 heads" in refusal("checkpoint", "convert", str(folder), "--heads", "5")
