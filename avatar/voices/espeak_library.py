"""The parts of libespeak-ng that its worker needs, through ctypes.

The library is one global engine whose state after an utterance changes the sound of the next. It
is therefore loaded, used for one utterance and unloaded, which takes about 3 ms and makes the same
text sound the same every time. `espeak_ng_SetRandSeed` does not achieve that. Each voice that is
set costs 2 kB which the library never gives back.
"""

import ctypes
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from avatar.errors import PartUnavailable, VoiceError

CHUNK_MS = 60
"""Sound per callback."""

SYNCHRONOUS = 2
PHONEME_EVENTS, PHONEME_IPA, DO_NOT_EXIT = 1, 2, 0x8000
TEXT_IS_UTF8 = 1
RATE, PITCH, RANGE = 1, 3, 4
END_OF_LIST, WORD, PHONEME = 0, 1, 7
"""Numbers from speak_lib.h: output mode, options, text flags, parameters, kinds of events."""

LANGUAGE_SWITCH = "("
"""Begins what stands among the phones when a text changes its language, such as "(en)"."""


class _EventId(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class PhoneStart:
    """A phone begins at a sample. `symbol` is IPA, empty for a pause."""

    symbol: str
    sample: int


@dataclass(frozen=True, slots=True)
class WordStart:
    """The word `text[first:last]` begins with the next phone that is no pause."""

    first: int
    last: int


Start: TypeAlias = PhoneStart | WordStart
Listener: TypeAlias = Callable[[bytes, list[Start]], bool]
"""Takes PCM16 and what begins about there, in order of time; False stops the engine."""


class EspeakLibrary:
    """The loaded engine."""

    def __init__(self, library: Any, rate: int) -> None:
        """`library` is the initialised ctypes library."""
        self._library = library
        self.rate = rate

    def set_voice(self, name: str) -> None:
        """Raises VoiceError when there is no such voice."""
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise VoiceError(
                f"espeak-ng has no voice named {name!r}: take one of "
                "`visavis voices`, for example en-us, de or es"
            )

    def set_parameters(self, words_per_minute: int, pitch: int, pitch_range: int) -> None:
        """Speed, and pitch and its range on espeak-ng's scale of 0 to 99."""
        for parameter, value in ((RATE, words_per_minute), (PITCH, pitch), (RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)

    def voice_names(self) -> list[str]:
        """Names that `set_voice` takes, sorted."""
        voices = self._library.espeak_ListVoices(None)
        names: list[str] = []
        while voices[len(names)]:
            names.append(voices[len(names)].contents.identifier.decode().rpartition("/")[2])
        return sorted(set(names))

    def say(self, text: str, listen: Listener) -> None:
        """Synthesise a text without NUL characters; returns when all is said or stopped."""

        def on_sound(wave: Any, samples: int, events: Any) -> int:
            pcm = ctypes.string_at(wave, 2 * samples) if wave and samples > 0 else b""
            return 0 if listen(pcm, _starts(events)) else 1

        callback = _Callback(on_sound)
        self._library.espeak_SetSynthCallback(callback)
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 1, 0, TEXT_IS_UTF8, None, None)


@contextmanager
def espeak_library() -> Generator[EspeakLibrary, None, None]:
    """The engine, fresh. Raises PartUnavailable when it cannot be loaded."""
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data_path = espeakng_loader.get_data_path()
    except (ImportError, OSError, RuntimeError) as error:
        raise PartUnavailable(
            f"espeak-ng cannot be loaded ({error}): pip install espeakng-loader"
        ) from error
    _declare(library)
    options = PHONEME_EVENTS | PHONEME_IPA | DO_NOT_EXIT
    rate = library.espeak_Initialize(SYNCHRONOUS, CHUNK_MS, data_path.encode(), options)
    try:
        if rate <= 0:
            raise PartUnavailable(f"espeak-ng cannot read its data in {data_path}: install it anew")
        yield EspeakLibrary(library, rate)
    finally:
        library.espeak_Terminate()
        unload = ctypes.CDLL(None).dlclose
        unload.argtypes = [ctypes.c_void_p]
        unload(library._handle)  # noqa: SLF001


def _declare(library: Any) -> None:
    number, text = ctypes.c_int, ctypes.c_char_p
    library.espeak_Initialize.argtypes = [number, number, text, number]
    library.espeak_SetVoiceByName.argtypes = [text]
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    library.espeak_Synth.argtypes = [
        text, ctypes.c_size_t, ctypes.c_uint, number, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip


def _starts(events: Any) -> list[Start]:
    starts: list[Start] = []
    index = 0
    while (event := events[index]).type != END_OF_LIST:
        if event.type == PHONEME:
            symbol = event.id.string.decode("utf-8", "ignore")
            if not symbol.startswith(LANGUAGE_SWITCH):
                starts.append(PhoneStart(symbol, event.sample))
        elif event.type == WORD:
            first = event.text_position - 1
            starts.append(WordStart(first, first + event.length))
        index += 1
    return starts
