"""The kiosk's page as others judge it: axe-core in each state, and the compiler of types."""

import json
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import cv2
import pytest
from selenium.webdriver import Chrome

from agent.protocol.events.avatar import AvatarState
from agent.protocol.events.kiosk import (
    KioskCalled,
    KioskConfirm,
    KioskHint,
    KioskSources,
    VisitState,
)
from avatar.motion import ARKIT58
from avatar.rendering.warp import WarpRenderer
from pipelines.pages import PAGE, SDK
from tests.pipelines.chromium import needs_chromium, opened, text, until
from tests.pipelines.kiosk.page.reception import HOUSE, Reception
from tests.pipelines.kiosk.page.screening import POLICIES, choose, press, seen, shows, sized

OPTIONS = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "EN-301-549")
    ],
    "resultTypes": ["violations"],
}

FINDINGS = """
const done = arguments[arguments.length - 1];
axe.run(document, arguments[0]).then(({ violations, passes }) =>
  done([passes.length, violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))]));
"""


@pytest.fixture(scope="module")
def axe(packages: Path) -> str:
    return (packages / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def reception(renderer: WarpRenderer) -> Generator[Reception]:
    drawn, _ = renderer.render(ARKIT58.rest, None)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
    running = Reception(jpeg.tobytes())
    yield running
    running.close()


@pytest.fixture(scope="module")
def window() -> Generator[Chrome]:
    with opened("about:blank", *POLICIES) as browser:
        yield browser


@pytest.fixture
def kiosk(window: Chrome, reception: Reception, axe: str) -> Generator[Chrome]:
    """The page with axe-core in it."""
    sized(window, 1080, 1920)
    window.get(reception.address)
    until(window, lambda: reception.told("session.update"), 10)
    until(window, lambda: text(window, "begin") == "Touch the screen or speak", 10)
    window.execute_script(axe)
    yield window
    window.get("about:blank")


def found(page: Chrome) -> list[str]:
    """What axe-core finds wrong, when nothing moves."""
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]},
    )
    page.set_script_timeout(30)
    passes, violations = page.execute_async_script(FINDINGS, OPTIONS)
    assert passes > 15
    return violations


axed = [pytest.mark.browser, pytest.mark.realtime, needs_chromium]


class TestAccessibility:
    pytestmark = axed

    @pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["upright", "lying"])
    @pytest.mark.parametrize(
        "state", ["attract", "noticed", "greeting", "conversing", "farewell", "reset"]
    )
    def test_states(
        self, kiosk: Chrome, reception: Reception, state: VisitState, size: tuple[int, int]
    ) -> None:
        sized(kiosk, *size)
        reception.be(state)
        until(kiosk, lambda: shows(kiosk, state), 5)
        reception.hears("Where is the meeting room?")
        reception.says("It is on the second floor.")
        assert found(kiosk) == []

    def test_everything_at_once(self, kiosk: Chrome, reception: Reception) -> None:
        reception.be("conversing", "fr", faults=("camera", "voice", "load"))
        until(kiosk, lambda: shows(kiosk, "conversing"), 5)
        reception.hears("Bonjour")
        reception.tell(
            KioskHint(),
            KioskCalled(outcome="failed"),
            KioskSources(sources=("rooms.md",)),
            AvatarState(state="listening", turn=0, media_time_us=0),
        )
        until(kiosk, lambda: text(kiosk, "called") != "", 5)
        assert found(kiosk) == []

    def test_choices(self, kiosk: Chrome, reception: Reception) -> None:
        reception.be("conversing")
        until(kiosk, lambda: shows(kiosk, "conversing"), 5)
        choose(kiosk, contrast=True, button=True, size=3, still=True)
        assert found(kiosk) == []

    @pytest.mark.parametrize("name", ["settings", "call"])
    def test_dialogs(self, kiosk: Chrome, reception: Reception, name: str) -> None:
        reception.be("conversing")
        until(kiosk, lambda: shows(kiosk, "conversing"), 5)
        press(kiosk, name)
        assert found(kiosk) == []

    def test_confirmation(self, kiosk: Chrome, reception: Reception) -> None:
        reception.be("conversing")
        until(kiosk, lambda: shows(kiosk, "conversing"), 5)
        reception.tell(KioskConfirm(id="1", text="Open the gate?", expires_s=30))
        until(kiosk, lambda: seen(kiosk, "confirm-dialog"), 5)
        assert found(kiosk) == []

    def test_letters_on_the_screen(self, kiosk: Chrome, reception: Reception) -> None:
        reception.be("conversing", "de")
        until(kiosk, lambda: shows(kiosk, "conversing"), 5)
        kiosk.execute_script(
            "document.getElementById('keyboard').hidden = false;"
            "document.body.toggleAttribute('data-writing', true);"
        )
        assert found(kiosk) == []

    def test_away(self, kiosk: Chrome, reception: Reception) -> None:
        reception.close()
        until(kiosk, lambda: seen(kiosk, "away"), 5)
        assert found(kiosk) == []

    def test_a_light_house(self, kiosk: Chrome, reception: Reception, axe: str) -> None:
        reception.screen = HOUSE.model_copy(
            update={"background": "#f3efe6", "colour": "#7a1f2b", "layout": "low"}
        )
        kiosk.refresh()
        until(kiosk, lambda: text(kiosk, "house") == "Hafenhaus", 5)
        kiosk.execute_script(axe)
        reception.be("conversing", faults=("load",))
        until(kiosk, lambda: text(kiosk, "faults") != "", 5)
        assert found(kiosk) == []


def configuration(folder: Path) -> dict[str, Any]:
    """How the compiler reads the page's modules: as the SDK's, without writing anything."""
    known = json.loads((SDK / "tsconfig.json").read_text())
    options = known["compilerOptions"] | {"noEmit": True, "emitDeclarationOnly": False}
    options["declaration"] = False
    return {"compilerOptions": options, "include": [str(folder / "web" / "kiosk" / "*.js")]}


@pytest.mark.realtime
def test_its_comments_are_types(packages: Path, tmp_path: Path) -> None:
    shutil.copytree(PAGE, tmp_path / "web")
    shutil.copytree(SDK, tmp_path / "sdk")
    (tmp_path / "tsconfig.json").write_text(json.dumps(configuration(tmp_path)))
    tsc = packages / "node_modules" / ".bin" / "tsc"
    done = subprocess.run(
        [tsc, "-p", tmp_path], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
