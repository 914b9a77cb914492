"""What keeps the house easy to see."""

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "avatar", "pipelines")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
BANNED_NAMES = ("utils", "helpers", "manager", "common", "misc")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


def test_names_say_what_is_inside() -> None:
    assert [name_of(path) for path in SOURCES if path.stem in BANNED_NAMES] == []


def test_the_top_level_is_fixed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert folders <= {*PACKAGES, "examples", "tests", "benchmarks", "docs", ".ci"}


@pytest.mark.parametrize(
    "module",
    ["avatar.offline", "avatar.avatar", "avatar.generator.rules", "avatar.rendering.warp",
     "avatar.voices.espeak", "pipelines.cli"],
)  # fmt: skip
def test_the_live_path_loads_neither_torch_nor_pipecat(module: str) -> None:
    program = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in json.loads(shown.stdout)}
    assert loaded.isdisjoint({"torch", "pipecat"})


def test_the_wire_protocol_loads_next_to_nothing() -> None:
    program = "import sys, json, agent.protocol.media; print(json.dumps(sorted(sys.modules)))"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in json.loads(shown.stdout)}
    assert loaded.isdisjoint({"numpy", "torch", "pipecat", "avatar", "pipelines", "asyncio"})


def test_every_page_that_is_linked_exists() -> None:
    import re

    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


@pytest.mark.slow
def test_the_wheel_holds_the_three_packages_and_the_faces(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("visavis-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert "avatar/assets/bundles/ana.avatar/portrait.png" in names
    assert "avatar/py.typed" in names
    for source in (path for package in PACKAGES for path in (ROOT / package).rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            assert source.relative_to(ROOT).as_posix() in names


@pytest.mark.slow
def test_the_first_example_draws_a_conversation(tmp_path: Path) -> None:
    audio = ROOT / "examples" / "audio"
    out = tmp_path / "conversation.mp4"
    subprocess.run(
        [sys.executable, "examples/01_render_offline.py",
         str(audio / "question.wav"), str(audio / "answer.wav"), str(out)],
        cwd=ROOT, check=True,
    )  # fmt: skip
    assert out.stat().st_size > 100_000
