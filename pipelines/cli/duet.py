"""`visavis duet`: two avatars that talk to each other, to a file or on a page."""

from pathlib import Path
from typing import Annotated

import typer

from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.duet import Duet
from avatar.parts import AUTO
from pipelines.build import build_avatar
from pipelines.cli.output import Mark, console, require_output, told, warn_of_no_mark

LONGEST_S = 3600.0


def duet(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The MP4 file to write; without it, a page is served."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, max=LONGEST_S, help="Length of the file.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another conversation.")] = 0,
    avatar: Annotated[
        str, typer.Option(help="Who is seen on the left: one that ships, or a bundle's folder.")
    ] = "ana",
    other: Annotated[
        str | None, typer.Option(help="Who is seen on the right; without it, the same.")
    ] = None,
    generator: Annotated[str, typer.Option(help="What makes the motion of both.")] = AUTO,
    host: Annotated[str, typer.Option(help="address to listen on; 0.0.0.0 is all")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")
    ] = 8780,
    mark: Mark = True,
) -> None:
    """Let two avatars talk to each other; each hears and sees the other and nobody else."""
    if out is not None:
        require_output(out)
    avatars = _avatars(avatar, other, generator)
    if out is None:
        _serve(avatars, seed, host, port)
    else:
        if not mark:
            warn_of_no_mark()
        _write(avatars, seed, round(seconds * FPS), out, mark)


def _avatars(left: str, right: str | None, generator: str) -> tuple[Avatar, Avatar]:
    first = build_avatar(left, generator=generator)
    alike = right is None or right == left
    return first, first if alike else build_avatar(right or left, generator=generator)


def _write(avatars: tuple[Avatar, Avatar], seed: int, ticks: int, out: Path, mark: bool) -> None:
    # These take half a second to load, which other commands need not wait for.
    from avatar.synthetic.dialogues.speech import Speaker
    from pipelines.duet.talk import Script, cast, talk
    from pipelines.side_by_side import SideBySideVideo

    persons = cast(seed, alike=avatars[0] is avatars[1])
    made = Duet(avatars, seed=seed)
    size = avatars[0].renderer.size
    with Speaker() as speaker:
        script = Script(talk(seed, persons, speaker))
        with SideBySideVideo(out, size=size, ticks=ticks, console=console, badge=mark) as video:
            for index in range(ticks):
                frame = made.step(script.due(index))
                left, right = (side.picture for side in frame.sides)
                assert left is not None
                assert right is not None
                video.tick(left, right, frame.sound)
    told(f"left: {persons[0].engine}:{persons[0].voice}")
    told(f"right: {persons[1].engine}:{persons[1].voice}")
    told(f"wrote {out}")


def _serve(avatars: tuple[Avatar, Avatar], seed: int, host: str, port: int) -> None:
    from pipelines.duet.serving import serve

    serve(avatars, seed=seed, host=host, port=port)
