"""Networks that people measure pictures with, from files that a person has. Nothing is fetched.

A file of TorchScript is a program: load only files from whom you trust.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from avatar.clock import TICK
from avatar.errors import DataError
from avatar.evaluation.aligned_faces import SIDE, AlignedFaces
from avatar.evaluation.cepstrum import CEPSTRA, HOP, cepstra
from avatar.evaluation.expected_files import EXPECTED, require_file
from avatar.graphs import open_graph
from avatar.metrics.distances import Features
from avatar.metrics.seen import Clips, Pictures
from avatar.tick import Samples

I3D_SIDE = SYNCNET_SIDE = 224
HEARD = 20
"""Cepstra, 10 ms apart, of one embedding of SyncNet."""


@dataclass(frozen=True, slots=True)
class Inception:
    """Inception v3 of FID, as StyleGAN's metrics have it in TorchScript."""

    network: Any
    path: Path

    def __call__(self, pictures: Pictures) -> Features:
        """2048 features of pictures of any size, which the network scales itself."""
        given = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        return _rows(self, lambda: self.network(given, return_features=True), len(pictures))


@dataclass(frozen=True, slots=True)
class I3d:
    """I3D of FVD, as StyleGAN-V's metrics have it in TorchScript."""

    network: Any
    path: Path

    def __call__(self, clips: Clips) -> Features:
        """400 logits of clips, each cut to a square and scaled to 224 pixels, in [-1, 1]."""
        scaled = np.stack([[_square(picture, I3D_SIDE) for picture in clip] for clip in clips])
        given = torch.from_numpy(scaled).permute(0, 4, 1, 2, 3).float() / 127.5 - 1

        def told() -> Tensor:
            return self.network(given, rescale=False, resize=False, return_features=True)

        return _rows(self, told, len(clips))


@dataclass(frozen=True, slots=True)
class Lpips:
    """LPIPS (Zhang et al. 2018), traced: two batches of pictures in [-1, 1] to distances."""

    network: Any
    path: Path

    def __call__(self, pictures: Pictures, others: Pictures) -> Float[np.ndarray, " pictures"]:
        """The distance of each pair, 0 for equal pictures."""
        given = [
            torch.from_numpy(each).permute(0, 3, 1, 2).float() / 127.5 - 1
            for each in (pictures, others)
        ]
        told = _rows(self, lambda: self.network(*given).flatten(1), len(pictures))
        return told.mean(axis=1)


