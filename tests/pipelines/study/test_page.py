"""The page in headless Chromium: a participant answers a study of two pairs."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipelines.study.answers import read_answers
from pipelines.study.plan import course, load_study
from pipelines.study.preparation import Source, prepare
from tests.pipelines.chromium import complaints, needs_chromium, opened, served, until

pytestmark = [pytest.mark.browser, pytest.mark.page, needs_chromium]


@pytest.fixture
def two_pairs(tmp_path: Path, folder: Path, clip_writer: Callable[..., None]) -> Path:
    """A study of two pairs of clips of two seconds."""
    sources = [Source(name, tmp_path / name) for name in ("Perihelion", "Aphelion")]
    for shade, given in enumerate(sources):
        for index in range(2):
            clip_writer(given.folder / f"{index}.mp4", 40 + 20 * index + 90 * shade, ticks=50)
    prepare(folder, *sources, seed=1, catch=0)
    return folder


@pytest.fixture
def address(two_pairs: Path) -> Generator[str]:
    with served("study", "serve", str(two_pairs)) as address:
        yield address


@pytest.fixture
def page(address: str) -> Generator[Chrome]:
    with opened(address, size=(1280, 1000)) as browser:
        yield browser


def begin(page: Chrome, code: str) -> None:
    page.find_element(By.ID, "code").send_keys(code)
    page.find_element(By.ID, "start").click()


def answerable(page: Chrome) -> bool:
    return page.find_element(By.CSS_SELECTOR, ".question input").is_enabled()


def place(page: Chrome) -> str:
    return page.find_element(By.ID, "place").text


def press(page: Chrome, keys: str) -> None:
    page.switch_to.active_element.send_keys(keys)


def test_two_pairs_are_answered_by_keys_and_mouse_and_resumed(
    page: Chrome, address: str, two_pairs: Path
) -> None:
    begin(page, "P1")
    until(page, lambda: place(page) == "Pair 1 of 2")
    assert not answerable(page)
    apart: list[float] = []
    until(page, lambda: apart.append(page.execute_script("return pair.apart")) or answerable(page))
    assert max(map(abs, apart[len(apart) // 2 :])) < 0.12
    press(page, "12312")
    assert len(page.find_elements(By.CSS_SELECTOR, ".question input:checked")) == 5
    press(page, Keys.ENTER)
    until(page, lambda: place(page) == "Pair 2 of 2")
    assert page.find_elements(By.CSS_SELECTOR, ".question input:checked") == []

    page.refresh()
    assert page.find_element(By.ID, "code").get_attribute("value") == "P1"
    page.find_element(By.ID, "start").click()
    until(page, lambda: place(page) == "Pair 2 of 2")
    until(page, lambda: answerable(page))
    next_pair = page.find_element(By.ID, "next")
    assert not next_pair.is_enabled()
    for choice in page.find_elements(By.CSS_SELECTOR, '.question input[value="right"]'):
        page.execute_script("arguments[0].click()", choice)
    next_pair.click()
    until(page, lambda: page.find_element(By.ID, "thanks").is_displayed())

    study, answers = load_study(two_pairs), read_answers(two_pairs)
    first, second = course(study, "P1")
    choices = ("left", "tie", "right", "left", "tie")
    assert list(answers[0].verdicts.values()) == [first.verdict(choice) for choice in choices]
    assert set(answers[1].verdicts.values()) == {second.verdict("right")}
    assert all(1.5 < answer.seconds < 30 for answer in answers)
    assert complaints(page) == []
    assert "helion" not in page.page_source.lower()


def test_one_sound_is_heard_at_a_time_unless_both_are_wanted(page: Chrome) -> None:
    def muted() -> list[bool]:
        return page.execute_script("return [left.muted, right.muted]")

    begin(page, "P2")
    until(page, lambda: place(page) == "Pair 1 of 2" and muted() == [False, True])
    press(page, "s")
    assert muted() == [False, False]
    press(page, "s")
    assert muted() == [True, False]
    until(page, lambda: answerable(page))
    page.find_element(By.ID, "replay").click()
    until(page, lambda: page.execute_script("return !left.ended && left.currentTime > 0"))
    assert muted() == [True, False]


def test_a_code_with_a_path_is_told(page: Chrome) -> None:
    page.execute_script("document.getElementById('code').removeAttribute('pattern')")
    begin(page, "../x")
    problem = page.find_element(By.ID, "problem")
    until(page, problem.is_displayed)
    assert "letters, digits" in problem.text
    assert page.find_element(By.ID, "welcome").is_displayed()
