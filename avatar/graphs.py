"""ONNX graphs from files, run on the thread that calls them."""

import json
from pathlib import Path
from typing import Any

import onnxruntime as ort

from avatar.errors import DataError


def open_graph(path: Path) -> Any:
    """A session of a graph on one core. Raises DataError when the file is none."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise DataError(f"{path} is no graph that can be run ({error}): get it anew") from error


def read_card(path: Path, whose: str, version: int) -> dict[str, Any]:
    """What is told of graphs in the `config.json` beside them; `whose` names what has one.

    Raises DataError when it cannot be read, or is of another `version`.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}): {whose} has one") from error
    if not isinstance(card, dict) or card.get("format") != version:
        raise DataError(
            f"{path} is of another version: format {version} is needed; export it with this version"
        )
    return card
