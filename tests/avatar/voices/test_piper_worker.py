import pytest

from avatar.voices.piper_worker import Span, phone_spans


@pytest.mark.parametrize(
    ("signs", "spans"),
    [
        ([("^", 5), ("p", 3), ("$", 4)], [("", 0, 5), ("p", 5, 8), ("", 8, 12)]),
        ([("p", 1), ("ˈ", 2), ("ɑ", 3), ("ː", 4)], [("p", 0, 1), ("ˈɑː", 1, 10)]),
        ([("p", 1), (" ", 2), ("t", 3)], [("p", 0, 3), ("t", 3, 6)]),
        ([("p", 1), (",", 2), (" ", 3), ("t", 4)], [("p", 0, 1), ("", 1, 6), ("t", 6, 10)]),
        ([("^", 1), (".", 2), ("$", 3)], [("", 0, 6)]),
        ([], []),
    ],
)
def test_signs_become_phones(signs: list[tuple[str, int]], spans: list[Span]) -> None:
    assert phone_spans(signs) == spans
