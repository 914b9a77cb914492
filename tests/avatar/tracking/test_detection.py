from typing import Any

import cv2
import numpy as np
import pytest

from avatar.errors import MediaError, PartUnavailable
from avatar.rendering.base import Picture
from avatar.tracking.detection import Box, FaceDetector, Grey, grey_of, shrunk


def searched(picture: Picture) -> Grey:
    return shrunk(grey_of(picture))[0]


@pytest.mark.parametrize("side", [80, 120, 170, 240])
def test_the_drawn_face_is_found_where_it_is(camera: Any, side: int) -> None:
    grey = searched(camera.picture(camera.person(side)))
    (face,) = FaceDetector().find(grey)
    scale = 256 / 320
    assert face.x == pytest.approx(160 * scale, abs=0.06 * side)
    assert face.side == pytest.approx(0.45 * side * scale, rel=0.15)


def test_a_dark_picture_is_enough(camera_with: Any) -> None:
    camera = camera_with(noise=2.0, light=0.15)
    grey = searched(camera.picture(camera.person(150)))
    assert grey.mean() < 25
    assert len(FaceDetector().find(grey)) == 1


def test_only_faces_of_about_the_place_and_size_are_near(camera: Any) -> None:
    grey, detector = searched(camera.picture(camera.person(150), at=(90,))), FaceDetector()
    (face,) = detector.find(grey)
    assert detector.find(grey, near=face)[0].overlap(face) > 0.7
    assert detector.find(grey, near=Box(220, face.y, face.side)) == []
    assert detector.find(grey, near=Box(face.x, face.y, face.side / 2)) == []
    assert detector.find(grey, least=1.4 * face.side) == []


def test_overlap_is_shared_area_over_all() -> None:
    box = Box(10, 10, 4)
    assert box.overlap(box) == pytest.approx(1)
    assert box.overlap(Box(12, 10, 4)) == pytest.approx(1 / 3)
    assert box.overlap(Box(10, 10, 2)) == pytest.approx(1 / 4)
    assert box.overlap(Box(20, 10, 4)) == 0


@pytest.mark.parametrize(
    ("size", "seen"),
    [((64, 64), 64), ((240, 320), 320), ((640, 360), 640), ((1080, 1920), 640)],
)
def test_large_pictures_are_shrunk_and_all_are_searched_at_256(
    size: tuple[int, int], seen: int
) -> None:
    grey = grey_of(np.zeros((*size, 3), np.uint8))
    assert max(grey.shape) == seen
    small, scale = shrunk(grey)
    assert max(small.shape) == 256
    assert scale == pytest.approx(256 / seen)


def test_a_tiny_picture_is_refused_by_its_size() -> None:
    with pytest.raises(MediaError, match="64 pixels a side at least, came 40 x 63"):
        grey_of(np.zeros((63, 40, 3), np.uint8))


def test_an_opencv_without_cascades_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(PartUnavailable, match="opencv-python-headless below 5"):
        FaceDetector()
