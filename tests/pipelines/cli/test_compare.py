"""Pictures that are compared from the command line."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.pipelines.cli.command import SHOWN, refusal


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """Two pictures, and the same ten levels lighter."""
    pictures = np.random.default_rng(0).integers(0, 200, (2, 96, 96, 3), np.uint8)
    for name, lighter in (("a", 0), ("b", 10)):
        (tmp_path / name).mkdir()
        for index, picture in enumerate(pictures):
            cv2.imwrite(str(tmp_path / name / f"{index}.png"), picture + np.uint8(lighter))
    return str(tmp_path / "a"), str(tmp_path / "b")


def test_plain_figures_need_no_file_and_others_say_which(folders: tuple[str, str]) -> None:
    said = CliRunner().invoke(app, ["compare", *folders, "--json"], env=SHOWN).output
    result = json.loads(said.splitlines()[-1])
    assert result["pictures"] == 2
    assert result["figures"].keys() == {"psnr", "ssim", "perceptual"}
    assert abs(result["figures"]["psnr"] - 10 * np.log10(255**2 / 100)) < 1e-6
    assert 0.99 < result["figures"]["ssim"] < 1
    assert result["figures"]["perceptual"] < 0.001, "light has no edges"
    assert result["notes"].keys() == {"fid", "fvd", "csim", "lse", "lpips"}
    assert "FID needs --features inception=FILE: TorchScript of Inception v3" in said


def test_networks_that_are_no_files_are_refused(folders: tuple[str, str]) -> None:
    given = ("compare", *folders, "--features")
    assert "given as NETWORK=FILE, not 'inception'" in refusal(*given, "inception")
    assert "gone.pt: no such file; i3d is TorchScript of I3D" in refusal(*given, "i3d=gone.pt")
    assert "no network 'vgg' to measure with; known: inception" in refusal(*given, "vgg=a.pt")
