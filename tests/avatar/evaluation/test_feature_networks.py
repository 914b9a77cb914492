"""Files of networks: those that fit are used as they were trained, others are named and refused."""

import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from skimage import data
from torch import Tensor, nn

from avatar.errors import DataError, UnknownPart
from avatar.evaluation.aligned_faces import PLACES, AlignedFaces
from avatar.evaluation.expected_files import EXPECTED
from avatar.evaluation.feature_networks import OPENED, load_network

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (3, 20, 30, 3), np.uint8)
Write = Callable[[nn.Module], Path]


class TinyInception(nn.Module):
    def forward(self, images: Tensor, return_features: bool = False) -> Tensor:
        return images.float().mean((2, 3)) if return_features else images.float()


class TinyI3d(nn.Module):
    def forward(
        self, x: Tensor, rescale: bool = True, resize: bool = True, return_features: bool = False
    ) -> Tensor:
        assert x.shape[1:] == torch.Size([3, 16, 224, 224])
        assert not rescale
        assert not resize
        return x.mean((2, 3, 4))


class TinySyncNet(nn.Module):
    @torch.jit.export
    def forward_lip(self, x: Tensor) -> Tensor:
        assert x.shape[1:] == torch.Size([3, 5, 224, 224])
        return x.mean((2, 3, 4))

    @torch.jit.export
    def forward_aud(self, x: Tensor) -> Tensor:
        assert x.shape[1:] == torch.Size([1, 13, 20])
        return x[:, 0, :3].mean(2)


