"""A visit on the kiosk's screen: its states, what is said, pressed, asked, and forgotten."""

import time
from typing import Literal, TypeAlias

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from agent.protocol.events.avatar import AvatarState
from agent.protocol.events.caption import CaptionDelta
from agent.protocol.events.kiosk import (
    KioskCalled,
    KioskConfirm,
    KioskConfirmed,
    KioskHint,
    KioskPage,
    KioskSources,
    VisitState,
)
from pipelines.kiosk.screen import ScreenLanguage
from tests.pipelines.chromium import complaints, needs_chromium, text, until
from tests.pipelines.kiosk.page.reception import ENGLISH, FRENCH, GERMAN, HOUSE, Reception
from tests.pipelines.kiosk.page.screening import choose, heap, press, seen, shows, whole, words

CallOutcome: TypeAlias = Literal["calling", "called", "failed"]

pytestmark = [pytest.mark.browser, pytest.mark.page, needs_chromium]


def talking(page: Chrome, reception: Reception, language: str = "en") -> None:
    """A conversation has begun."""
    reception.be("conversing", language)
    until(page, lambda: shows(page, "conversing"), 5)


def test_nobody_there(page: Chrome) -> None:
    assert text(page, "house") == "Hafenhaus"
    assert text(page, "phrase") == ENGLISH.attract[0]
    until(page, lambda: text(page, "begin") == "Touch the screen or speak", 5)
    until(page, lambda: page.execute_script("return visavis.stats.shown") > 3, 5)
    assert page.title == "Hafenhaus"
    assert complaints(page) == []


@pytest.mark.parametrize(
    "state", ["attract", "noticed", "greeting", "conversing", "farewell", "reset"]
)
@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=lambda known: known.code)
def test_every_state_discloses(
    page: Chrome, reception: Reception, state: VisitState, language: ScreenLanguage
) -> None:
    reception.be(state, language.code)
    until(page, lambda: shows(page, state), 5)
    until(page, lambda: text(page, "disclosure") == language.disclosure, 5)
    assert page.execute_script("return document.documentElement.lang") == language.code
    mark = page.find_element(By.CSS_SELECTOR, ".mark")
    assert mark.is_displayed()
    assert mark.text == {"en": "AI", "de": "KI"}[language.code]


def test_a_touch_anywhere_is_told_once_a_second(page: Chrome, reception: Reception) -> None:
    begun = time.monotonic()
    while time.monotonic() < begun + 1.5:
        ActionChains(page).move_by_offset(1, 0).click().perform()
    until(page, lambda: reception.told("kiosk.touch"), 5)
    assert 1 <= len(reception.told("kiosk.touch")) <= 3


def test_the_whole_screen_begins(page: Chrome, reception: Reception) -> None:
    for x, y in ((540, 300), (40, 1200), (1040, 1300)):
        hit = page.execute_script(
            "return document.elementFromPoint(arguments[0], arguments[1]).id", x, y
        )
        assert hit == "begin"
    page.find_element(By.ID, "begin").send_keys(Keys.ENTER)
    until(page, lambda: reception.told("kiosk.touch"), 5)


