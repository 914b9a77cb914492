"""A voice of one's own in a conversation: this one beeps Morse code, and the lips beep along.

python examples/04_own_voice.py "Hello" morse.mp4

Nothing of the project was changed for it. A voice is three members, `rate`, `say` and `close`
(avatar/voices/base.py); with them it fits wherever a voice does, `EmbeddedTTSService` included.
"""

import sys
from pathlib import Path

import numpy as np

from avatar.errors import VoiceError
from avatar.offline import Scene, play
from avatar.tick import Phone
from avatar.video import VideoWriter
from avatar.voices.base import SpeechChunk, SpeechChunks, Voice, speak
from pipelines.build import build_avatar

DOT_S = 0.08
PITCH_HZ, LEVEL = 600.0, 0.3
TREE = "  ETIANMSURWDKGOHVF L PJBXCYZQ"
"""Where a dot goes from place n to 2 n and a dash to 2 n + 1, every letter stands at its end."""
LETTERS = {letter: bin(place)[3:] for place, letter in enumerate(TREE) if letter != " "}
"""The dots (0) and dashes (1) of each letter."""
DOT, DASH, PAUSE = "ɪ", "ɑː", ""
"""As what the lips form them: a short vowel, a long one, and closed."""


class MorseVoice:
    """Says letters as beeps, a chunk for each word. A dot takes 80 ms, a dash three times that."""

    rate = 16_000

    def say(self, text: str) -> SpeechChunks:
        """Begin to say a text. Raises VoiceError when it has no letter of the alphabet."""
        words = ["".join(c for c in word if c in LETTERS) for word in text.upper().split()]
        words = [word for word in words if word]
        if not words:
            raise VoiceError(f"Morse code needs letters from A to Z, {text!r} has none")
        return self._chunks(words)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _chunks(self, words: list[str]) -> SpeechChunks:
        begin_s = 0.0
        for word in words:
            phones: list[Phone] = []
            for symbol, dots in _signs(word):
                end_s = begin_s + dots * DOT_S
                phones.append(Phone(symbol, begin_s, end_s))
                begin_s = end_s
            pcm = np.concatenate([_sound(phone, self.rate) for phone in phones])
            yield SpeechChunk(pcm=pcm, phones=tuple(phones), words=())


def _signs(word: str) -> list[tuple[str, int]]:
    """Signs and their lengths in dots; a pause is 1 in a letter, 3 behind it, 7 in the end."""
    signs: list[tuple[str, int]] = []
    for letter in word:
        for mark in LETTERS[letter]:
            signs += [(DASH, 3) if mark == "1" else (DOT, 1), (PAUSE, 1)]
        signs[-1] = (PAUSE, 3)
    signs[-1] = (PAUSE, 7)
    return signs


def _sound(phone: Phone, rate: int) -> np.ndarray:
    """A beep with soft edges, or silence."""
    t = np.arange(round((phone.end_s - phone.start_s) * rate)) / rate
    edges = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.008)
    level = LEVEL if phone.symbol else 0.0
    return np.round(32_767 * level * edges * np.sin(2 * np.pi * PITCH_HZ * t)).astype(np.int16)


def main(text: str, out: Path) -> None:
    voice: Voice = MorseVoice()
    speech = speak(voice, text)
    avatar = build_avatar("ana")
    silence = np.zeros(speech.rate // 25, np.int16)
    with VideoWriter(out, size=avatar.renderer.size, rate=speech.rate) as video:
        session = avatar.session(voice_rate=speech.rate)
        for frame in play(session, Scene(speech.pcm, phones=speech.phones)):
            if frame.picture is not None:
                video.picture(frame.picture)
            video.sound(silence if frame.tick.speech is None else frame.tick.speech)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
