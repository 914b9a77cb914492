"""From trained face networks to what ships: ONNX graphs and a `config.json`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from avatar.files import beside
from avatar.portraits.network import GRAPH, SIDE
from avatar.tracking.crops import BROWS, EYE, FACE, MOUTH
from avatar.tracking.networks import CONFIG, FACE_GRAPH, FORMAT, PARTS_GRAPH
from avatar.tracking.places import TOLD
from avatar.training.export import commit, write_graph
from avatar.training.tracker.learning import FaceLearner, PartsLearner
from avatar.training.tracker.portraits import PortraitLearner
from avatar.training.tracker.recipes import TrackerRecipe


def export_networks(
    faces: FaceLearner, parts: PartsLearner, portraits: PortraitLearner, folder: Path
) -> None:
    """Write the graphs. Raises MediaError when the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(portraits.face, folder / GRAPH, {"face": _crop((SIDE, SIDE))}, ("places", "seen"))
    write_graph(
        faces.face, folder / FACE_GRAPH, {"face": _crop(FACE)}, ("places", "pose", "presence")
    )
    crops = {
        "right_eye": _crop(EYE),
        "left_eye": _crop(EYE),
        "mouth": _crop(MOUTH),
        "brows": _crop(BROWS),
        "pose": torch.zeros(1, 3),
    }
    write_graph(parts.parts, folder / PARTS_GRAPH, crops, ("told",))


def write_card(
    recipe: TrackerRecipe, folder: Path, *, evaluation: Mapping[str, Any] | None = None
) -> None:
    """Write the configuration: what the networks are, and what was measured of them."""
    card = {
        "format": FORMAT,
        "told": list(TOLD),
        "recipe": asdict(recipe),
        "licence": "Apache-2.0",
        "commit": commit(),
        "evaluation": evaluation,
    }
    with beside(folder / CONFIG) as part:
        part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _crop(size: tuple[int, int]) -> Tensor:
    return torch.rand(1, 1, size[1], size[0]) * 255
