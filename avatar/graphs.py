"""ONNX graphs from files, run on the thread that calls them."""

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
