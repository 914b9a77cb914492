"""The other languages: each holds the same conversation as English."""

from itertools import pairwise

import pytest

from agent.knowledge.folder import RECEPTION, Knowledge, load_knowledge
from agent.knowledge.intents import IntentReader
from agent.knowledge.languages import LANGUAGES, Intent, Phrase
from agent.knowledge.page import Entry
from agent.knowledge.rephrasing import forms
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder

KNOWLEDGE = load_knowledge(RECEPTION)
OTHERS = ("de", "es", "fr")
DESKS = {code: Responder(KNOWLEDGE, code) for code in LANGUAGES}


def talk(language: str, *said: str) -> list[Reply]:
    turns: list[ChatTurn] = []
    replies: list[Reply] = []
    for text in said:
        turns.append(ChatTurn("user", text))
        replies.append(DESKS[language].reply(turns))
        turns.append(ChatTurn("assistant", replies[-1].text))
    return replies


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_complete(code: str) -> None:
    language = LANGUAGES[code]
    assert set(language.phrases) == set(Phrase)
    assert set(language.intents) == set(Intent)
    assert "" not in language.stop_words
    for phrase, wordings in language.phrases.items():
        assert all(wording.strip() for wording in wordings), phrase
    for phrase in (Phrase.UNKNOWN, Phrase.SAY_AGAIN, Phrase.GREETING, Phrase.WHO):
        assert len(language.phrases[phrase]) >= 2, "nobody wants to hear the same twice"


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_it_is_is_said_plainly(code: str) -> None:
    artificial = {"en": "an AI", "de": "eine KI", "es": "una IA", "fr": "une IA"}[code]
    assert all(artificial in wording for wording in LANGUAGES[code].phrases[Phrase.WHO])


@pytest.mark.parametrize("code", OTHERS)
def test_every_listed_question_is_answered(code: str) -> None:
    entries = KNOWLEDGE.within(code)
    assert len(entries) >= 12
    for entry in entries:
        for asked in (entry.question, *entry.phrasings):
            (reply,) = talk(code, asked.lower().strip("?¿ "))
            assert (reply.kind, reply.entries) == (ReplyKind.ANSWER, (entry.question,)), asked
            assert reply.language == code


@pytest.mark.parametrize(
    ("code", "asked", "entry"),
    [
        ("de", "Ähm, wo finde ich denn hier bitte ein Klo?", "Wo sind die Toiletten?"),
        ("de", "wo kann ich mein Auto hinstellen", "Wo kann ich parken?"),
        ("de", "haben Sie WLAN hier", "Wie komme ich ins WLAN?"),
        ("es", "¿perdone, dónde hay un baño?", "¿Dónde están los servicios?"),
        ("es", "donde puedo estacionar mi coche", "¿Dónde puedo aparcar?"),
        ("fr", "je cherche l'ascenseur s'il vous plaît", "Où est l'ascenseur ?"),
        ("fr", "où est-ce que je peux garer ma voiture", "Où puis-je me garer ?"),
    ],
)
def test_other_wordings_are_found(code: str, asked: str, entry: str) -> None:
    assert talk(code, asked)[0].entries == (entry,)


@pytest.mark.parametrize(
    ("code", "unknown", "yes", "no"),
    [
        ("de", "Wer hat die Mona Lisa gemalt?", "Ja, bitte!", "Nein, danke."),
        ("es", "¿Quién pintó la Mona Lisa?", "Sí, por favor.", "No, gracias."),
        ("fr", "Qui a peint la Joconde ?", "Oui, s'il vous plaît.", "Non, merci."),
    ],
)
def test_a_colleague_is_offered_and_called(code: str, unknown: str, yes: str, no: str) -> None:
    offer, call = talk(code, unknown, yes)
    assert offer.kind is ReplyKind.OFFER_COLLEAGUE
    assert offer.text.endswith(LANGUAGES[code].offer)
    assert call.kind is ReplyKind.CALL_COLLEAGUE
    assert talk(code, unknown, no)[1].kind is ReplyKind.SMALL_TALK


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("de", "Ich möchte mit einem Menschen sprechen."),
        ("de", "Können Sie bitte jemanden rufen?"),
        ("es", "Quiero hablar con una persona."),
        ("es", "¿Puede llamar a alguien, por favor?"),
        ("fr", "Je voudrais parler à quelqu'un."),
        ("fr", "Pouvez-vous appeler un collègue, s'il vous plaît ?"),
    ],
)
def test_whoever_asks_for_a_person_gets_one(code: str, said: str) -> None:
    assert talk(code, said)[0].kind is ReplyKind.CALL_COLLEAGUE


