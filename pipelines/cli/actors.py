"""`visavis actors`: the synthetic people that the tracker learns from."""

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from pipelines.cli.output import Bars, choice, require_picture, told

app = typer.Typer(help="People who do not exist, for training.", no_args_is_help=True)

COLUMNS, ROWS = 8, 5
SIDE = 200


@app.callback()
def actors() -> None:
    """People who do not exist, whose faces are known exactly."""


@app.command()
def fetch() -> None:
    """Let npm bring the parametric human, which is needed to make pictures and for nothing else."""
    from avatar.synthetic.actors.assets import fetch as bring

    told(f"the parametric human is in {bring()}")


@app.command()
def preview(
    out: Annotated[Path, typer.Option("--out", "-o", help="The PNG file to write.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other people.")] = 0,
    kind: Annotated[str, typer.Option(help="human, drawn or still.")] = "human",
    landmarks: Annotated[bool, typer.Option("--landmarks", help="Mark what is known.")] = False,
) -> None:
    """Draw a contact sheet of the people of a seed."""
    from avatar.synthetic.actors.making import KINDS, pictures

    require_picture(out)
    chosen = choice("kind", kind, KINDS)
    made = list(pictures(chosen, seed))
    picked = np.random.default_rng(seed).permutation(len(made))[: COLUMNS * ROWS]
    tiles = list[np.ndarray]()
    for index in picked:
        image = made[int(index)].image.copy()
        if landmarks:
            for x, y in made[int(index)].places[np.isfinite(made[int(index)].places[:, 0])]:
                cv2.circle(image, (round(float(x)), round(float(y))), 1, (60, 255, 90), -1)
        tiles.append(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA))
    rows = [np.hstack(tiles[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)]
    cv2.imwrite(str(out), np.vstack(rows)[..., ::-1])
    told(f"wrote {out}")


@app.command()
def make(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the pictures.")],
    humans: Annotated[int, typer.Option(min=0, help="Shards of 480 pictures of people.")] = 110,
    drawn: Annotated[int, typer.Option(min=0, help="Shards of drawn characters.")] = 12,
    stills: Annotated[int, typer.Option(min=0, help="Shards of moved portraits of people.")] = 24,
    processes: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Make the pictures of a recipe; what is there is not made again."""
    from avatar.synthetic.actors.making import make_shards

    bars = Bars()
    with bars.progress:
        for kind, count in (("human", humans), ("drawn", drawn), ("still", stills)):
            make_shards(out, kind, count, bars.made, processes=processes)
    told(f"{out}: {humans + drawn + stills} shards")
