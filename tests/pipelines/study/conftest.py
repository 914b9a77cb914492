"""Clips that differ, and a study of them."""

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest

from avatar.video import VideoWriter
from pipelines.study.answers import AnswerBook
from pipelines.study.plan import Study
from pipelines.study.preparation import Source, prepare

RATE = 16_000
NAMES = ("Perihelion", "Aphelion")
"""Names that no page, header or address contains by chance."""


def write_clip(path: Path, grey: int, *, ticks: int = 15, tone_hz: float = 330) -> None:
    """A square that wanders over an even ground, with a tone."""
    path.parent.mkdir(exist_ok=True)
    times = np.arange(ticks * RATE // 25) / RATE
    tone = (3000 * np.sin(2 * np.pi * tone_hz * times)).astype(np.int16).reshape(ticks, -1)
    with VideoWriter(path, size=(160, 160), rate=RATE) as writer:
        for index in range(ticks):
            picture = np.full((160, 160, 3), grey, np.uint8)
            picture[60:100, 4 * index : 4 * index + 40] = 255 - grey
            writer.picture(picture)
            writer.sound(tone[index])


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Source]:
    """Two methods with three equally named clips each."""
    folder = tmp_path_factory.mktemp("clips")
    sources = tuple(Source(name, folder / name) for name in NAMES)
    for shade, given in enumerate(sources):
        for index in range(3):
            write_clip(given.folder / f"scene{index}.mp4", 40 + 20 * index + 90 * shade)
    return sources[0], sources[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "study"


@pytest.fixture
def study(folder: Path, clips: tuple[Source, Source]) -> Study:
    """Three pairs and two catch trials in `folder`."""
    return prepare(folder, *clips, seed=5, catch=2)


@pytest.fixture
def book(study: Study, folder: Path) -> Generator[AnswerBook]:
    opened = AnswerBook(folder)
    yield opened
    opened.close()


@pytest.fixture
def clip_writer() -> Callable[..., None]:
    return write_clip
