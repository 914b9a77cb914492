"""Writes a drawn character as an avatar bundle, format 1."""

import json
from pathlib import Path

import cv2
import numpy as np

from avatar.errors import MediaError
from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.portrait import Plates, draw

POSE_LIMITS_DEG = {"yaw": 15, "pitch": 12, "roll": 12}
DECIMALS = 2
"""Of a landmark, in pixels."""


def write_bundle(
    character: Character, directory: Path, *, size: int = 512, supersampling: int = 3
) -> None:
    """Draw a character and write its bundle into `directory`, which is made when missing.

    Raises MediaError when a file cannot be written.
    """
    plates = draw(character, size, supersampling)
    directory.mkdir(parents=True, exist_ok=True)
    for name, picture in _pictures(plates).items():
        _write_picture(directory / name, picture)
    points = {
        name: np.round(group.astype(float), DECIMALS).tolist()
        for name, group in plates.landmarks.items()
    }
    _write_json(directory / "landmarks.json", {"version": 1, "groups": points})
    _write_json(directory / "avatar.json", _description(character, size))


def _pictures(plates: Plates) -> dict[str, np.ndarray]:
    return {
        "portrait.png": plates.portrait[..., ::-1],
        "matte.png": plates.matte,
        "background.png": plates.background[..., ::-1],
        "depth.png": plates.depth,
        "eyes.png": plates.eyes[..., [2, 1, 0, 3]],
    }


def _write_picture(path: Path, picture: np.ndarray) -> None:
    if not cv2.imwrite(str(path), np.ascontiguousarray(picture)):
        raise MediaError(f"a PNG picture cannot be written to {path}: choose a writable folder")


def _write_json(path: Path, value: dict[str, object]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _description(character: Character, size: int) -> dict[str, object]:
    return {
        "format": 1,
        "name": character.name,
        "title": character.title,
        "licence": "Apache-2.0",
        "provenance": {
            "source": "drawn by visavis (avatar/synthetic/characters)",
            "consent": "not a real person",
        },
        "space": "arkit58",
        "size": [size, size],
        "pose_limits_deg": POSE_LIMITS_DEG,
        "rest": {},
        "style": character.style,
    }
