"""What the receptionist says next, from the turns so far and nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from agent.knowledge.folder import Knowledge
from agent.knowledge.hours import HouseClock, pieces
from agent.knowledge.index import KnowledgeIndex, Match, Ranking
from agent.knowledge.intents import IntentReader
from agent.knowledge.languages import DEFAULT_LANGUAGE, LANGUAGES, Intent, Phrase
from agent.knowledge.page import Entry
from agent.knowledge.wording import OPTIONS, Pending, Wording, pending_after
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
    """What a reply does. `REPEAT` says the last reply again, `SAY_AGAIN` asks the user to."""

    ANSWER = "answer"
    DID_YOU_MEAN = "did_you_mean"
    OFFER_COLLEAGUE = "offer_colleague"
    CALL_COLLEAGUE = "call_colleague"
    SMALL_TALK = "small_talk"
    REPEAT = "repeat"
    SAY_AGAIN = "say_again"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, what it does, and the questions of the entries that it is about.

    `sources` names the files of an answer, as people are shown.
    """

    text: str
    kind: ReplyKind
    entries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class _Situation:
    """What was heard before the user's turn, what it left open, and the words to answer in."""

    heard: str
    pending: Pending
    wording: Wording
    calls: bool


class Responder:
    """Answers from knowledge. It keeps nothing between calls: equal turns give an equal reply.

    `now` is for answers with opening hours: without it, nothing is said of today.

    What is open ("Did you mean ...?", "Shall I call a colleague?") is read from the assistant's
    last turn as it was heard, and so survives interruptions, restarts and changed pages.

    Raises:
        KnowledgeError: Nothing is known in that language.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        language: str = DEFAULT_LANGUAGE,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.language = language
        self._clock = HouseClock(knowledge.house, now)
        self._entries = knowledge.within(language)
        self._spoken = LANGUAGES[language]
        self._index = KnowledgeIndex(self._entries, self._spoken)
        self._intents = IntentReader(self._spoken)
        self._next_question = re.compile(self._spoken.next_question, re.IGNORECASE)
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
        wording = Wording(self._spoken, len(said))
        if not said:
            greeting = wording.say(Phrase.GREETING)
            return Reply(greeting, ReplyKind.SMALL_TALK, language=self.language)
        return replace(self._reply(turns, wording, calls=calls), language=self.language)

    def search(self, text: str, most: int) -> tuple[Match, ...]:
        """The entries that a question may mean, the likeliest first, with answers true now."""
        return tuple(
            replace(match, entry=replace(match.entry, answer=self._said(match.entry)))
            for match in self._rank(text).matches[:most]
        )

    def sources(self, said: str) -> tuple[str, ...]:
        """The files whose answers are in what was said, as people are shown."""
        words = f" {utterance(said)} "
        return tuple(
            entry.cited
            for entry in self._entries
            if all(f" {utterance(piece)} " in words for piece in _parts(entry, self._said(entry)))
        )

    def _said(self, entry: Entry) -> str:
        return self._clock.say(entry.answer, self.language)

    def _reply(self, turns: Sequence[ChatTurn], wording: Wording, *, calls: bool) -> Reply:
        heard, latest = _last_exchange(turns)
        pending = pending_after(heard, self._entries, self._spoken)
        situation = _Situation(heard, pending, wording, calls)
        reply = self._reply_to(latest[-1][-LONGEST:], situation)
        if len(latest) > 1 and reply.kind not in (ReplyKind.ANSWER, ReplyKind.CALL_COLLEAGUE):
            together = self._reply_to(" ".join(latest[-TOGETHER:])[-LONGEST:], situation)
            if together.kind is ReplyKind.ANSWER:
                return together
        return reply

    def _reply_to(self, said: str, situation: _Situation) -> Reply:
        if (listed := self._listed.get(utterance(said))) is not None:
            return self._answer(listed)
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
            return self._answer(*options)
        return self._answer(options[-1] if choice is Intent.SECOND else options[0])

    def _found(self, ranking: Ranking, situation: _Situation) -> Reply:
        options = situation.pending.options
        if ranking.confidence >= ANSWER_FROM:
            return self._answer(ranking.matches[0].entry)
        if (named := _named_option(ranking, options)) is not None:
            return self._answer(named)
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

    def _answer(self, *entries: Entry) -> Reply:
        return Reply(
            text=" ".join(self._said(entry) for entry in entries),
            kind=ReplyKind.ANSWER,
            entries=tuple(entry.question for entry in entries),
            sources=tuple(dict.fromkeys(entry.cited for entry in entries if entry.source)),
        )

    def _offer(self, situation: _Situation) -> Reply:
        return Reply(situation.wording.say(Phrase.UNKNOWN), ReplyKind.OFFER_COLLEAGUE)

    def _say_again(self, situation: _Situation) -> Reply:
        """Once; whoever is not understood twice is offered a colleague."""
        if situation.heard in self._spoken.phrases[Phrase.SAY_AGAIN]:
            return self._offer(situation)
        return Reply(situation.wording.say(Phrase.SAY_AGAIN), ReplyKind.SAY_AGAIN)

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
        return Wording(self._spoken, 0).topics(list(dict.fromkeys(headings))[:TOPICS_NAMED])


def _parts(entry: Entry, said: str) -> tuple[str, ...]:
    """What is heard of an answer at all times, or all of it where that is nothing."""
    return pieces(entry.answer) or (said,)


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
