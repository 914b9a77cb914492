"""The admin page as axe-core judges it, logged out and in."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.conformance.test_kiosk_page import FINDINGS, OPTIONS
from tests.pipelines.chromium import needs_chromium, opened, text, until
from tests.pipelines.kiosk.admin_desk import PASSCODE, PHONE, Kiosk

pytestmark = [pytest.mark.browser, pytest.mark.realtime, needs_chromium]


@pytest.mark.parametrize("theme", [(), ("--force-dark-mode",)], ids=["light", "dark"])
def test_nothing_is_wrong_with_it(
    packages: Path, monkeypatch: pytest.MonkeyPatch, theme: tuple[str, ...]
) -> None:
    monkeypatch.setenv("VISAVIS_PASSCODE", PASSCODE)
    axe = (packages / "node_modules" / "axe-core" / "axe.min.js").read_text()
    kiosk = Kiosk(faults=("microphone",), problems=("hours.md:3: expected an answer",))
    with kiosk.served() as address, opened(address, *theme, size=PHONE) as page:
        page.set_script_timeout(30)
        page.execute_script(axe)

        def wrong() -> list[Any]:
            passes, violations = page.execute_async_script(FINDINGS, OPTIONS)
            assert passes > 10
            return violations

        passcode = page.find_element(By.ID, "passcode")
        until(page, passcode.is_displayed)
        assert wrong() == []
        passcode.send_keys("barley", Keys.ENTER)
        until(page, lambda: text(page, "notice") != "")
        assert wrong() == []
        passcode.send_keys(PASSCODE, Keys.ENTER)
        until(page, page.find_element(By.ID, "desk").is_displayed)
        assert wrong() == []
        page.find_element(By.CSS_SELECTOR, "[data-action=restart]").click()
        until(page, page.find_element(By.ID, "sure").is_displayed)
        assert wrong() == []
