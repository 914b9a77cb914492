"""What the receptionist says next, from the turns so far and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import Knowledge
from agent.knowledge.index import KnowledgeIndex, Match, Ranking
from agent.knowledge.intents import IntentReader
from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES, Intent, Phrase
from agent.knowledge.page import Entry
from agent.knowledge.wording import OPTIONS, Pending, Wording, as_part, pending_after
from agent.knowledge.words import utterance

ANSWER_FROM, SUGGEST_FROM = 0.58, 0.15
"""Confidence from which an entry is the answer, and from which it is worth asking about."""

CHOICE_LEAD = 0.2
"""By how much of its score one of two options must lead, to be what the user chose."""

TOPICS_NAMED = 6

_SENTENCE_END = re.compile(r"[.?!;]+(?:\s+|$)")

_CHOICES = frozenset({Intent.YES, Intent.NO, Intent.FIRST, Intent.SECOND, Intent.BOTH})

_STOCK = {
    Intent.WHO: Phrase.WHO,
    Intent.HOW: Phrase.HOW,
    Intent.NO: Phrase.DECLINED,
    Intent.GOODBYE: Phrase.GOODBYE,
    Intent.THANKS: Phrase.THANKS,
    Intent.GREETING: Phrase.GREETING,
}


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """What one side said."""

    role: Literal["user", "assistant"]
    text: str


LONGEST = 600
"""Characters, the last, of which the sense is sought; nobody asks a receptionist in more."""

TOGETHER = 3
"""User turns in a row that may be one question."""


class ReplyKind(StrEnum):
    """What a reply does. `REPEAT` says the last reply again, or asks the user to speak again."""

    ANSWER = "answer"
    DID_YOU_MEAN = "did_you_mean"
    OFFER_COLLEAGUE = "offer_colleague"
    CALL_COLLEAGUE = "call_colleague"
    SMALL_TALK = "small_talk"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, what it does, and the questions of the entries that it is about."""

    text: str
    kind: ReplyKind
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Situation:
    """What was heard before the user's turn, what it left open, and the words to answer in."""

    heard: str
    pending: Pending
    wording: Wording
    calls: bool


