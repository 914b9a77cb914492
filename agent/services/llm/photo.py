"""A picture that a language model is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Photo:
    """An encoded picture, JPEG, with its width and height."""

    data: bytes
    size: tuple[int, int]