@dataclass(frozen=True, slots=True)
class SyncNet:
    """SyncNet (Chung and Zisserman 2016), scripted with its methods forward_lip and forward_aud."""

    network: Any
    path: Path

    def lips(self, clips: Clips) -> Features:
        """Embeddings of five pictures, cut to a square of 224 pixels, BGR in levels of 255."""
        scaled = np.stack([[_square(picture, SYNCNET_SIDE) for picture in clip] for clip in clips])
        bgr = np.ascontiguousarray(scaled[..., ::-1])
        given = torch.from_numpy(bgr).permute(0, 4, 1, 2, 3).float()
        return _rows(self, lambda: self.network.forward_lip(given), len(clips))

    def voice(self, samples: Samples) -> Features:
        """Embeddings of 20 cepstra, one for each tick."""
        heard = cepstra(samples)
        step = TICK // HOP
        count = max(0, (len(heard) - HEARD) // step + 1)
        if count == 0:
            raise DataError(f"{len(samples)} samples of sound are too few: 0.2 s are needed")
        windows = np.stack([heard[at * step : at * step + HEARD].T for at in range(count)])
        given = torch.from_numpy(windows.reshape(count, 1, CEPSTRA, HEARD))
        return _rows(self, lambda: self.network.forward_aud(given), count)


class ArcFace:
    """A network of identity as an ONNX graph, such as InsightFace's, of aligned faces."""

    def __init__(self, path: Path) -> None:
        """Open a graph. Raises DataError for one that takes other pictures."""
        self._path, self._graph, self._faces = path, open_graph(path), AlignedFaces()
        given = self._graph.get_inputs()
        if len(given) != 1 or list(given[0].shape[1:]) != [3, SIDE, SIDE]:
            raise DataError(f"{path} takes {[each.shape for each in given]}")
        self._name = given[0].name

    def __call__(self, pictures: Pictures) -> Features:
        """One embedding for each picture. Raises DataError for a picture without a face."""
        return np.concatenate([self._embedded(picture) for picture in pictures])

    def _embedded(self, picture: UInt8[np.ndarray, "_ _ 3"]) -> Float[np.ndarray, "1 features"]:
        face = self._faces.cut(picture)
        if face is None:
            raise DataError("no face was found in a picture: identities need one in each")
        given = (face.astype(np.float32).transpose(2, 0, 1)[None] - 127.5) / 127.5
        told = np.asarray(self._graph.run(None, {self._name: given})[0])
        if told.ndim != 2 or len(told) != 1:
            raise DataError(f"{self._path} gives {list(told.shape)}")
        return told


def _script(network: Callable[[Any, Path], Any], **named: Sequence[str]) -> Callable[[Path], Any]:
    """Opens a file of TorchScript that has these methods with arguments of these names."""

    def opened(path: Path) -> Any:
        module = _load(path)
        for method, arguments in named.items():
            found = getattr(module, method, None)
            if found is None:
                raise DataError(f"{path} has no {method}")
            names = [argument.name for argument in found.schema.arguments[1:]]
            if not set(arguments) <= set(names):
                raise DataError(f"{path}: its {method} takes {', '.join(names)}")
        return network(module, path)

    return opened


def _load(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            # The files that everybody measures with are TorchScript, which torch warns of.
            warnings.simplefilter("ignore", DeprecationWarning)
            return torch.jit.load(path, map_location="cpu").eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise DataError(f"{path} is no TorchScript ({str(error).splitlines()[0]})") from error


OPENED: dict[str, Callable[[Path], Any]] = {
    "inception": _script(Inception, forward=("return_features",)),
    "i3d": _script(I3d, forward=("rescale", "resize", "return_features")),
    "arcface": ArcFace,
    "syncnet": _script(SyncNet, forward_lip=(), forward_aud=()),
    "lpips": _script(Lpips, forward=()),
}
"""How a file of each network of `EXPECTED` is opened."""


def load_network(kind: str, path: Path) -> Any:
    """A network of one of the kinds of `EXPECTED` from a file.

    Raises UnknownPart for another kind, and DataError for a file that is missing or does not hold
    what is expected.
    """
    require_file(kind, path)
    try:
        return OPENED[kind](path)
    except DataError as error:
        raise DataError(f"{error}; {kind} is {EXPECTED[kind].content}") from error


def _rows(network: Any, told: Callable[[], Any], count: int) -> Features:
    """What a network says, one row for each thing given. Raises DataError for anything else."""
    try:
        with torch.inference_mode():
            rows = told()
    except RuntimeError as error:
        line = str(error).strip().splitlines()[-1]
        raise DataError(f"{network.path} cannot take what it is given: {line}") from error
    if not isinstance(rows, Tensor) or rows.ndim != 2 or len(rows) != count:
        shape = list(rows.shape) if isinstance(rows, Tensor) else type(rows).__name__
        raise DataError(f"{network.path} gives {shape}: [{count}, features] are needed")
    return rows.float().numpy()


def _square(picture: UInt8[np.ndarray, "_ _ 3"], side: int) -> UInt8[np.ndarray, "side side 3"]:
    """The middle of a picture at one size."""
    height, width = picture.shape[:2]
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    cut = picture[top : top + least, left : left + least]
    how = cv2.INTER_AREA if least > side else cv2.INTER_LINEAR
    return cv2.resize(cut, (side, side), interpolation=how).astype(np.uint8, copy=False)
