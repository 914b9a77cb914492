"""A conversation at the desk: each reply follows from the turns alone."""

import pytest

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import RECEPTION, Knowledge, load_knowledge
from agent.knowledge.page import Entry
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder
from benchmarks.knowledge import held_out

CHARGE = ("Can I charge my electric car?", "Where can I charge my phone?")


@pytest.fixture(scope="module")
def desk() -> Responder:
    return Responder(load_knowledge(RECEPTION))


def talk(desk: Responder, *said: str) -> list[Reply]:
    """The replies to what the user says, turn after turn."""
    turns: list[ChatTurn] = []
    replies: list[Reply] = []
    for text in said:
        turns.append(ChatTurn("user", text))
        replies.append(desk.reply(turns))
        turns.append(ChatTurn("assistant", replies[-1].text))
    return replies


@pytest.mark.parametrize("asked", ["When are you open?", "what are your opening hours"])
def test_the_opening_hours_are_known(desk: Responder, asked: str) -> None:
    (reply,) = talk(desk, asked)
    assert reply.kind is ReplyKind.ANSWER
    assert reply.entries == ("When are you open?",)
    assert "half past seven" in reply.text


def test_every_listed_question_gets_its_answer(desk: Responder) -> None:
    for entry in load_knowledge(RECEPTION).within("en"):
        for asked in (entry.question, *entry.phrasings):
            (reply,) = talk(desk, asked.lower().rstrip("?"))
            assert reply.text == entry.answer.removeprefix("{open_now} "), asked
            assert reply.sources == (f"{entry.question} ({entry.source.split(':')[0]})",)


def test_what_was_said_names_its_sources(desk: Responder) -> None:
    answer, offer = talk(desk, "when are you open", "who painted the mona lisa")
    assert desk.sources(answer.text) == ("When are you open? (arriving.md)",)
    assert desk.sources(f"Well. {answer.text} Anything else?") == answer.sources
    assert desk.sources(offer.text) == ()
    assert desk.sources(answer.text[:40]) == (), "it was cut short before it said anything"


def test_equal_turns_give_an_equal_reply_and_wordings_change(desk: Responder) -> None:
    first = talk(desk, "tell me a joke", "sing a song", "who is the president of france")
    assert first == talk(desk, "tell me a joke", "sing a song", "who is the president of france")
    assert len({reply.text for reply in first}) == 3
    assert all(reply.kind is ReplyKind.OFFER_COLLEAGUE for reply in first)
    assert all(reply.text.endswith("Shall I call a colleague?") for reply in first)


@pytest.mark.parametrize("yes", ["yes", "Yes, please!", "uh yeah sure", "okay", "please do"])
def test_a_colleague_is_called_after_yes(desk: Responder, yes: str) -> None:
    assert talk(desk, "tell me a joke", yes)[1].kind is ReplyKind.CALL_COLLEAGUE


@pytest.mark.parametrize("no", ["no", "No, thank you.", "not now", "nope"])
def test_no_colleague_is_called_after_no(desk: Responder, no: str) -> None:
    assert talk(desk, "tell me a joke", no)[1].kind is ReplyKind.SMALL_TALK


def test_yes_alone_calls_nobody(desk: Responder) -> None:
    assert talk(desk, "yes")[0].kind is ReplyKind.SMALL_TALK
    assert talk(desk, "where is the lift", "yes")[1].kind is ReplyKind.SMALL_TALK


def test_an_answer_of_the_author_may_offer_a_colleague(desk: Responder) -> None:
    answer, call = talk(desk, "somebody has fainted", "yes")
    assert answer.kind is ReplyKind.ANSWER
    assert call.kind is ReplyKind.CALL_COLLEAGUE


@pytest.mark.parametrize(
    "said",
    ["I want to talk to a human", "can I speak to someone please", "a real person please",
     "could you call a colleague"],
)  # fmt: skip
def test_whoever_asks_for_a_person_gets_one(desk: Responder, said: str) -> None:
    assert talk(desk, said)[0].kind is ReplyKind.CALL_COLLEAGUE


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ("yes", CHARGE[:1]),
        ("the first one please", CHARGE[:1]),
        ("the second one", CHARGE[1:]),
        ("um the second", CHARGE[1:]),
        ("no the second one", CHARGE[1:]),
        ("both", CHARGE),
        ("the car", CHARGE[:1]),
        ("my phone", CHARGE[1:]),
        ("phone", CHARGE[1:]),
    ],
)
def test_a_choice_between_two_is_understood(
    desk: Responder, choice: str, chosen: tuple[str, ...]
) -> None:
    asked, reply = talk(desk, "charge", choice)
    assert asked.kind is ReplyKind.DID_YOU_MEAN
    assert asked.entries == CHARGE
    assert "can I charge my electric car? Or: where can I charge my phone?" in asked.text
    assert (reply.kind, reply.entries) == (ReplyKind.ANSWER, chosen)


