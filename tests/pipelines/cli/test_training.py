"""From a recipe to a talking generator, as a person would make one."""

import json
from pathlib import Path

import numpy as np
import pytest

from avatar.generator.package import load_generator
from avatar.metrics.report import NAMES
from tests.avatar.generator.streams import ticks
from tests.avatar.generator.test_learned import stream
from tests.pipelines.cli.command import refusal, visavis

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tiny")]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the recipe `tiny`."""
    folder = tmp_path_factory.mktemp("runs")
    said = visavis("train", "motion", "--recipe", "tiny", "-o", str(folder), "--threads", "1")
    assert "next: visavis export" in said.stdout
    return folder / "tiny"


@pytest.fixture(scope="module")
def exported(tiny: Path) -> Path:
    folder = tiny.parent / "generator"
    visavis("export", str(tiny), "-o", str(folder), "--networks")
    return folder


def test_a_run_leaves_everything_to_look_at(tiny: Path) -> None:
    stages = {json.loads(line)["stage"] for line in (tiny / "log.jsonl").read_text().splitlines()}
    assert stages == {"forcing", "preference", "distillation-1", "distillation-2"}
    assert (tiny / "curves.png").stat().st_size > 5000
    for name in ("base", "aligned", "student", "codec"):
        assert (tiny / f"{name}.pt").is_file()


def test_a_finished_run_is_not_done_again(tiny: Path) -> None:
    before = (tiny / "student.pt").stat().st_mtime_ns
    visavis("train", "motion", "--resume", str(tiny), "--threads", "1")
    assert (tiny / "student.pt").stat().st_mtime_ns == before


def test_the_exported_generator_runs_at_any_block(exported: Path) -> None:
    for block in (1, 2, 5):
        made = load_generator(exported, block=block)
        motions, _ = stream(made, ticks(21, look_ahead=made.look_ahead + block - 1))
        assert np.isfinite(motions).all()


def test_an_evaluation_holds_every_figure_of_every_method(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    visavis(
        *("evaluate", "--model", str(exported), "--minutes", "0.3", "--seed", "3"),
        *("--json", str(out), "--plots", str(tmp_path / "plots")),
    )
    table = json.loads(out.read_text())
    for method in (
        *("model", "truth", "rule_based", "before_dpo", "after_dpo"),
        *("user_dropped", "swapped_partner"),
    ):
        assert set(NAMES) <= set(table[method]), method
    assert table["truth"]["lip_jaw_corr"] == pytest.approx(1)
    assert table["truth"]["reaction_f1"] in (None, 1.0)
    assert table["model"]["fd_exp"] > table["truth"]["fd_exp"]
    assert (tmp_path / "plots" / "case-0.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "motion"), "give either --recipe, to begin, or --resume DIR, to go on"),
        (("train", "motion", "--recipe", "huge"), "no recipe 'huge'"),
        (("train", "motion", "--resume", "nowhere"), "nowhere holds no run"),
        (("export", "nowhere", "-o", "out"), "nowhere holds no run"),
        (("evaluate", "--model", "nobody"), "there is no generator 'nobody'"),
        (("evaluate", "--split", "test"), "there is no split 'test'; known: train, held out voice"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], message: str) -> None:
    assert message in refusal(*arguments)


def test_a_generator_of_another_version_is_refused(exported: Path, tmp_path: Path) -> None:
    card = json.loads((exported / "config.json").read_text())
    for change, message in (
        ({"format": 99}, "is of another version: format 1 is needed"),
        ({"codec": {}}, "is not whole"),
        ({"network": {**card["network"], "depth": "four"}}, "is not whole"),
    ):
        (tmp_path / "config.json").write_text(json.dumps({**card, **change}))
        (tmp_path / "step.onnx").write_bytes((exported / "step.onnx").read_bytes())
        assert message in refusal("bench", "generator", "--model", str(tmp_path))
