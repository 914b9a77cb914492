"""Real servers, what talks with them (stock packages, a page in a browser), and a question."""

import re
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
import soxr
from selenium.webdriver import Chrome

from tests.conformance.hosting import SMALL, hosted, serving, write_microphone
from tests.conformance.sdk_page import FAKE_DEVICES, Site, fresh_tab
from tests.pipelines.chromium import opened
from tests.pipelines.live import ROOT
from tests.pipelines.live.conftest import Server, started, stopped
from tests.pipelines.live.visitor import spoken

RATE = 24_000

UNREACHABLE = re.compile(
    r"npm error (?:code|errno) (E(?:NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|HOSTUNREACH|NETUNREACH"
    r"|SOCKETTIMEDOUT|IDLETIMEOUT|5\d\d)|ERR_SOCKET_TIMEOUT)"
)


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    """One server for all tests."""
    running = started(*SMALL, "--resume", "0")
    yield running
    stopped(running)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of `npm/package-lock.json`; no script of theirs was run."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).parent / "npm" / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries", "0"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("the registry of npm did not answer within 120 s")
    if done.returncode and (why := UNREACHABLE.search(done.stderr)):
        pytest.skip(f"the registry of npm did not answer: {why[1]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def question(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A spoken sentence as OpenAI's events carry it, without the silence at its ends."""
    pcm = spoken("Where can I park my car?", tmp_path_factory.mktemp("question"))
    return soxr.resample(pcm, 16_000, RATE).astype(np.int16).tobytes()


@pytest.fixture(scope="package")
def site() -> Generator[Site]:
    """The example page of the browser SDK and a server for it, for all tests of the SDK."""
    with hosted(ROOT / "examples" / "05_web_page") as origin, serving(origin) as running:
        yield Site(origin, running.port)


@pytest.fixture(scope="package")
def browser(question: bytes, tmp_path_factory: pytest.TempPathFactory) -> Generator[Chrome]:
    """One browser for all tests of the SDK, whose microphone hears the question."""
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    write_microphone(path, question, RATE, after_s=2)
    arguments = ("--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={path}")
    with opened("about:blank", FAKE_DEVICES, *arguments) as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser: Chrome, site: Site) -> Generator[Chrome]:
    """The example page, when its client has connected."""
    with fresh_tab(browser, site) as page:
        yield page
