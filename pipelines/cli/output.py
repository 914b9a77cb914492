"""What verbs share: words, checked options, and drawing a scene to a file."""

from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import soxr
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from avatar.avatar import Avatar
from avatar.clock import FPS, TICK
from avatar.errors import MediaError, UnknownPart
from avatar.files import require_place
from avatar.media import write_motion
from avatar.offline import Scene, play
from avatar.parts import AUTO
from avatar.rendering.framing import ASPECTS
from avatar.tick import VoiceSamples
from avatar.video import VideoWriter
from pipelines.build import Look

console = Console()

Choice = TypeVar("Choice", bound=str)


def told(message: str) -> None:
    """Print a line as it is: a path may hold brackets, which are markup otherwise."""
    console.print(message, markup=False, highlight=False, soft_wrap=True)


def choice(kind: str, name: str, known: tuple[Choice, ...]) -> Choice:
    """What of `known` an option names. Raises UnknownPart for anything else."""
    for one in known:
        if one == name:
            return one
    raise UnknownPart(f"there is no {kind} {name!r}; known: {', '.join(known)}")


PictureSize = Annotated[
    int | None, typer.Option(help="height of the picture in pixels: 256, 384, 512, 640, 768, 1024")
]
Drawer = Annotated[str, typer.Option(help="what draws it: auto, warp, neural, neural:FOLDER")]
Model = Annotated[str, typer.Option(help="embedded, or official:FOLDER, its checkpoints' folder")]
PictureFraming = Annotated[str, typer.Option(help="square, portrait (3:4) or landscape (16:9)")]
Mark = Annotated[
    bool, typer.Option("--mark/--no-mark", help='"AI" in a corner, for whoever sees the video')
]


def look_of(size: int | None, framing: str, renderer: str = AUTO) -> Look:
    """How an avatar is shown. Raises UnknownPart for a framing that is none."""
    return Look(size, choice("framing", framing, tuple(ASPECTS)), renderer=renderer)


def require_output(video: Path, motion: Path | None = None) -> None:
    """Raise MediaError unless these files can be written: before long work begins."""
    if video.suffix.lower() != ".mp4":
        raise MediaError(f"{video}: videos are written as .mp4; name the file so")
    for path in (video, motion):
        if path is not None:
            require_place(path)


def warn_of_no_mark() -> None:
    """Say what follows from a video without a visible mark."""
    told(
        "the video has no visible mark: where it is shown, the law may ask for one (EU AI Act, "
        "article 50); the marks for machines are in it"
    )


def require_picture(path: Path) -> None:
    """Raise MediaError unless this picture can be written: before long work begins."""
    if path.suffix.lower() != ".png":
        raise MediaError(f"{path}: sheets are written as .png; name the file so")
    require_place(path)


def draw_scene(
    avatar: Avatar,
    scene: Scene,
    *,
    rate: int,
    seed: int,
    video: Path,
    motion: Path | None,
    mark: bool,
) -> None:
    """Play a scene, write the video and, when asked for, the motion."""
    if not mark:
        warn_of_no_mark()
    session = avatar.session(voice_rate=rate, seed=seed)
    ticks = scene.ticks(rate)
    user = _user_track(scene, rate, ticks)
    motions: list[np.ndarray] = []
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console
    )
    size = avatar.renderer.size
    with VideoWriter(video, size=size, rate=rate, badge=mark) as writer, bar:
        job = bar.add_task(f"drawing {ticks / FPS:.1f} s", total=ticks)
        for index, frame in enumerate(play(session, scene)):
            if frame.picture is not None:
                writer.picture(frame.picture)
            writer.sound(_mixed(frame.tick.speech, user[index]))
            motions.append(frame.motion)
            bar.advance(job)
        if motion is not None:
            write_motion(
                motion, np.stack(motions), avatar.renderer.space, speech_at_s=scene.speech_at_s
            )


def _user_track(scene: Scene, rate: int, ticks: int) -> np.ndarray:
    """The user's sound at the voice's rate, one row a tick."""
    track = np.zeros(ticks * rate // FPS, np.float32)
    if scene.user_audio is not None:
        heard = soxr.resample(scene.user_audio, TICK * FPS, rate)[: len(track)]
        track[: len(heard)] = heard
    return (np.clip(track, -1, 1) * 32767).astype(np.int16).reshape(ticks, -1)


def _mixed(speech: VoiceSamples | None, user: VoiceSamples) -> VoiceSamples:
    if speech is None:
        return user
    return np.clip(speech.astype(np.int32) + user, -32768, 32767).astype(np.int16)


class Bars:
    """A progress bar for every stage."""

    def __init__(self) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[losses]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def made(self, what: str, done: int, total: int) -> None:
        """Things that are made one by one."""
        self._show(what, done, total, "")

    def report(self, stage: str, step: int, total: int, losses: dict[str, float]) -> None:
        """Steps of a stage."""
        self._show(stage, step, total, f"loss {losses.get('loss', 0.0):.4f}")

    def _show(self, name: str, done: int, total: int, losses: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self.progress.add_task(name, total=total, losses="")
        self.progress.update(self._tasks[name], completed=done, losses=losses)
