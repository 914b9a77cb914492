"""Sentences of the receptionist's own, and what is still open after them."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.knowledge.languages import Language, Phrase
from agent.knowledge.page import Entry
from agent.knowledge.words import utterance

OPTIONS = 2
"""As many questions as a listener can keep in mind."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Takes the wordings of a phrase in turns: `turn` is the number of the user's turn."""

    language: Language
    turn: int

    def say(self, phrase: Phrase, **parts: str) -> str:
        """A phrase with its parts in place."""
        wordings = self.language.phrases[phrase]
        wording = wordings[self.turn % len(wordings)]
        return wording.format(offer=self.language.offer, lead=self.language.lead, **parts)

    def topics(self, headings: Sequence[str]) -> str:
        """Headings as a list in a sentence."""
        keeps = self.language.nouns_are_capital
        return ", ".join(heading if keeps else as_part(heading) for heading in headings)

    def did_you_mean(self, options: Sequence[Entry]) -> str:
        """Ask which of one or two entries was meant."""
        questions = [as_part(entry.question) for entry in options]
        if len(questions) == 1:
            return self.say(Phrase.ONE, first=questions[0])
        return self.say(Phrase.TWO, first=questions[0], second=questions[1])


@dataclass(frozen=True, slots=True)
class Pending:
    """What the assistant's last turn left open: which of `options`, or whether to call somebody."""

    options: tuple[Entry, ...] = ()
    colleague: bool = False


def pending_after(heard: str, entries: Sequence[Entry], language: Language) -> Pending:
    """Read it from the words that were heard; a reply may have been cut short."""
    words = f" {utterance(heard)} "
    colleague = f" {utterance(language.offer)} " in words
    _, lead, asked = words.rpartition(f" {utterance(language.lead)} ")
    if not lead:
        return Pending(colleague=colleague)
    places: list[tuple[int, Entry]] = []
    remaining = f" {asked}"
    for entry in sorted(entries, key=lambda entry: -len(entry.question)):
        question = utterance(entry.question)
        at = remaining.find(f" {question} ")
        if at >= 0:
            places.append((at, entry))
            blank = " " * len(question)
            remaining = f"{remaining[: at + 1]}{blank}{remaining[at + 1 + len(question) :]}"
    places.sort(key=lambda place: place[0])
    return Pending(tuple(entry for _, entry in places[:OPTIONS]), colleague)


def as_part(question: str) -> str:
    """A question as part of a sentence."""
    text = question.strip(" .?!¿¡")
    first = text.split(" ")[0]
    return text if len(first) == 1 or not first.istitle() else text[0].lower() + text[1:]
