"""A plain yes and a plain no, and what is neither."""

import pytest

from agent.turns.consent import consents, says_more

TAXI = "Shall I call a taxi to the main entrance?"


@pytest.mark.parametrize(
    "text",
    ["Yes.", "yes please", "Yeah, sure.", "Of course!", "Okay, go ahead",
     "Yes, call the taxi please", "Ja.", "Ja, bitte!", "Gerne", "Ja, machen Sie das.", "Sí.",
     "Sí, por favor", "Claro", "Oui", "Oui, s'il vous plaît", "D'accord", "Um, yes", "YES"],
)  # fmt: skip
def test_a_yes(text: str) -> None:
    assert consents(text, TAXI) is True


@pytest.mark.parametrize(
    "text",
    ["No.", "No thanks", "Nope", "not now", "Don't!", "No, wait", "Nein, danke", "Bitte nicht",
     "No, gracias", "Non merci", "Stop", "Abbrechen"],
)  # fmt: skip
def test_a_no(text: str) -> None:
    assert consents(text, TAXI) is False


@pytest.mark.parametrize(
    "text",
    ["", "...", "Please", "Yes but how much is it?", "Yes no", "Yes, not now",
     "Ja, aber nicht jetzt", "Okay where are the toilets", "Is it yes?", "Where are the toilets?",
     "taxi", "call a taxi", "of course not", "I said yes to my mother yesterday", "yes " * 11,
     "Sí, pero mañana"],
)  # fmt: skip
def test_what_is_neither(text: str) -> None:
    assert consents(text, TAXI) is None


def test_a_yes_may_repeat_a_question_about_stopping() -> None:
    assert consents("Yes, cancel it", "Shall I cancel the meeting?") is True
    assert consents("Cancel", "Shall I cancel the meeting?") is None
    assert consents("No, cancel it", "Shall I cancel the meeting?") is False


def test_who_says_more_than_no_wants_an_answer() -> None:
    assert not says_more("No thank you.", answer=False)
    assert says_more("No, tell me where the toilets are first.", answer=False)
    assert not says_more("Yes, call the taxi, please.", answer=True)
    assert says_more("What?", answer=None)
