"""`Phrases`: the form of a table of sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from avatar.synthetic.dialogues.scene import Act


@dataclass(frozen=True, slots=True)
class Phrases:
    """Templates by act; `{name}` in one stands for any of `words[name]`, which may hold more."""

    sentences: Mapping[Act, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
