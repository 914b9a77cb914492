"""Writes a drawn character as an avatar bundle, format 1."""

from pathlib import Path

import numpy as np

from avatar.rendering.bundle_files import POSE_LIMITS_DEG, write_files
from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.portrait import Plates, draw


def write_bundle(
    character: Character, directory: Path, *, size: int = 512, supersampling: int = 3
) -> None:
    """Draw a character and write its bundle into `directory`, which is made when missing.

    Raises MediaError when a file cannot be written.
    """
    plates = draw(character, size, supersampling)
    write_files(directory, _description(character, size), plates.landmarks, _pictures(plates))


def _pictures(plates: Plates) -> dict[str, np.ndarray]:
    return {
        "portrait.png": plates.portrait[..., ::-1],
        "matte.png": plates.matte,
        "background.png": plates.background[..., ::-1],
        "depth.png": plates.depth,
        "eyes.png": plates.eyes[..., [2, 1, 0, 3]],
    }


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