def test_neither_leads_to_a_colleague(desk: Responder) -> None:
    kinds = [reply.kind for reply in talk(desk, "charge", "neither", "yes")]
    assert kinds[1:] == [ReplyKind.OFFER_COLLEAGUE, ReplyKind.CALL_COLLEAGUE]


def test_another_question_is_answered_instead_of_a_choice(desk: Responder) -> None:
    reply = talk(desk, "charge", "where is the cloakroom")[1]
    assert reply.entries == ("Where can I leave my coat?",)


def test_only_what_was_heard_of_a_choice_counts(desk: Responder) -> None:
    turns = [
        ChatTurn("user", "charge"),
        ChatTurn("assistant", "Did you mean: can I charge my electric car?"),
        ChatTurn("user", "yes"),
    ]
    assert desk.reply(turns).entries == CHARGE[:1]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("hello", "help you"),
        ("good morning", "help you"),
        ("thank you very much", "welcome"),
        ("okay thanks bye", "Goodbye"),
        ("how are you", "thank you."),
        ("who are you", "an AI"),
        ("are you a real person", "an AI"),
        ("what can you do", "finding your way"),
        ("help me please", "finding your way"),
    ],
)
def test_small_talk(desk: Responder, said: str, word: str) -> None:
    replies = [talk(desk, *[said] * count)[-1] for count in (1, 2, 3)]
    assert {(reply.kind, reply.entries) for reply in replies} == {(ReplyKind.SMALL_TALK, ())}
    assert any(word in reply.text for reply in replies)


def test_it_says_plainly_that_it_is_an_ai(desk: Responder) -> None:
    for count in range(1, 5):
        reply = talk(desk, *["what are you"] * count)[-1]
        assert "I am an AI" in reply.text


def test_courtesy_around_a_question_is_no_small_talk(desk: Responder) -> None:
    reply = talk(desk, "Hello, good morning! Where is the lift, please? Thank you.")[0]
    assert reply.entries == ("Where is the lift?",)


def test_the_best_of_several_questions_is_answered(desk: Responder) -> None:
    reply = talk(desk, "who won the match and where can I leave my coat")[0]
    assert reply.entries == ("Where can I leave my coat?",)


def test_it_repeats_what_was_heard(desk: Responder) -> None:
    answer, again = talk(desk, "where is the lift", "could you repeat that please")
    assert (again.kind, again.text) == (ReplyKind.REPEAT, answer.text)
    assert talk(desk, "say that again")[0].kind is ReplyKind.REPEAT


@pytest.mark.parametrize("noise", ["", "   ", "uh um", "?!", "1 2 3", "the"])
def test_noise_is_asked_for_again_and_then_a_colleague_is_offered(
    desk: Responder, noise: str
) -> None:
    first, second = talk(desk, noise, noise)
    assert first.kind is ReplyKind.SAY_AGAIN
    assert "again" in first.text or "once more" in first.text
    assert second.kind is ReplyKind.OFFER_COLLEAGUE


def test_nobody_spoke_yet(desk: Responder) -> None:
    assert desk.reply([]).kind is ReplyKind.SMALL_TALK


def test_a_question_in_two_pieces_is_put_together(desk: Responder) -> None:
    turns = [ChatTurn("user", "where can I leave my"), ChatTurn("user", "coat and my bag")]
    assert desk.reply(turns).entries == ("Where can I leave my coat?",)


def test_what_cannot_be_known_is_not_answered(desk: Responder) -> None:
    _, reported = held_out()
    outside = [question.text for question in reported if question.entry is None]
    answered = [text for text in outside if talk(desk, text)[0].kind is ReplyKind.ANSWER]
    assert len(answered) <= 1, answered


def test_an_author_may_answer_what_is_small_talk_elsewhere() -> None:
    desk = Responder(Knowledge((Entry("Who are you?", "I am Ana, an AI."),)))
    assert talk(desk, "who are you")[0].text == "I am Ana, an AI."
    assert talk(desk, "hello")[0].kind is ReplyKind.SMALL_TALK
    assert talk(desk, "where is the lift")[0].kind is ReplyKind.OFFER_COLLEAGUE


def test_a_very_long_turn_is_answered(desk: Responder) -> None:
    reply = talk(desk, "well you know " * 2000 + "where is the cloakroom")[0]
    assert reply.entries == ("Where can I leave my coat?",)


def test_a_language_without_pages_is_refused() -> None:
    entry = Entry("Where is the lift?", "Here.")
    with pytest.raises(KnowledgeError, match=r"'de'.*found it in: en"):
        Responder(Knowledge((entry,)), "de")
