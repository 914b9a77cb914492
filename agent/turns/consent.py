"""Whether words are a plain yes or no to a question with consequences.

It asks more of a yes than a conversation does: one that says anything else besides is none.
"""

from agent.turns.meaning import words_of

_YES = frozenset(
    (
        *("yes", "yeah", "yep", "yup", "sure", "ok", "okay", "certainly", "definitely", "course"),
        *("ja", "jawohl", "jo", "gern", "gerne", "sicher", "natürlich"),
        *("sí", "si", "claro", "vale", "supuesto"),
        *("oui", "ouais", "volontiers", "d'accord", "certainement"),
    )
)
_NO = frozenset(("no", "nope", "nah", "nein", "nee", "non"))
_NEGATIVE = frozenset(
    (
        *("not", "don't", "dont", "never", "stop", "cancel", "wait"),
        *("nicht", "kein", "keine", "niemals", "abbrechen", "halt", "warte", "warten"),
        *("nunca", "cancelar", "cancela", "espera", "espere"),
        *("pas", "jamais", "annuler", "annulez", "attends", "attendez"),
    )
)
_POLITE = frozenset(
    (
        *("please", "thanks", "thank", "you", "do", "it", "that", "go", "ahead", "of"),
        *("bitte", "danke", "doch", "mach", "machen", "sie", "das", "mal"),
        *("por", "favor", "gracias", "hágalo"),
        *("s'il", "vous", "te", "plaît", "plait", "merci", "bien", "sûr"),
        *("uh", "um", "äh", "ähm", "oh", "eh", "euh"),
    )
)
LONGEST_ANSWER = 10
"""Words of a yes; a longer one says something else."""

LONGEST_NO = 4
"""Words of a no that says nothing else."""


def consents(text: str, question: str) -> bool | None:
    """True for a yes, False for a no, None for anything else.

    A yes may be polite and repeat words of the question ("Yes, call the taxi, please"). Whatever
    begins with a no is one.
    """
    words = [word for word in words_of(text) if word not in _POLITE]
    if not words:
        return None
    asked = set(words_of(question))
    if words[0] in _NO | (_NEGATIVE - asked):
        return False
    known = (_YES | asked) - _NO
    yes = words[0] in _YES and known.issuperset(words) and len(words) <= LONGEST_ANSWER
    return True if yes else None


def says_more(text: str, answer: object) -> bool:
    """Whether words are more than their yes, no or neither: somebody has to answer the rest."""
    return answer is None or (answer is False and len(words_of(text)) > LONGEST_NO)
