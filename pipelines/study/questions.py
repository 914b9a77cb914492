"""What participants are asked about each pair of clips.

The five questions are those of the user study of Avatar Forcing (table 2): reactiveness, motion
richness, verbal alignment, non-verbal alignment, and overall preference.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Choice: TypeAlias = Literal["left", "tie", "right"]
"""What a participant chose, by where it was shown."""

Verdict: TypeAlias = Literal["a", "tie", "b"]
"""What a participant chose, by which method it was."""

VERDICTS: tuple[Verdict, ...] = ("a", "tie", "b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question by the name that results use, in words, and what to look at."""

    name: str
    text: str
    hint: str


QUESTIONS = (
    Question(
        "reactiveness",
        "Who reacts better to the other person?",
        "Soon and fittingly, to words and deeds.",
    ),
    Question(
        "richness",
        "Whose movements are richer?",
        "Varied and alive, not stiff or repeated.",
    ),
    Question(
        "verbal",
        "Whose face fits the speech better?",
        "Lips, head and expression suit the words.",
    ),
    Question(
        "non_verbal",
        "Who answers expressions better?",
        "The other’s smiles, nods and looks are met.",
    ),
    Question(
        "overall",
        "Who would you rather talk with?",
        "All in all.",
    ),
)
QUESTION_NAMES = tuple(question.name for question in QUESTIONS)
