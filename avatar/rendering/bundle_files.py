"""Writing an avatar bundle, format 1."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatar.errors import MediaError
from avatar.rendering.bundle import FORMAT

POSE_LIMITS_DEG = {"yaw": 15, "pitch": 12, "roll": 12}
DECIMALS = 2
"""Of a landmark, in pixels."""


def write_files(
    folder: Path,
    manifest: Mapping[str, Any],
    groups: Mapping[str, np.ndarray],
    plates: Mapping[str, np.ndarray],
) -> None:
    """Write manifest, landmark groups and plates by file name, in OpenCV's order of colours.

    The folder is made when missing. Raises MediaError when something cannot be written.
    """
    points = {name: rounded(group) for name, group in groups.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "landmarks.json").write_text(landmarks_text(points), encoding="utf-8")
        (folder / "avatar.json").write_text(_text(manifest), encoding="utf-8")
    except OSError as error:
        raise MediaError(f"{folder}: cannot be written there ({error.strerror})") from error
    for name, plate in plates.items():
        if not cv2.imwrite(str(folder / name), np.ascontiguousarray(plate)):
            raise MediaError(
                f"a PNG picture cannot be written to {folder / name}: choose a writable folder"
            )


def rounded(points: np.ndarray) -> list[list[float]]:
    """A group of landmarks as it is written."""
    return np.round(points.astype(float), DECIMALS).tolist()


def landmarks_text(groups: Mapping[str, list[list[float]]]) -> str:
    """The content of `landmarks.json`."""
    return _text({"version": FORMAT, "groups": groups})


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1) + "\n"