class Responder:
    """Answers from knowledge. It keeps nothing between calls: equal turns give an equal reply.

    What is open ("Did you mean ...?", "Shall I call a colleague?") is read from the assistant's
    last turn as it was heard, and so survives interruptions, restarts and changed pages.

    Raises:
        KnowledgeError: Nothing is known in that language.
    """

    def __init__(self, knowledge: Knowledge, language: str = DEFAULT_LANGUAGE) -> None:
        self._entries = tuple(entry for entry in knowledge.entries if entry.language == language)
        if language not in LANGUAGES or not self._entries:
            present = ", ".join(sorted({entry.language for entry in knowledge.entries})) or "none"
            raise KnowledgeError(
                f"expected knowledge in the language {language!r}, found it in: {present}; "
                f"add pages that begin with 'language: {language}', or choose another language"
            )
        self._language = LANGUAGES[language]
        self._index = KnowledgeIndex(self._entries, self._language)
        self._intents = IntentReader(self._language)
        self._next_question = re.compile(self._language.next_question, re.IGNORECASE)
        self._listed = {
            utterance(asked): entry
            for entry in reversed(self._entries)
            for asked in (entry.question, *entry.phrasings)
        }

    def reply(self, turns: Sequence[ChatTurn], *, calls: bool = True) -> Reply:
        """What to say after these turns; a greeting when the user has not spoken yet.

        Whoever wants a colleague is told that one is called, or, unless somebody `calls`, where
        they are.

        Of user turns in a row, which an interruption leaves, the last counts; only when it says too
        little are they taken together.
        """
        said = [turn.text for turn in turns if turn.role == "user"]
        wording = Wording(self._language, len(said))
        if not said:
            return Reply(wording.say(Phrase.GREETING), ReplyKind.SMALL_TALK)
        heard, latest = _last_exchange(turns)
        pending = pending_after(heard, self._entries, self._language)
        situation = _Situation(heard, pending, wording, calls)
        reply = self._reply_to(latest[-1][-LONGEST:], situation)
        if len(latest) > 1 and reply.kind not in (ReplyKind.ANSWER, ReplyKind.CALL_COLLEAGUE):
            together = self._reply_to(" ".join(latest[-TOGETHER:])[-LONGEST:], situation)
            if together.kind is ReplyKind.ANSWER:
                return together
        return reply

    def search(self, text: str, most: int) -> tuple[Match, ...]:
        """The entries that a question may mean, the likeliest first."""
        return self._rank(text).matches[:most]

    def _reply_to(self, said: str, situation: _Situation) -> Reply:
        if (listed := self._listed.get(utterance(said))) is not None:
            return _answer(listed)
        intents, rest = self._intents.read(said)
        if intents and not self._index.words(rest):
            return self._stock_reply(intents, situation)
        if not rest or not any(map(str.isalpha, rest)) or not self._index.words(rest):
            return self._say_again(situation)
        return self._found(self._rank(said), situation)

    def _stock_reply(self, intents: Sequence[Intent], situation: _Situation) -> Reply:
        pending, wording = situation.pending, situation.wording
        choice = next((intent for intent in intents if intent in _CHOICES), None)
        if Intent.COLLEAGUE in intents or (pending.colleague and choice is Intent.YES):
            phrase = Phrase.CALLING if situation.calls else Phrase.REFERRING
            return Reply(wording.say(phrase), ReplyKind.CALL_COLLEAGUE)
        if pending.options and choice is not None:
            return self._chosen(choice, situation)
        if Intent.REPEAT in intents:
            again = situation.heard or wording.say(Phrase.NOTHING_SAID)
            return Reply(again, ReplyKind.REPEAT)
        if Intent.HELP in intents:
            return Reply(wording.say(Phrase.HELP, topics=self._topics()), ReplyKind.SMALL_TALK)
        spoken = [intent for intent in intents if intent not in _CHOICES]
        phrase = _STOCK.get(spoken[0] if spoken else intents[0], Phrase.GO_ON)
        return Reply(wording.say(phrase), ReplyKind.SMALL_TALK)

    def _chosen(self, choice: Intent, situation: _Situation) -> Reply:
        """The answer to "Did you mean ...?"."""
        options = situation.pending.options
        if choice is Intent.NO:
            return self._offer(situation)
        if choice is Intent.BOTH:
            text = " ".join(entry.answer for entry in options)
            return Reply(text, ReplyKind.ANSWER, tuple(entry.question for entry in options))
        return _answer(options[-1] if choice is Intent.SECOND else options[0])

    def _found(self, ranking: Ranking, situation: _Situation) -> Reply:
        options = situation.pending.options
        if ranking.confidence >= ANSWER_FROM:
            return _answer(ranking.matches[0].entry)
        if (named := _named_option(ranking, options)) is not None:
            return _answer(named)
        near = [match for match in ranking.matches if match.confidence >= SUGGEST_FROM]
        if not near:
            return self._offer(situation)
        second = [
            match for match in ranking.matches[1:OPTIONS] if match.confidence >= SUGGEST_FROM / 2
        ]
        meant = tuple(match.entry for match in (near[0], *second))
        if set(meant) <= set(options):
            return self._offer(situation)
        text = situation.wording.did_you_mean(meant)
        return Reply(text, ReplyKind.DID_YOU_MEAN, tuple(entry.question for entry in meant))

    def _offer(self, situation: _Situation) -> Reply:
        return Reply(situation.wording.say(Phrase.UNKNOWN), ReplyKind.OFFER_COLLEAGUE)

    def _say_again(self, situation: _Situation) -> Reply:
        """Once; whoever is not understood twice is offered a colleague."""
        if situation.heard in self._language.phrases[Phrase.SAY_AGAIN]:
            return self._offer(situation)
        return Reply(situation.wording.say(Phrase.SAY_AGAIN), ReplyKind.REPEAT)

    def _rank(self, said: str) -> Ranking:
        """Of several questions in one turn, the one that is best understood."""
        parts = [
            part
            for sentence in _SENTENCE_END.split(said)
            for part in self._next_question.split(sentence)
        ]
        asked = [self._intents.read(text)[1] for text in (said, *parts)]
        rankings = [self._index.rank(text) for text in asked]
        return max(rankings, key=lambda ranking: ranking.confidence)

    def _topics(self) -> str:
        headings = [entry.topic or entry.question for entry in self._entries]
        return ", ".join(as_part(text) for text in list(dict.fromkeys(headings))[:TOPICS_NAMED])


def _answer(entry: Entry) -> Reply:
    return Reply(entry.answer, ReplyKind.ANSWER, (entry.question,))


def _last_exchange(turns: Sequence[ChatTurn]) -> tuple[str, list[str]]:
    """What the assistant said last before the user's latest turns, and these."""
    end = max(at for at, turn in enumerate(turns) if turn.role == "user") + 1
    begin = end
    while begin and turns[begin - 1].role == "user":
        begin -= 1
    heard = turns[begin - 1].text if begin else ""
    return heard, [turn.text for turn in turns[begin:end]]


def _named_option(ranking: Ranking, options: Sequence[Entry]) -> Entry | None:
    """The option that the words fit clearly better than the other, if they fit one well."""
    offered = [match for match in ranking.matches if match.entry in options]
    if not offered or offered[0] not in ranking.matches[:OPTIONS]:
        return None
    second = offered[1].evidence.score if len(offered) > 1 else 0.0
    clear = second <= (1 - CHOICE_LEAD) * offered[0].evidence.score
    return offered[0].entry if clear else None
