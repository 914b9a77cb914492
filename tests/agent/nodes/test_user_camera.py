"""A camera's pictures become what is known of the user's face."""

from collections.abc import Callable, Iterable
from typing import Any

import cv2
import numpy as np
import pytest
from pipecat.frames.frames import ErrorFrame, Frame, UserImageRawFrame
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import UserFaceFrame, UserPictureFrame, UserPresenceFrame
from agent.nodes import UserCamera
from agent.nodes.pacing import loop_time
from avatar.assets import TRACKER
from avatar.errors import PartUnavailable
from avatar.motion import ARKIT58, Vector, latent_space
from avatar.rendering.base import Picture
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.base import UserTracker
from avatar.tracking.latent import LatentTracker
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.tracker import FaceTracker

YAW = ARKIT58.index("headYaw")


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return FaceTracker(FaceNetworks(TRACKER))


def drawn(renderer: WarpRenderer, yaw: float = 0.0) -> Picture:
    """Ana sits in front of a camera."""
    picture, _ = renderer.render(ARKIT58.vector({"headYaw": yaw}), renderer.start())
    return cv2.resize(picture, (240, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)


def jpeg(picture: Picture) -> UserPictureFrame:
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return UserPictureFrame(data.tobytes())


def raw(picture: Picture) -> UserImageRawFrame:
    height, width = picture.shape[:2]
    return UserImageRawFrame(picture.tobytes(), (width, height), "RGB", user_id="u")


async def through(
    tracker: UserTracker[Any], *frames: Frame, clock: Callable[[], float] = loop_time
) -> tuple[list[Frame], list[Frame]]:
    """Frames with time between them, as a camera sends them."""
    spread = [piece for frame in frames for piece in (frame, SleepFrame(0.05))]
    camera = UserCamera(tracker, clock=clock)
    down, up = await run_test(camera, frames_to_send=[*spread, SleepFrame(0.3)])
    return list(down), list(up)


async def test_jpeg_pictures_of_a_face_become_observations(
    tracker: FaceTracker, renderer: WarpRenderer
) -> None:
    down, up = await through(tracker, *[jpeg(drawn(renderer)) for _ in range(12)])
    faces = [frame.face for frame in down if isinstance(frame, UserFaceFrame)]
    assert len(faces) >= 5
    assert all(face.space is ARKIT58 and face.seen[YAW] for face in faces)
    assert max(abs(float(face.motion[YAW])) for face in faces) < 0.05
    assert not [frame for frame in down if isinstance(frame, UserPictureFrame)]
    assert not [frame for frame in up if isinstance(frame, ErrorFrame)]


async def test_a_turn_of_the_head_is_seen(tracker: FaceTracker, renderer: WarpRenderer) -> None:
    turns = [*np.zeros(8), *np.linspace(0, 0.22, 8)]
    down, _ = await through(tracker, *[jpeg(drawn(renderer, float(yaw))) for yaw in turns])
    faces = [frame.face for frame in down if isinstance(frame, UserFaceFrame)]
    assert float(faces[-1].motion[YAW]) > 0.05


async def test_pictures_of_a_transport_are_seen_and_pass(
    tracker: FaceTracker, renderer: WarpRenderer
) -> None:
    pictures = [raw(drawn(renderer)) for _ in range(12)]
    down, _ = await through(tracker, *pictures)
    assert [frame for frame in down if isinstance(frame, UserImageRawFrame)] == pictures
    assert any(isinstance(frame, UserFaceFrame) for frame in down)


class Level:
    """Tells how bright a picture is."""

    space = latent_space(1)
    side = 16

    def motion(self, picture: Picture) -> Vector:
        return np.array([picture.mean()], np.float32)


async def test_a_tracker_of_two_spaces_tells_both(
    tracker: FaceTracker, renderer: WarpRenderer
) -> None:
    pictures = [jpeg(drawn(renderer)) for _ in range(6)]
    down, _ = await through(LatentTracker(tracker, Level()), *pictures)
    faces = [frame.face for frame in down if isinstance(frame, UserFaceFrame)]
    assert len(faces) >= 4
    assert [face.space.name for face in faces] == ["arkit58", "latent1"] * (len(faces) // 2)
    assert all(face.motion[0] > 50 for face in faces[1::2])
    presences = [frame.presence for frame in down if isinstance(frame, UserPresenceFrame)]
    assert presences[-1] is not None


class Scarce(Level):
    """There is no memory for the first picture of a face."""

    def __init__(self) -> None:
        self._failed = False

    def motion(self, picture: Picture) -> Vector:
        if not self._failed:
            self._failed = True
            raise PartUnavailable("no memory is left")
        return super().motion(picture)


async def test_a_picture_that_cannot_be_seen_is_an_error_and_the_next_one_is_seen(
    tracker: FaceTracker, renderer: WarpRenderer
) -> None:
    pictures = [jpeg(drawn(renderer)) for _ in range(6)]
    down, up = await through(LatentTracker(tracker, Scarce()), *pictures)
    assert [frame.error for frame in up if isinstance(frame, ErrorFrame)] == ["no memory is left"]
    spaces = [frame.face.space.name for frame in down if isinstance(frame, UserFaceFrame)]
    assert "latent1" in spaces


async def test_an_empty_room_has_no_face(tracker: FaceTracker) -> None:
    down, _ = await through(tracker, *[jpeg(np.full((240, 240, 3), 90, np.uint8))] * 6)
    assert not [frame for frame in down if isinstance(frame, UserFaceFrame)]


@pytest.mark.parametrize(("times", "errors"), [([0.0] * 6, 1), (range(0, 60, 10), 3)])
async def test_garbage_is_an_error_now_and_then(
    tracker: FaceTracker, times: Iterable[float], errors: int
) -> None:
    """Each picture asks the clock twice: when it comes, and when it turns out to be none."""
    garbage = [
        UserPictureFrame(b"no picture"),
        UserPictureFrame(b""),
        UserPictureFrame(b"\xff\xd8"),
    ]
    clock = iter(times)
    down, up = await through(tracker, *garbage, clock=lambda: float(next(clock)))
    said = [frame.error for frame in up if isinstance(frame, ErrorFrame)]
    assert len(said) == errors
    assert "JPEG of at most" in said[0]
    assert down == []


async def test_after_garbage_faces_are_seen(tracker: FaceTracker, renderer: WarpRenderer) -> None:
    pictures = [jpeg(drawn(renderer)) for _ in range(12)]
    down, _ = await through(tracker, UserPictureFrame(b"no picture"), *pictures)
    assert any(isinstance(frame, UserFaceFrame) for frame in down)


async def test_a_raw_picture_of_the_wrong_size_says_so(tracker: FaceTracker) -> None:
    _, up = await through(tracker, UserImageRawFrame(bytes(10), (4, 4), "RGB", user_id="u"))
    (error,) = [frame.error for frame in up if isinstance(frame, ErrorFrame)]
    assert "4 x 4 should have 48 bytes of RGB, it has 10" in error
