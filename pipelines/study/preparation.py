"""Making a study out of two folders of clips."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import av
import av.error

from avatar.behaviour.chance import Chance
from avatar.files import beside
from pipelines.study.plan import CLIPS, FORMAT, STUDY_FILE, Method, Study, StudyError, Trial

Item = TypeVar("Item")

LONGEST_DIFFERENCE_S = 0.5
"""Clips of a pair play side by side: beyond this one would stand still while the other goes on."""


@dataclass(frozen=True, slots=True)
class Source:
    """A method's name and the folder of its clips."""

    name: str
    folder: Path


def source(option: str) -> Source:
    """A source from NAME=FOLDER. Raises StudyError when it is none."""
    name, equals, folder = option.partition("=")
    if not equals or not name.strip() or not folder:
        raise StudyError(f"a method is given as NAME=FOLDER; it was {option!r}")
    if not Path(folder).is_dir():
        raise StudyError(f"{folder}: not a folder; give the folder of the mp4 clips of {name}")
    return Source(name.strip(), Path(folder))


def prepare(folder: Path, a: Source, b: Source, *, seed: int, catch: int) -> Study:
    """Write a study that compares equally named clips of two folders.

    `catch` trials show one clip twice. The same seed gives the same study. Raises StudyError when
    clips are missing or do not fit each other, and StudyError or MediaError when the folder cannot
    be written.
    """
    if (folder / STUDY_FILE).exists():
        raise StudyError(f"{folder}: holds a study already; name another folder")
    if a.name == b.name:
        raise StudyError(f"both methods are called {a.name!r}; give them two names")
    names = _paired(a, b)
    for name in names:
        _check_pair(a.folder / name, b.folder / name)
    try:
        (folder / CLIPS).mkdir(parents=True, exist_ok=True)
        files = {
            (method, name): _kept(given.folder / name, folder / CLIPS)
            for method, given in (("a", a), ("b", b))
            for name in names
        }
        study = Study(
            format=FORMAT,
            seed=seed,
            a=a.name,
            b=b.name,
            trials=tuple(_trials(names, files, Chance(seed), catch)),
        )
        with beside(folder / STUDY_FILE) as part:
            part.write_text(study.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written ({error.strerror})") from error
    return study


def _paired(a: Source, b: Source) -> list[str]:
    """Names of the clips, which both folders must hold."""
    held = {given.name: {path.name for path in given.folder.glob("*.mp4")} for given in (a, b)}
    for given, other in ((a, b), (b, a)):
        lost = sorted(held[other.name] - held[given.name])
        if lost:
            raise StudyError(
                f"{given.folder / lost[0]}: missing, while {other.folder} has it; both folders "
                f"need equally named clips ({len(lost)} missing)"
            )
    if not held[a.name]:
        raise StudyError(f"{a.folder}: holds no .mp4 clips")
    return sorted(held[a.name])


def _check_pair(a: Path, b: Path) -> None:
    if a.read_bytes() == b.read_bytes():
        raise StudyError(f"{a} and {b} are the same file: there is nothing to compare")
    lengths = [_seconds(path) for path in (a, b)]
    if abs(lengths[0] - lengths[1]) > LONGEST_DIFFERENCE_S:
        raise StudyError(
            f"{a} lasts {lengths[0]:.1f} s and {b} {lengths[1]:.1f} s; they are shown side by "
            "side: make them equally long"
        )


def _seconds(path: Path) -> float:
    """How long a clip lasts. Raises StudyError when it is no video."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video or container.duration is None:
                raise StudyError(f"{path}: has no pictures; clips are mp4 videos")
            return container.duration / 1_000_000
    except (av.error.FFmpegError, OSError) as error:
        raise StudyError(f"{path}: cannot be read as a video ({error})") from error


def _kept(path: Path, folder: Path) -> str:
    """Copy a clip under a name that says nothing about its method; gives that name."""
    name = f"{hashlib.blake2b(path.read_bytes(), digest_size=10).hexdigest()}.mp4"
    with beside(folder / name) as part:
        shutil.copyfile(path, part)
    return name


def _trials(
    names: list[str], files: dict[tuple[str, str], str], chance: Chance, catch: int
) -> list[Trial]:
    """Pairs and catch trials in a random order; of both kinds every other one is swapped."""
    shown = [
        (name, files["a", name], files["b", name]) for name in _shuffled(names, chance, "pairs")
    ]
    again = _shuffled(names, chance, "catch trials")
    for index in range(catch):
        name = again[index % len(again)]
        file = files["ab"[index % 2], name]
        shown.append((name, file, file))
    left: tuple[Method, Method] = ("a", "b")
    first = int(chance.happens("first side", 0, 0.5))
    trials = [
        Trial(id=_opaque(chance, index), clip=clip, a=a, b=b, left=left[(first + index) % 2])
        for index, (clip, a, b) in enumerate(shown)
    ]
    return _shuffled(trials, chance, "trials")


def _shuffled(items: list[Item], chance: Chance, what: str) -> list[Item]:
    keys = [chance.uniform(what, index) for index in range(len(items))]
    return [items[index] for index in sorted(range(len(items)), key=keys.__getitem__)]


def _opaque(chance: Chance, index: int) -> str:
    return f"{int(chance.uniform('name of a trial', index) * 2**48):012x}"