class TinyLpips(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return (x - y).abs().mean((1, 2, 3), keepdim=True)


class Plain(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(network: nn.Module) -> Path:
        path = tmp_path / "network.pt"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.jit.script(network).save(str(path))
        return path

    return write


def test_every_kind_that_is_named_can_be_opened() -> None:
    assert OPENED.keys() == EXPECTED.keys()


def test_inception_is_given_pictures_as_they_are(written: Write) -> None:
    found = load_network("inception", written(TinyInception()))(PICTURES)
    np.testing.assert_allclose(found, PICTURES.mean(axis=(1, 2)), rtol=1e-6)


def test_i3d_is_given_squares_from_minus_one_to_one(written: Write) -> None:
    clips = np.empty((2, 16, 20, 30, 3), np.uint8)
    clips[:] = np.array([0, 51, 255])
    found = load_network("i3d", written(TinyI3d()))(clips)
    np.testing.assert_allclose(found, [[-1, -0.6, 1]] * 2, atol=1e-5)


def test_syncnet_is_given_bgr_and_cepstra(written: Write) -> None:
    network = load_network("syncnet", written(TinySyncNet()))
    clips = np.empty((2, 5, 30, 20, 3), np.uint8)
    clips[:] = np.array([10, 20, 40])
    np.testing.assert_allclose(network.lips(clips), [[40, 20, 10]] * 2, atol=1e-3)
    sound = RNG.normal(0, 0.1, 16_000).astype(np.float32)
    voice = network.voice(sound)
    assert voice.shape == (20, 3), "of 99 windows of 10 ms, 20 to each, 4 from one to the next"
    later = network.voice(sound[640:])
    np.testing.assert_allclose(voice[2:], later[1:], atol=1e-4)


def test_lpips_gives_one_distance_a_pair(written: Write) -> None:
    network = load_network("lpips", written(TinyLpips()))
    darker = (PICTURES // 2).astype(np.uint8)
    expected = (PICTURES.astype(float) - darker).mean(axis=(1, 2, 3)) / 127.5
    np.testing.assert_allclose(network(PICTURES, darker), expected, rtol=1e-5)


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_missing_file_is_named_with_what_it_should_hold(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_network(kind, tmp_path / "gone.pt")
    assert "gone.pt: no such file" in str(caught.value)
    assert EXPECTED[kind].content in str(caught.value)


def test_files_of_another_kind_are_refused(written: Write, tmp_path: Path) -> None:
    plain = written(Plain())
    with pytest.raises(DataError, match=r"its forward takes x; inception is TorchScript"):
        load_network("inception", plain)
    with pytest.raises(DataError, match=r"has no forward_lip; syncnet is"):
        load_network("syncnet", plain)
    with pytest.raises(UnknownPart, match="no network 'vgg'"):
        load_network("vgg", plain)
    torch.save({"weights": torch.zeros(3)}, tmp_path / "weights.pt")
    for name in ("weights.pt", "text.pt"):
        (tmp_path / "text.pt").write_text("no network")
        with pytest.raises(DataError, match=r"is no TorchScript .*; i3d is TorchScript"):
            load_network("i3d", tmp_path / name)
    with pytest.raises(DataError, match=r"is no graph that can be run .*; arcface is ONNX"):
        load_network("arcface", tmp_path / "text.pt")


def test_a_network_that_fails_or_gives_another_shape_is_refused(written: Write) -> None:
    class Odd(nn.Module):
        def forward(self, images: Tensor, return_features: bool = False) -> Tensor:
            return images[0].float()

    class Broken(nn.Module):
        def forward(self, images: Tensor, return_features: bool = False) -> Tensor:
            return images.float() @ torch.ones(7, 7)

    with pytest.raises(DataError, match=r"gives \[3, 20, 30\]: \[3, features\] are needed"):
        load_network("inception", written(Odd()))(PICTURES)
    with pytest.raises(DataError, match=r"cannot take what it is given"):
        load_network("inception", written(Broken()))(PICTURES)


def graph(path: Path, side: int) -> Path:
    """The mean colour of a picture as its identity."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, side, side])
    told = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    node = helper.make_node("ReduceMean", ["x"], ["y"], axes=[2, 3], keepdims=0)
    made = helper.make_model(
        helper.make_graph([node], "mean", [given], [told]),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    onnx.save(made, str(path))
    return path


def test_identities_are_told_of_aligned_faces(tmp_path: Path) -> None:
    network = load_network("arcface", graph(tmp_path / "face.onnx", 112))
    picture = np.ascontiguousarray(data.astronaut()[:300, 100:400])
    face = AlignedFaces().cut(picture)
    assert face is not None
    expected = (face.astype(float).mean(axis=(0, 1)) - 127.5) / 127.5
    np.testing.assert_allclose(network(picture[None])[0], expected, atol=1e-5)
    with pytest.raises(DataError, match="no face was found"):
        network(np.full((1, 200, 200, 3), 90, np.uint8))
    with pytest.raises(DataError, match=r"takes \[\['n', 3, 96, 96\]\]"):
        load_network("arcface", graph(tmp_path / "other.onnx", 96))


def test_a_turned_face_is_cut_out_as_an_upright_one() -> None:
    """Turned by 12 degrees and half as large, eyes and mouth come to the same places."""
    faces, picture = AlignedFaces(), np.ascontiguousarray(data.astronaut()[:300, 100:400])
    turn = cv2.getRotationMatrix2D((130, 120), 12, 0.8)
    turned = cv2.warpAffine(picture, turn, (300, 300), borderMode=cv2.BORDER_REPLICATE)
    cuts = [faces.cut(each.astype(np.uint8)) for each in (picture, turned)]
    assert all(cut is not None for cut in cuts)
    a, b = (cv2.GaussianBlur(np.asarray(cut), (0, 0), 2).astype(float) for cut in cuts)
    across = slice(int(PLACES[:, 0].min()), int(PLACES[:, 0].max()))
    down = slice(int(PLACES[:, 1].min()), int(PLACES[:, 1].max()))
    alike = np.corrcoef(a[down, across].ravel(), b[down, across].ravel())[0, 1]
    straight = np.corrcoef(a[down, across].ravel(), a[::-1][down, across].ravel())[0, 1]
    assert alike > 0.97 > straight
