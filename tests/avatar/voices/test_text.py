import pytest

from avatar.errors import VoiceError
from avatar.voices.text import ascii_text, sentences, spoken_text


@pytest.mark.parametrize("blank", ["", "  \n\t", "\0", "\ud83d", "\x1b\x07"])
def test_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(VoiceError, match="nothing to say"):
        spoken_text(blank)


def test_control_characters_part_words_and_surrogates_vanish() -> None:
    assert spoken_text(" a\0b\n\n c\ud83d ") == "a b c"
    assert spoken_text("<b>Hi</b> & 🎉") == "<b>Hi</b> & 🎉"


def test_ascii_keeps_what_can_be_read() -> None:
    assert ascii_text("Café “naïve” – it’s… 🎉", "flite") == 'Cafe "naive" , it\'s...'
    assert ascii_text("🎉!", "flite") == "!"


def test_a_foreign_script_is_refused_by_name() -> None:
    with pytest.raises(VoiceError, match=r"festival reads Latin letters only") as refused:
        ascii_text("мир", "festival")
    assert "мир" not in str(refused.value)


def test_sentences_end_at_their_marks_and_not_at_abbreviations() -> None:
    text = "Dr. Smith came. Did he? Yes! It cost 3.50 vs. 4.00. ... Bye"
    assert sentences(text, 300) == (
        "Dr. Smith came.",
        "Did he?",
        "Yes!",
        "It cost 3.50 vs. 4.00.",
        "Bye",
    )


def test_long_sentences_are_cut_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(500))
    pieces = sentences(text, 50)
    assert " ".join(pieces) == text
    assert max(map(len, pieces)) <= 50
    assert sentences("x" * 80 + " y", 50) == ("x" * 80, "y")
