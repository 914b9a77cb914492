"""The browser SDK as a package: its types, its size in a bundle, what npm would publish."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pipelines.live import ROOT

SDK = ROOT / "agent" / "client" / "browser"
SCRIPTS = sorted(path.name for path in SDK.glob("*.js"))
WORKLETS = ("capture-worklet.js", "playback-worklet.js")

MOST_BYTES = 30_000

with_packages = pytest.mark.realtime


@with_packages
def test_its_comments_are_types(packages: Path, tmp_path: Path) -> None:
    tsc = packages / "node_modules" / ".bin" / "tsc"
    command = [tsc, "-p", SDK, "--outDir", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    assert re.search(r"export \{[^}]*\bVisavisClient\b", (tmp_path / "index.d.ts").read_text())
    typed = {path.name.removesuffix(".d.ts") for path in tmp_path.iterdir()}
    assert typed == {name.removesuffix(".js") for name in SCRIPTS if name not in WORKLETS}


@with_packages
def test_a_bundle_of_it_is_small(packages: Path, tmp_path: Path) -> None:
    esbuild = packages / "node_modules" / ".bin" / "esbuild"
    entries = [SDK / name for name in ("index.js", *WORKLETS)]
    options = ("--bundle", "--minify", "--format=esm", f"--outdir={tmp_path}", "--log-level=error")
    subprocess.run([esbuild, *entries, *options], check=True, timeout=120)
    bundles = {path.name: len(gzip.compress(path.read_bytes())) for path in tmp_path.iterdir()}
    assert bundles.keys() == {"index.js", *WORKLETS}
    assert sum(bundles.values()) <= MOST_BYTES


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_npm_would_publish_the_modules_and_nothing_else() -> None:
    done = subprocess.run(
        ["npm", "pack", "--dry-run", "--json", "--ignore-scripts"],
        cwd=SDK,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    (package,) = json.loads(done.stdout)
    files = {each["path"] for each in package["files"]}
    assert {name for name in files if not name.startswith("types/")} == {
        *SCRIPTS,
        "README.md",
        "package.json",
    }


def test_it_needs_no_other_package() -> None:
    known = json.loads((SDK / "package.json").read_text())
    assert not [name for name in known if "ependencies" in name]
    assert known["files"] == ["*.js", "types/*.d.ts", "README.md"]
