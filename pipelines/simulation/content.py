"""What must not be found in files: what was said and shown."""

from dataclasses import dataclass

MEDIA = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3")
"""How files of pictures, sound and videos begin."""


@dataclass(frozen=True, slots=True)
class Content:
    """What must not be written: words, in any case, and pieces of sound or pictures as bytes."""

    words: tuple[str, ...]
    pieces: tuple[bytes, ...] = ()

    @property
    def _letters(self) -> tuple[bytes, ...]:
        low = [word.lower() for word in self.words]
        return tuple(word.encode(code) for word in low for code in ("utf-8", "utf-16-le"))

    @property
    def longest(self) -> int:
        """Bytes of the longest of it."""
        return max((len(mark) for mark in (*self._letters, *self.pieces)), default=1)

    def is_in(self, data: bytes) -> bool:
        """Whether any of it is there."""
        low = data.lower()
        return any(mark in low for mark in self._letters) or any(p in data for p in self.pieces)


def pieces_of(data: bytes, *, size: int = 48, most: int = 40) -> tuple[bytes, ...]:
    """Pieces that tell these samples or this picture from others: none of silence."""
    step = max(size, len(data) // most)
    cut = [data[at : at + size] for at in range(0, len(data) - size, step)]
    return tuple(piece for piece in cut if len(set(piece)) >= size // 3)
