"""Tensors from files that others made: nothing else is read, and all that is wrong is told."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter
from zipfile import ZipFile, is_zipfile

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from avatar.errors import DataError, MediaError
from avatar.files import beside

NESTED = ("state_dict", "model", "params")
"""Under which a file may hold its tensors."""
DEEPEST = 4
"""Dictionaries inside one another."""
TOLD = 8
"""Problems that a message lists."""


@contextmanager
def told_of(place: Path) -> Generator[None]:
    """What is wrong in here is said to be so in a file or folder."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{place}: {error}") from error


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.pth`, `.bin` or `.safetensors` file by the names that it gives them.

    Raises DataError for a file that is none, is cut, holds code, or unpacks to more than it is.
    """
    try:
        told = _content(path)
    except Exception as error:
        # Readers of spoiled files fail in every way that there is.
        raise DataError(
            f"{path}: a checkpoint with tensors and nothing else was expected: {_first(error)}"
        ) from error
    for _ in range(DEEPEST):
        inner = [told[name] for name in NESTED if _is_nest(told, name)]
        if not inner:
            break
        told = inner[0]
    if not isinstance(told, Mapping):
        raise DataError(f"{path}: tensors by name were expected, a {type(told).__name__} came")
    tensors = dict(_flat(told, ""))
    if not tensors:
        raise DataError(f"{path}: tensors by name were expected, none came")
    if sum(x.numel() * x.element_size() for x in tensors.values()) > path.stat().st_size:
        raise DataError(f"{path}: its tensors claim to be larger than the file: get it anew")
    return tensors


def fitted(
    wanted: Mapping[str, Tensor], ours: Mapping[str, Tensor], unknown: Sequence[str] = ()
) -> dict[str, Tensor]:
    """Tensors in the shapes of `wanted`.

    Raises DataError that names what is missing, unknown, of another shape or not finite.
    """
    problems = [f"unknown: {name}" for name in [*unknown, *sorted(set(ours) - set(wanted))]]
    problems += [f"missing: {name}" for name in sorted(set(wanted) - set(ours))]
    for name in sorted(set(wanted) & set(ours)):
        problems += _misfits(name, wanted[name], ours[name])
    if problems:
        more = f" and {len(problems) - TOLD} more" if len(problems) > TOLD else ""
        raise DataError("the checkpoint does not fit: " + "; ".join(problems[:TOLD]) + more)
    return {name: x.float().reshape(wanted[name].shape) for name, x in ours.items()}


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write a `.safetensors` file. Raises MediaError when the place cannot be written."""
    with beside(path) as part:
        mode = part.stat().st_mode
        try:
            save_file({name: _alone(x) for name, x in tensors.items()}, part)
        except SafetensorError as error:
            raise MediaError(f"{path}: cannot be written ({error})") from error
        # What writes it lets nobody else read it.
        part.chmod(mode)


def _alone(x: Tensor) -> Tensor:
    """A tensor that lies by itself: in files of others several may be cut from one."""
    return x.contiguous() if x.untyped_storage().nbytes() == x.nbytes else x.clone()


def _content(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return load_file(path)
    if is_zipfile(path):
        with ZipFile(path) as archive:
            unpacked = sum(record.file_size for record in archive.infolist())
        if unpacked > path.stat().st_size:
            raise ValueError("its records are compressed, which no checkpoint's are")
    with catch_warnings():
        # Of how a file was written, or of what its reader does not know yet: it reads or refuses.
        simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def _first(error: Exception) -> str:
    """What is wrong, without the advice to load code."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _is_nest(told: Any, name: str) -> bool:
    return isinstance(told, Mapping) and isinstance(told.get(name), Mapping)


def _flat(told: Mapping[Any, Any], before: str, depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    for name, value in told.items():
        if isinstance(value, Tensor):
            yield f"{before}{name}", value
        elif isinstance(value, Mapping) and depth < DEEPEST:
            yield from _flat(value, f"{before}{name}.", depth + 1)


def _misfits(name: str, wanted: Tensor, came: Tensor) -> list[str]:
    """Axes of one do not count: the official network has some that ours has not."""
    if not came.is_floating_point() or came.layout is not torch.strided:
        return [f"{name}: numbers were expected, {came.dtype} came"]
    if _axes(wanted) != _axes(came):
        return [f"{name}: {tuple(wanted.shape)} was expected, {tuple(came.shape)} came"]
    if not _is_finite(came.float()):
        return [f"{name}: finite numbers were expected, NaN or infinity came"]
    return []


def _is_finite(x: Tensor) -> bool:
    """A sum is twelve times faster than a look at each number, but may be infinite by itself."""
    return bool(x.sum().isfinite()) or bool(x.isfinite().all())


def _axes(x: Tensor) -> list[int]:
    return [count for count in x.shape if count != 1] if prod(x.shape) else list(x.shape)
