"""A student of official weights, as a person would have it taught."""

import re
from pathlib import Path

import pytest

from avatar.checkpoints.imitation import SMALL, write_imitation
from avatar.checkpoints.package import read_official
from avatar.nn.forcing_stream import ONE_STEP, Guidance
from tests.pipelines.cli.command import refusal, visavis

pytestmark = pytest.mark.slow


def test_a_student_is_taught_beside_its_teacher(tmp_path: Path) -> None:
    folder, runs = tmp_path / "official", tmp_path / "runs"
    write_imitation(folder, SMALL, seed=5)
    given = ("train", "student", str(folder), "--recipe", "tiny", "-o", str(runs))
    said = visavis(*given).stdout
    assert "licence of the teacher, and so of its student: CC BY-NC 4.0" in said
    found = re.findall(r"ends ([\d.]+) from where the teacher does, ([\d.]+) before", said)
    assert len(found) == 3, "one length of block each"
    assert all(float(after) < 0.75 * float(before) for after, before in found), said
    assert read_official(folder).guidance == ONE_STEP
    assert read_official(folder, student=False).guidance == Guidance()
    assert "lessons of round" not in visavis(*given).stdout, "a finished run is not done again"


def test_clips_that_are_none_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "official"
    write_imitation(folder, SMALL, seed=5)
    given = ("train", "student", str(folder), "-o", str(tmp_path), "--clips", str(tmp_path))
    assert "clips were expected: .safetensors of own, user, motion" in refusal(*given)
