"""Seeing the user: pictures of a camera become what is known of their face."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8
from loguru import logger
from pipecat.frames.frames import Frame, UserImageRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import ForgetFrame, UserFaceFrame, UserPictureFrame, UserPresenceFrame
from agent.nodes.pacing import loop_time
from agent.services.llm.photo import Photo
from avatar.errors import MediaError, VisavisError
from avatar.motion import FaceObservation
from avatar.tracking.base import TwofoldTracker, UserTracker

LARGEST_SIDE = 2048
"""Pixels of a picture's side; nobody needs more to see a face."""

MOST_SCANS = 24
"""Scans of a JPEG. Progressive ones have ten; thousands would take minutes to decode."""

LONGEST_HEADER = 1 << 17
"""Bytes within which a JPEG must tell its size; cameras need a thousand."""

STALE_S = 3.0
"""A picture that is older shows nothing of now."""

COMPLAINS_EVERY_S = 10.0
"""Seconds between two complaints of a camera that is broken now and then."""

_SCAN = b"\xff\xda"
_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG whose segment tells the picture's size."""

Image = UInt8[np.ndarray, "height width 3"]


class UserCamera(FrameProcessor):
    """Stands right behind the input; pushes a `UserFaceFrame` for each picture with a face, one for
    each space that its tracker sees in, and for each picture a `UserPresenceFrame`.

    One picture is looked at at a time, outside of the event loop; when pictures come faster, only
    the newest is. Pictures that cannot be read are an error frame, now and then.
    """

    def __init__(
        self, tracker: UserTracker[Any], *, clock: Callable[[], float] = loop_time, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._tracker, self._clock = tracker, clock
        self._state = tracker.start()
        self._newest: tuple[Frame, float] | None = None
        self._shown: tuple[Frame, float] | None = None
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._complained_s = -COMPLAINS_EVERY_S
        self._forgets = False

    async def cleanup(self) -> None:
        """Look no more."""
        await super().cleanup()
        if self._task is not None:
            await self.cancel_task(self._task)
            self._task = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take pictures; encoded ones end here, others may be of use to somebody else."""
        await super().process_frame(frame, direction)
        if isinstance(frame, ForgetFrame):
            self._newest = self._shown = None
            self._forgets = True
        elif isinstance(frame, UserPictureFrame | UserImageRawFrame):
            self._newest = self._shown = (frame, self._clock())
            self._came.set()
            if self._task is None:
                self._task = self.create_task(self._look(), "look")
        if not isinstance(frame, UserPictureFrame):
            await self.push_frame(frame, direction)

    def photo(self) -> Photo | None:
        """What the camera showed last, if that was a moment ago."""
        if self._shown is None or self._clock() - self._shown[1] > STALE_S:
            return None
        frame = self._shown[0]
        if isinstance(frame, UserPictureFrame):
            return Photo(frame.data, _jpeg_size(frame.data))
        pixels = cv2.cvtColor(_image(frame), cv2.COLOR_RGB2BGR)
        return Photo(cv2.imencode(".jpg", pixels)[1].tobytes(), (pixels.shape[1], pixels.shape[0]))

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            self._came.clear()
            newest, self._newest = self._newest, None
            if newest is None:
                continue
            try:
                faces = await loop.run_in_executor(None, self._see, *newest)
            except VisavisError as error:
                await self._complain(error)
                continue
            for face in faces:
                await self.push_frame(UserFaceFrame(face))
            await self.push_frame(UserPresenceFrame(self._tracker.presence(self._state)))

    def _see(self, frame: Frame, at_s: float) -> list[FaceObservation]:
        tracker = self._tracker
        if self._forgets:
            self._forgets, self._state = False, tracker.start()
        face, self._state = tracker.step(_image(frame), at_s, self._state)
        beside = tracker.beside(self._state) if isinstance(tracker, TwofoldTracker) else None
        return [known for known in (beside, face) if known is not None]

    async def _complain(self, error: VisavisError) -> None:
        now = self._clock()
        if now - self._complained_s >= COMPLAINS_EVERY_S:
            self._complained_s = now
            logger.warning(f"{self}: {error}")
            await self.push_error(str(error), exception=error)


def _image(frame: Frame) -> Image:
    """The pixels of a picture. Raises MediaError when there are none."""
    if isinstance(frame, UserImageRawFrame):
        width, height = frame.size
        pixels = np.frombuffer(frame.image, np.uint8)
        if pixels.size != width * height * 3:
            raise MediaError(
                f"a camera's picture of {width} x {height} should have {width * height * 3} bytes "
                f"of RGB, it has {pixels.size}"
            )
        return pixels.reshape(height, width, 3)
    assert isinstance(frame, UserPictureFrame)
    width, height = _jpeg_size(frame.data)
    fits = 0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE
    decoded = None
    if fits and frame.data.count(_SCAN) <= MOST_SCANS:
        decoded = cv2.imdecode(np.frombuffer(frame.data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise MediaError(
            f"{len(frame.data)} bytes came as a picture of the camera; JPEG of at most "
            f"{LARGEST_SIDE} pixels a side is needed"
        )
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from a JPEG's header, 0 when it has none: a small file may be huge."""
    at = 2 if data[:2] == b"\xff\xd8" else len(data)
    while at + 9 <= min(len(data), LONGEST_HEADER) and data[at] == 0xFF:
        if data[at + 1] in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if data[at + 1] == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
