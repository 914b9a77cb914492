"""flite: small English voices of Debian's `flite` program, with the times of phones."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from avatar.errors import VoiceError
from avatar.tick import Phone
from avatar.voices.base import SpeechChunk, SpeechChunks
from avatar.voices.phonesets import from_arpabet
from avatar.voices.sentence_speech import LONGEST_PIECE, read_wave, require_program, sentence_chunk
from avatar.voices.text import ascii_text, sentences

BEHIND_PICTURES = ("nice", "-n", "5")
"""Where cores are short, pictures and sound come first."""

PATIENCE_S = 30.0
"""Seconds that one sentence may take; a hundred times what it does take."""


@dataclass(frozen=True, slots=True)
class FliteConfig:
    """Voice by name, as `flite -lv` lists them: slt (female), rms (male), awb, kal16, kal."""

    voice: str = "slt"


class FliteVoice:
    """Says texts with flite, a chunk per sentence. It does not tell the times of words."""

    def __init__(self, config: FliteConfig) -> None:
        """Look for the program and the voice.

        Raises PartUnavailable when there is no flite, VoiceError when it has no such voice.
        """
        self._program = require_program("flite", "flite")
        listing = self._run("-lv").stdout
        voices = listing.partition(":")[2].split()
        if config.voice not in voices:
            raise VoiceError(f"flite has no voice {config.voice!r}, it has {', '.join(voices)}")
        self._voice = config.voice
        self._rate = self._probe_rate()

    @property
    def rate(self) -> int:
        """Samples a second: 16 000, with kal 8 000."""
        return self._rate

    def say(self, text: str) -> SpeechChunks:
        """A chunk per sentence. Letters that are not Latin are left out."""
        return self._chunks(sentences(ascii_text(text, "flite"), LONGEST_PIECE))

    def close(self) -> None:
        """Nothing is kept between calls."""

    def _chunks(self, pieces: tuple[str, ...]) -> SpeechChunks:
        before = 0
        for piece in pieces:
            chunk = self._sentence(piece, before)
            before += len(chunk.pcm)
            if len(chunk.pcm):
                yield chunk

    def _sentence(self, text: str, before: int) -> SpeechChunk:
        with _in_memory() as (path, number):
            options = ("-voice", self._voice, "-psdur", "-o", str(path), "-t", text)
            listing = self._run(*options, keep=(number,)).stdout
            pcm, _ = read_wave(path)
        return sentence_chunk(pcm, self._rate, before, parse_durations(listing))

    def _probe_rate(self) -> int:
        with _in_memory() as (path, number):
            self._run("-voice", self._voice, "-o", str(path), "-t", "a", keep=(number,))
            _, rate = read_wave(path)
        if rate == 0:
            raise VoiceError(f"flite cannot speak with the voice {self._voice!r}: install it anew")
        return rate

    def _run(
        self, *arguments: str, keep: tuple[int, ...] = ()
    ) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                [*BEHIND_PICTURES, self._program, *arguments],
                capture_output=True,
                check=True,
                timeout=PATIENCE_S,
                text=True,
                errors="replace",
                pass_fds=keep,
            )
        except subprocess.TimeoutExpired as error:
            raise VoiceError(f"flite did not finish a sentence in {PATIENCE_S:g} s") from error
        except subprocess.CalledProcessError as error:
            raise VoiceError(
                f"flite ended with status {error.returncode}: {error.stderr.strip()[-200:]}"
            ) from error


@contextmanager
def _in_memory() -> Generator[tuple[Path, int]]:
    """A file that is on no disk, by its place and its number: what is said is stored nowhere."""
    number = os.memfd_create("speech")
    try:
        yield Path(f"/proc/self/fd/{number}"), number
    finally:
        os.close(number)


def parse_durations(listing: str) -> list[Phone]:
    """Phones of what `flite -psdur` prints: `name:end` in seconds, from the start of the text."""
    phones: list[Phone] = []
    start_s = 0.0
    for entry in listing.split():
        name, _, end = entry.rpartition(":")
        phones.append(Phone(from_arpabet(name), start_s, float(end)))
        start_s = float(end)
    return phones
