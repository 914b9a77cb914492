import pytest

from avatar.errors import VoiceError
from avatar.voices.phonesets import ARPABET, PAUSE, from_arpabet

CMU = """
aa ae ah ao aw ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh
"""


def test_every_phone_of_the_cmu_dictionary_has_a_symbol_of_its_own() -> None:
    symbols = [from_arpabet(name) for name in CMU.split()]
    assert len(symbols) == len(set(symbols)) == 39
    assert PAUSE not in symbols


def test_pauses_are_empty() -> None:
    assert {from_arpabet(name) for name in ("pau", "sil", "ssil", "h#")} == {PAUSE}
    assert all(" " not in symbol for symbol in ARPABET.values())


def test_a_phone_of_another_language_is_refused() -> None:
    with pytest.raises(VoiceError, match=r"'xx'.*English"):
        from_arpabet("xx")