def test_captions_of_both_sides_and_sources(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    reception.hears("Where is the meeting room?")
    reception.says("It is on the second floor.")
    reception.tell(KioskSources(sources=("rooms.md",)))
    until(page, lambda: text(page, "caption-user") == "You: Where is the meeting room?", 5)
    until(page, lambda: text(page, "caption-assistant") == "It is on the second floor.", 5)
    assert text(page, "sources") == "From: rooms.md"
    spoken = page.execute_script("return document.getElementById('spoken').textContent")
    assert spoken == "You: Where is the meeting room?Assistant: It is on the second floor."
    reception.hears("Thank you.")
    until(page, lambda: not seen(page, "sources"), 5)


def test_what_the_avatar_does_is_said_in_the_language_of_the_visit(
    page: Chrome, reception: Reception
) -> None:
    talking(page, reception)
    reception.tell(AvatarState(state="thinking", turn=1, media_time_us=0))
    until(page, lambda: text(page, "doing") == "Thinking", 5)
    reception.be("conversing", "de")
    until(page, lambda: text(page, "doing") == "Denkt nach", 5)


def test_a_question_is_asked_by_pressing_it_or_writing_one(
    page: Chrome, reception: Reception
) -> None:
    talking(page, reception)
    questions = page.find_elements(By.CSS_SELECTOR, "#questions button")
    assert [each.text for each in questions] == list(ENGLISH.suggestions[:4])
    questions[1].click()
    page.find_element(By.ID, "text").send_keys("Is there coffee?\n")
    until(page, lambda: len(reception.told("response.create")) == 2, 5)
    asked = [
        each["item"]["content"][0]["text"] for each in reception.told("conversation.item.create")
    ]
    assert asked == [ENGLISH.suggestions[1], "Is there coffee?"]
    assert page.find_element(By.ID, "text").get_attribute("value") == ""
    assert text(page, "caption-user") == "You: Is there coffee?"


def test_another_language_is_one_press_away(page: Chrome, reception: Reception) -> None:
    page.find_element(By.CSS_SELECTOR, '[data-code="de"]').click()
    until(page, lambda: reception.told("avatar.config.update") == [{"language": "de"}], 5)
    talking(page, reception, "de")
    until(page, lambda: text(page, "done") == "Ich bin fertig", 5)
    pressed = page.find_elements(By.CSS_SELECTOR, '.language[aria-pressed="true"]')
    assert [each.text for each in pressed] == ["Deutsch"]


def test_a_language_without_ears_is_written_and_nothing_is_listened_to(
    page: Chrome, reception: Reception
) -> None:
    talking(page, reception)
    until(page, lambda: reception.sound > 5, 5)
    talking(page, reception, "fr")
    until(page, lambda: page.execute_script("return document.body.matches('[data-other-ways]')"), 5)
    assert "Je ne comprends pas encore cette langue" in text(page, "advice")
    assert [each.text for each in page.find_elements(By.CSS_SELECTOR, "#questions button")] == list(
        FRENCH.suggestions
    )
    time.sleep(0.3)
    before = reception.sound
    time.sleep(0.5)
    assert reception.sound == before
    talking(page, reception)
    until(page, lambda: reception.sound > before + 5, 5)


def test_who_is_not_understood_is_offered_everything(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    reception.tell(KioskHint())
    until(page, lambda: text(page, "advice").startswith("Let us try another way"), 5)
    assert len(page.find_elements(By.CSS_SELECTOR, "#questions button")) == 6
    page.find_element(By.CSS_SELECTOR, "#questions button").click()
    until(page, lambda: text(page, "advice") == "", 5)


def test_a_person_is_called_after_asking(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    press(page, "call")
    press(page, "call-no")
    press(page, "call")
    assert reception.told("kiosk.call") == []
    press(page, "call-yes")
    until(page, lambda: reception.told("kiosk.call"), 5)
    said: dict[CallOutcome, str] = {
        "calling": "Calling a person …",
        "called": "A person has been told that you are here.",
        "failed": "Nobody could be reached just now.",
    }
    for outcome, shown in said.items():
        reception.tell(KioskCalled(outcome=outcome))
        until(page, lambda shown=shown: text(page, "called").startswith(shown), 5)


def test_where_nobody_can_be_called_nobody_is_offered(page: Chrome, reception: Reception) -> None:
    reception.screen = HOUSE.model_copy(update={"can_call": False})
    page.refresh()
    until(page, lambda: text(page, "house") == "Hafenhaus", 5)
    assert not seen(page, "call")


def test_consequences_wait_for_a_yes(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    for question, button in (("1", "confirm-yes"), ("2", "confirm-no")):
        reception.tell(KioskConfirm(id=question, text="Open the gate?", expires_s=20))
        until(page, lambda: seen(page, "confirm-dialog"), 5)
        assert text(page, "confirm-text") == "Open the gate?"
        press(page, button)
        assert not seen(page, "confirm-dialog")
    reception.tell(KioskConfirm(id="3", text="Open the gate?", expires_s=20))
    until(page, lambda: seen(page, "confirm-dialog"), 5)
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    until(page, lambda: len(reception.told("kiosk.answer")) == 3, 5)
    assert [each["yes"] for each in reception.told("kiosk.answer")] == [True, False, False]


def test_a_question_goes_when_it_is_settled_or_too_late(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    reception.tell(KioskConfirm(id="1", text="Open the gate?", expires_s=20))
    until(page, lambda: seen(page, "confirm-dialog"), 5)
    reception.tell(KioskConfirmed(id="other", outcome="done"))
    reception.tell(KioskConfirmed(id="1", outcome="expired"))
    until(page, lambda: not seen(page, "confirm-dialog"), 5)
    reception.tell(KioskConfirm(id="2", text="Open the gate?", expires_s=0.1))
    until(page, lambda: seen(page, "confirm-dialog"), 5)
    until(page, lambda: not seen(page, "confirm-dialog"), 5)
    assert reception.told("kiosk.answer") == []
    assert "Open the gate?" not in whole(page)


def test_done_asks_to_be_forgotten(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    press(page, "done")
    until(page, lambda: reception.told("kiosk.reset"), 5)


def test_nothing_of_a_visit_stays(page: Chrome, reception: Reception) -> None:
    talking(page, reception, "de")
    reception.hears("My name is Xanthippe.")
    reception.says("Hello Xanthippe.")
    reception.tell(
        KioskSources(sources=("xanthippe.md",)),
        KioskCalled(outcome="called"),
        KioskConfirm(id="1", text="Xanthippe?", expires_s=20),
    )
    page.execute_script("document.getElementById('text').value = 'Xanthippe'")
    until(page, lambda: whole(page).lower().count("xanthippe") >= 6, 5)
    reception.be("reset")
    until(page, lambda: shows(page, "reset"), 5)
    assert "xanthippe" not in whole(page).lower()
    assert text(page, "called") == ""
    until(page, lambda: text(page, "phrase") == "This visit has been forgotten.", 5)


def test_no_object_remembers_a_visit(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    reception.tell(
        CaptionDelta(role="assistant", text="Hello Xanthippe.", start_us=0, end_us=0),
        KioskConfirm(id="1", text="Xanthippe?", expires_s=20),
    )
    until(page, lambda: "Hello Xanthippe." in whole(page), 5)
    assert "Xanthippe" in heap(page)
    reception.be("reset")
    until(page, lambda: shows(page, "reset"), 5)
    assert "Xanthippe" not in heap(page)


def test_choices_are_the_visitors_and_go_with_them(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    before = page.execute_script(
        "return getComputedStyle(document.getElementById('done')).fontSize"
    )
    choose(page, captions=False, contrast=True, still=True, button=True, size=3)
    press(page, "mute")
    until(page, lambda: reception.told("avatar.config.update"), 5)
    assert reception.told("avatar.config.update") == [{"reactions": "composed", "intensity": 0}]
    assert not seen(page, "captions")
    assert seen(page, "talk")
    assert text(page, "mute-text") == "Sound on"
    larger = page.execute_script(
        "return getComputedStyle(document.getElementById('done')).fontSize"
    )
    assert float(larger.removesuffix("px")) > 1.3 * float(before.removesuffix("px"))
    root = "return {...document.documentElement.dataset}"
    assert page.execute_script(root).items() >= {"contrast": "more", "motion": "less"}.items()
    reception.be("reset")
    until(page, lambda: shows(page, "reset"), 5)
    talking(page, reception)
    assert (
        page.execute_script(root).items()
        >= {"contrast": "usual", "motion": "usual", "size": "1"}.items()
    )
    assert seen(page, "captions")
    assert not seen(page, "talk")
    assert text(page, "mute-text") == "Sound off"
    until(page, lambda: len(reception.told("avatar.config.update")) == 2, 5)
    assert reception.told("avatar.config.update")[1] == {"reactions": "lively"}


def turn_detection(reception: Reception) -> list[bool]:
    """Whether pauses end the visitor's turns, each time that it was said."""
    sounds = [each["session"].get("audio") for each in reception.told("session.update")]
    return [each["input"]["turn_detection"] is not None for each in sounds if each is not None]


def test_only_what_is_said_while_the_button_is_held_is_heard(
    page: Chrome, reception: Reception
) -> None:
    talking(page, reception)
    choose(page, button=True)
    until(page, lambda: turn_detection(reception) == [False], 5)
    time.sleep(0.3)
    before = reception.sound
    time.sleep(0.4)
    assert reception.sound == before
    button = page.find_element(By.ID, "talk")
    ActionChains(page).click_and_hold(button).pause(0.5).perform()
    until(page, lambda: reception.sound > before + 5, 5)
    assert text(page, "talk") == "Go on, I am listening"
    ActionChains(page).release().perform()
    until(page, lambda: reception.told("input_audio_buffer.commit") == [{}], 5)
    button.send_keys(Keys.SPACE)
    assert button.get_attribute("aria-pressed") == "true"
    button.send_keys(Keys.SPACE)
    until(page, lambda: len(reception.told("input_audio_buffer.commit")) == 2, 5)
    reception.be("reset")
    until(page, lambda: turn_detection(reception) == [False, True], 5)


def test_a_house_may_have_it_always_by_button(page: Chrome, reception: Reception) -> None:
    reception.screen = HOUSE.model_copy(update={"push_to_talk": True})
    page.refresh()
    until(page, lambda: turn_detection(reception) == [False], 5)
    until(page, lambda: text(page, "begin") == "Touch the screen", 5)
    talking(page, reception)
    assert seen(page, "talk")


def test_faults_are_said_plainly_and_block_nothing(page: Chrome, reception: Reception) -> None:
    reception.be("conversing", faults=("voice", "answers", "ears", "load"))
    until(page, lambda: len(page.find_elements(By.CSS_SELECTOR, "#faults p")) == 4, 5)
    assert "I cannot understand speech just now." in text(page, "faults")
    page.find_element(By.CSS_SELECTOR, "#questions button").click()
    until(page, lambda: reception.told("response.create"), 5)
    reception.be("conversing")
    until(page, lambda: text(page, "faults") == "", 5)


def test_on_the_lowest_rung_there_is_text(page: Chrome, reception: Reception) -> None:
    reception.pictures = False
    page.refresh()
    until(page, lambda: len(reception.told("session.update")) == 2, 5)
    reception.be("conversing", rung=5)
    until(page, lambda: shows(page, "conversing"), 5)
    reception.says("I have become quiet.")
    until(page, lambda: text(page, "caption-assistant") == "I have become quiet.", 5)
    assert not page.find_element(By.ID, "head").is_displayed()


def test_phrases_change_and_the_night_is_dim(page: Chrome, reception: Reception) -> None:
    until(page, lambda: text(page, "phrase") == ENGLISH.attract[1], 10)
    reception.be("attract", quiet=True)
    until(page, lambda: text(page, "begin") == "Touch the screen", 5)
    dimmed = "return getComputedStyle(document.getElementById('head')).filter"
    until(page, lambda: page.execute_script(dimmed) == "brightness(0.5)", 5)
    assert "Hafenhaus" in words(page)


def touch(page: Chrome, *where: WebElement) -> None:
    """A finger touches these, one after the other."""
    for place in where:
        box = place.rect
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind, points in (("touchStart", [point]), ("touchEnd", [])):
            page.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_writes_with_letters_on_the_screen(page: Chrome, reception: Reception) -> None:
    talking(page, reception)
    press(page, "text")
    assert not seen(page, "keyboard")
    touch(page, page.find_element(By.ID, "text"))
    until(page, lambda: seen(page, "keyboard"), 5)

    def key(name: str) -> WebElement:
        found = f'//div[@id="keyboard"]//button[text()="{name}" or @aria-label="{name}"]'
        return page.find_element(By.XPATH, found)

    touch(page, *(key(name) for name in ("Capital letters", "h", "i", "i", "Erase", "Space", "u")))
    until(page, lambda: page.find_element(By.ID, "text").get_attribute("value") == "Hi u", 5)
    assert page.execute_script("return document.activeElement.id") == "text"
    touch(page, page.find_element(By.ID, "send"))
    until(page, lambda: reception.told("response.create"), 5)
    assert text(page, "caption-user") == "You: Hi u"
    assert not seen(page, "keyboard")
    reception.be("conversing", "de")
    until(page, lambda: text(page, "done") == "Ich bin fertig", 5)
    touch(page, page.find_element(By.ID, "text"))
    until(page, lambda: seen(page, "keyboard"), 5)
    assert page.find_element(By.CSS_SELECTOR, ".row:nth-child(2)").text.split() == list(
        "qwertzuiopü"
    )
    touch(page, page.find_element(By.ID, "head"))
    until(page, lambda: not seen(page, "keyboard"), 5)


def test_whoever_looks_after_it_sets_how_loud_it_is_and_loads_it_anew(
    page: Chrome, reception: Reception
) -> None:
    until(page, lambda: page.execute_script("return visavis.client.state") == "connected", 5)
    reception.tell(KioskPage(volume=0.25))
    until(page, lambda: page.execute_script("return visavis.client.player.volume") == 0.25, 5)
    page.execute_script("window.before = true")
    reception.tell(KioskPage(reload=True))
    until(page, lambda: page.execute_script("return window.before === undefined"), 10)