@pytest.mark.parametrize(
    ("code", "said", "intent"),
    [
        ("de", "Hallo!", Intent.GREETING),
        ("de", "Grüß Gott", Intent.GREETING),
        ("de", "Vielen Dank", Intent.THANKS),
        ("de", "Tschüss, schönen Tag noch", Intent.GOODBYE),
        ("de", "Wie bitte?", Intent.REPEAT),
        ("de", "Können Sie das bitte wiederholen?", Intent.REPEAT),
        ("de", "Bist du ein Roboter?", Intent.WHO),
        ("de", "Was können Sie?", Intent.HELP),
        ("de", "das zweite", Intent.SECOND),
        ("es", "Buenos días", Intent.GREETING),
        ("es", "adios", Intent.GOODBYE),
        ("es", "¿Quién es usted?", Intent.WHO),
        ("es", "¿puede repetirlo por favor?", Intent.REPEAT),
        ("es", "la primera", Intent.FIRST),
        ("es", "claro que si", Intent.YES),
        ("fr", "Bonjour madame", Intent.GREETING),
        ("fr", "merci beaucoup", Intent.THANKS),
        ("fr", "Qui êtes-vous ?", Intent.WHO),
        ("fr", "D'accord", Intent.YES),
        ("fr", "pouvez-vous répéter", Intent.REPEAT),
        ("fr", "la deuxieme", Intent.SECOND),
    ],
)
def test_stock_phrases_are_understood_with_and_without_accents(
    code: str, said: str, intent: Intent
) -> None:
    found, left = IntentReader(LANGUAGES[code]).read(said)
    assert intent in found
    assert left in ("", "madame")


def test_what_follows_a_stock_phrase_keeps_its_apostrophes() -> None:
    found, left = IntentReader(LANGUAGES["fr"]).read("Bonjour, où est l'ascenseur ?")
    assert (found, left) == ((Intent.GREETING,), "où est l'ascenseur")


@pytest.mark.parametrize(
    ("code", "word", "questions", "second", "chosen"),
    [
        ("de", "Saal", ("Wo ist der rote Saal?", "Wo ist der blaue Saal?"), "das zweite", 1),
        ("es", "sala", ("¿Dónde está la sala roja?", "¿Dónde está la sala azul?"), "la primera", 0),
        ("fr", "salle", ("Où est la salle rouge ?", "Où est la salle bleue ?"), "la deuxième", 1),
    ],
)
def test_it_asks_which_was_meant_and_understands_the_choice(
    code: str, word: str, questions: tuple[str, str], second: str, chosen: int
) -> None:
    entries = tuple(Entry(question, f"{n}.", language=code) for n, question in enumerate(questions))
    desk = Responder(Knowledge((*KNOWLEDGE.within(code), *entries)), code)
    asked = desk.reply([ChatTurn("user", word)])
    assert asked.kind is ReplyKind.DID_YOU_MEAN
    assert asked.text.count("¿") in (0, 2), "a question inside of a question has no sign of its own"
    turns = [ChatTurn("user", word), ChatTurn("assistant", asked.text), ChatTurn("user", second)]
    assert desk.reply(turns).entries == (asked.entries[chosen],)


def test_topics_keep_the_capitals_of_nouns() -> None:
    assert "Ankommen und Anmelden, Wege im Haus" in talk("de", "Was können Sie?")[0].text
    assert "arriving and checking in" in talk("en", "what can you do")[0].text


def test_wordings_change() -> None:
    for code in LANGUAGES:
        replies = talk(code, "xyzzy", "plugh", "quux")
        assert all(one.text != other.text for one, other in pairwise(replies))


@pytest.mark.parametrize(
    ("code", "question", "form"),
    [
        ("en", "Where is the lift?", "where is the elevator"),
        ("en", "Where is the lift?", "how do I get to the lift"),
        ("de", "Wo ist der Aufzug?", "ich suche aufzug"),
        ("es", "¿Dónde está el ascensor?", "busco el ascensor"),
        ("fr", "Où est l'ascenseur ?", "je cherche l'ascenseur"),
    ],
)
def test_forms_of_a_question(code: str, question: str, form: str) -> None:
    found = forms(question, code)
    assert form in found
    assert len(found) == len(set(found)) >= 3
