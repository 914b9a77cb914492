"""festival: English voices of Debian's `festival` program, with the times of phones and words.

One process says all sentences of a text, so only the first waits for it to start.
"""

import subprocess
import tempfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from avatar.errors import VoiceError
from avatar.tick import Phone, Word
from avatar.voices.base import SpeechChunks
from avatar.voices.phonesets import from_arpabet
from avatar.voices.sentence_speech import LONGEST_PIECE, read_wave, require_program, sentence_chunk
from avatar.voices.text import ascii_text, sentences

SCRIPT = """
(define (say name text)
  (let ((utt (utt.synth (eval (list 'Utterance 'Text text))))
        (times (fopen (string-append name ".txt") "w")))
    (utt.save.wave utt (string-append name ".wav") 'riff)
    (mapcar
      (lambda (item)
        (format times "phone %f %f %s\\n" (item.feat item 'segment_start)
                (item.feat item 'segment_end) (item.name item)))
      (utt.relation.items utt 'Segment))
    (mapcar
      (lambda (item)
        (format times "word %f %f %s\\n" (item.feat item 'word_start)
                (item.feat item 'word_end) (item.name item)))
      (utt.relation.items utt 'Word))
    (fclose times)
    (format t "%s\\n" name)
    (fflush nil)))
"""
"""Says a text into NAME.wav and NAME.txt, then prints NAME."""


VOICE_LIST = '(mapcar (lambda (name) (format t "%s\\n" name)) (voice.list))'


MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where files are written that are on no disk: what is said is not stored."""


@dataclass(frozen=True, slots=True)
class FestivalConfig:
    """Voice by name, as festival's `(voice.list)` gives them.

    `cmu_us_slt_arctic_hts` is in Debian's festvox-us-slt-hts, `kal_diphone` in festvox-kallpc16k.
    """

    voice: str = "cmu_us_slt_arctic_hts"


class FestivalVoice:
    """Says texts with festival, a chunk per sentence."""

    def __init__(self, config: FestivalConfig) -> None:
        """Look for the program and the voice.

        Raises PartUnavailable when there is no festival, VoiceError when it has no such voice.
        """
        self._program = require_program("festival", "festival")
        voices = self._voices()
        if config.voice not in voices:
            raise VoiceError(
                f"festival has no voice {config.voice!r}, it has {', '.join(voices) or 'none'}: "
                "apt install festvox-us-slt-hts or another festvox package"
            )
        self._voice = config.voice
        self._rate = self._probe_rate()

    @property
    def rate(self) -> int:
        """Samples a second: 32 000 with the HTS voices, 16 000 with the diphone ones."""
        return self._rate

    def say(self, text: str) -> SpeechChunks:
        """A chunk per sentence. Letters that are not Latin are left out."""
        return self._chunks(sentences(ascii_text(text, "festival"), LONGEST_PIECE))

    def close(self) -> None:
        """Nothing is kept between calls."""

    def _voices(self) -> list[str]:
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            closing(self._run(VOICE_LIST, Path(folder))) as lines,
        ):
            return list(lines)

    def _probe_rate(self) -> int:
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            closing(self._sentences(("a",), Path(folder))) as names,
        ):
            for name in names:
                return read_wave(name.with_suffix(".wav"))[1]
        raise VoiceError(f"festival cannot speak with the voice {self._voice!r}: install it anew")

    def _chunks(self, pieces: tuple[str, ...]) -> SpeechChunks:
        before = 0
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            closing(self._sentences(pieces, Path(folder))) as names,
        ):
            for name in names:
                pcm, _ = read_wave(name.with_suffix(".wav"))
                phones, words = parse_times(name.with_suffix(".txt").read_text())
                if len(pcm):
                    yield sentence_chunk(pcm, self._rate, before, phones, words)
                before += len(pcm)

    def _sentences(self, pieces: tuple[str, ...], folder: Path) -> Generator[Path, None, None]:
        """Names of the pieces' files without suffix, each as soon as it is there."""
        if not pieces:
            return
        names = [folder / f"piece{index}" for index in range(len(pieces))]
        calls = [
            f"(say {_scheme_string(str(name))} {_scheme_string(piece)})"
            for name, piece in zip(names, pieces, strict=True)
        ]
        script = "\n".join([f"(voice_{self._voice})", SCRIPT, *calls])
        with closing(self._run(script, folder)) as lines:
            for line in lines:
                if Path(line) in names:
                    yield Path(line)

    def _run(self, script: str, folder: Path) -> Generator[str, None, None]:
        """Lines that a script prints, as they come. Closing it ends the process."""
        source, errors = folder / "script.scm", folder / "errors.txt"
        source.write_text(script)
        with (
            errors.open("w") as error_file,
            subprocess.Popen(
                [self._program, "-b", str(source)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=error_file,
                text=True,
                errors="replace",
            ) as process,
        ):
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    yield line.strip()
            finally:
                if process.poll() is None:
                    process.kill()
        if process.returncode != 0:
            raise VoiceError(
                f"festival ended with status {process.returncode}: "
                f"{errors.read_text(errors='replace').strip()[-200:]}"
            )


def parse_times(listing: str) -> tuple[list[Phone], list[Word]]:
    """Phones and words of a file that `SCRIPT` wrote, timed from the start of the sentence."""
    phones: list[Phone] = []
    words: list[Word] = []
    for line in listing.splitlines():
        kind, start, end, name = line.split(" ", 3)
        if kind == "word":
            words.append(Word(name, float(start), float(end)))
        elif float(end) > float(start):
            phones.append(Phone(from_arpabet(name), float(start), float(end)))
    return phones, words


def _scheme_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
