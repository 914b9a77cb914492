"""Which files of networks the figures of the picture need. None of them ships or is fetched."""

from dataclasses import dataclass
from pathlib import Path

from avatar.errors import DataError, UnknownPart


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A network's file: the figure that needs it, what people call that, and what it must hold."""

    figure: str
    title: str
    content: str


EXPECTED = {
    "inception": ExpectedFile(
        "fid",
        "FID",
        "TorchScript of Inception v3 (inception-2015-12-05.pt of StyleGAN's metrics), "
        "forward(uint8 [n, 3, height, width], return_features) -> [n, 2048]",
    ),
    "i3d": ExpectedFile(
        "fvd",
        "FVD",
        "TorchScript of I3D (i3d_torchscript.pt of StyleGAN-V's metrics), forward(float32 "
        "[n, 3, 16, 224, 224] in [-1, 1], rescale, resize, return_features) -> [n, 400]",
    ),
    "arcface": ExpectedFile(
        "csim",
        "CSIM",
        "ONNX of ArcFace (w600k_r50.onnx of InsightFace), float32 RGB [n, 3, 112, 112] in [-1, 1] "
        "-> [n, 512]",
    ),
    "syncnet": ExpectedFile(
        "lse",
        "LSE-C and LSE-D",
        "TorchScript of SyncNet (scripted with the weights syncnet_v2), forward_lip(float32 BGR "
        "[n, 3, 5, 224, 224] in 0 to 255) and forward_aud(float32 [n, 1, 13, 20]) -> [n, 1024]",
    ),
    "lpips": ExpectedFile(
        "lpips",
        "LPIPS",
        "TorchScript of LPIPS (traced), forward(float32 RGB [n, 3, height, width] in [-1, 1], the "
        "same of the others) -> [n, 1, 1, 1]",
    ),
}
"""By network."""


def require_file(network: str, path: Path) -> None:
    """Raise UnknownPart for a network that no figure needs, and DataError when there is no file."""
    if network not in EXPECTED:
        known = ", ".join(EXPECTED)
        raise UnknownPart(f"there is no network {network!r} to measure with; known: {known}")
    if not path.is_file():
        raise DataError(f"{path}: no such file; {network} is {EXPECTED[network].content}")
