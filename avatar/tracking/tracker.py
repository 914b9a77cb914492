"""What a camera tells of the user's face: head, gaze, lids, brows and mouth.

A cascade finds faces; from then on a network finds the face again around where it was, and another
reads eyes, mouth and brows. What it can not do:

- It takes a picture of a face for a face.
- It begins with upright frontal faces whose side is at least a tenth of the picture's longer side,
  which is 1.3 m from a usual webcam; it follows them further and further aside.
- All values are relative to how this person rests, learned in the first second and a half: who
  smiles all of that time has a smile that counts for less.
"""

from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np
from jaxtyping import Float32, UInt8

from avatar.clock import TICK_S
from avatar.errors import MediaError
from avatar.motion import FaceObservation
from avatar.tracking.crops import Crop, first_crop
from avatar.tracking.detection import Box, FaceDetector, Grey, grey_of, shrunk
from avatar.tracking.networks import FaceLook, FaceNetworks
from avatar.tracking.observing import (
    box_of,
    eyes_apart,
    observation_of,
    presence_of,
    values_of,
)
from avatar.tracking.presence import Presence
from avatar.tracking.settling import Rest, Smooth, expressed, settle, smooth

SEARCH_S = 0.4
"""Between two looks for a face while there is none."""
CHECK_S = 1.5
"""Between two looks for a nearer face."""
FOUND_FROM, LOST_BELOW = 0.6, 0.35
"""Presence from which a face is one, and below which a followed one is lost."""
HOLD_S, FADE_S = 0.2, 0.2
"""The last observation stands for so long after the face was lost, then it fades."""
SAME_PERSON_S = 2.0
"""A face that comes back at its place so soon keeps its rest."""
LONGEST_GAP_S = 1.0
"""A face is not followed over a longer time."""
SAME_FACE = 0.3
"""Least overlap of two boxes of one face."""
NEARER, NEARER_LOOKS = 1.3, 2
"""How many times as large another face must be to become the user, in how many looks in a row."""
MISSED = 0.14
"""Reaches of a crop by which it may miss the face before the face is looked at again."""
FURTHEST_TURN = 1.0
"""Radians beyond which a pose is not believed."""

_NOT_ASIDE = 0.61
"""Radians: a face that looks further aside does not begin to be the user."""


@dataclass(frozen=True, eq=False)
class Track:
    """One face that is followed; `nearer` counts looks that saw a nearer one."""

    look: FaceLook
    told: Float32[np.ndarray, " told"]
    checked_s: float
    nearer: int = 0


@dataclass(frozen=True, eq=False)
class TrackerState:
    """All that is known between two pictures; times are those of pictures."""

    at_s: float = -inf
    shape: tuple[int, int] | None = None
    track: Track | None = None
    candidate: Box | None = None
    searched_s: float = -inf
    seen_s: float = -inf
    last_box: Box | None = None
    smoothed: Smooth | None = None
    rest: Rest | None = None
    presence: Presence | None = None
    observation: FaceObservation | None = None


class FaceTracker:
    """Follows the nearest face. Keeps nothing between pictures; one thread at a time uses it.

    OpenCV's own threads are the program's to forbid. Raises PartUnavailable when this OpenCV has no
    cascade.
    """

    def __init__(self, networks: FaceNetworks) -> None:
        self._detector = FaceDetector()
        self._networks = networks

    def start(self) -> TrackerState:
        """The state before the first picture."""
        return TrackerState()

    def step(
        self, image: UInt8[np.ndarray, "height width 3"], at_s: float, state: TrackerState
    ) -> tuple[FaceObservation | None, TrackerState]:
        """See one picture: RGB, not mirrored, taken at `at_s` seconds of any one clock.

        A time that does not advance repeats the last answer; one that goes back by more than
        `LONGEST_GAP_S` starts anew. None is nobody. Raises MediaError for what is no picture.
        """
        if not isfinite(at_s):
            raise MediaError(f"a picture's time is a finite number of seconds, came {at_s}")
        grey = grey_of(image)
        if at_s < state.at_s - LONGEST_GAP_S:
            state = TrackerState()
        if at_s <= state.at_s:
            return state.observation, state
        passed_s = at_s - state.at_s
        track = self._followed(grey, passed_s, state)
        if track is None:
            state = self._search(grey, at_s, state)
        else:
            state = self._checked(grey, at_s, replace(state, track=track))
        state = replace(state, at_s=at_s, shape=grey.shape)
        if state.track is None:
            state = _held(state, at_s)
        else:
            state = _observed(state, state.track, grey.shape, min(passed_s, LONGEST_GAP_S))
        return state.observation, state

    def presence(self, state: TrackerState) -> Presence | None:
        """Where the user is in the last picture."""
        return None if state.track is None else state.presence

    def _followed(self, grey: Grey, passed_s: float, state: TrackerState) -> Track | None:
        """The track in this picture; None when there was none or the face is lost."""
        track = state.track
        if track is None or passed_s > LONGEST_GAP_S or state.shape != grey.shape:
            return None
        look = self._look(grey, track.look.frame.face, LOST_BELOW)
        if look is None:
            faces = self._find(grey, near=box_of(track.look))
            look = self._look(grey, first_crop(faces[0]), FOUND_FROM) if faces else None
        if look is None:
            return None
        return replace(track, look=look, told=self._networks.tell(grey, look))

    def _look(self, grey: Grey, crop: Crop, least: float) -> FaceLook | None:
        """The face of a crop, looked at again when the crop missed it; None for no face."""
        look = self._networks.look(grey, crop)
        if look.presence < least:
            return None
        found = look.frame.face
        off = np.hypot(found.x - crop.x, found.y - crop.y) / crop.reach
        if max(off, abs(found.reach / crop.reach - 1), abs(found.tilt - crop.tilt)) > MISSED:
            look = self._networks.look(grey, found)
        height, width = grey.shape
        x, y = look.frame.eyes
        believed = float(np.abs(look.angles).max()) < FURTHEST_TURN
        inside = 0 < x < width and 0 < y < height
        return look if look.presence >= least and believed and inside else None

    def _find(self, grey: Grey, *, near: Box | None = None, least: float = 0.0) -> list[Box]:
        """Faces in a picture, largest first. The detector looks at a smaller one."""
        small, scale = shrunk(grey)
        around = None if near is None else Box(near.x * scale, near.y * scale, near.side * scale)
        found = self._detector.find(small, near=around, least=least * scale)
        return [Box(face.x / scale, face.y / scale, face.side / scale) for face in found]

    def _search(self, grey: Grey, at_s: float, state: TrackerState) -> TrackerState:
        """Look for a face; it must be found in two pictures in a row."""
        state = replace(state, track=None)
        if state.candidate is not None:
            look = self._look(grey, first_crop(state.candidate), FOUND_FROM)
            state = replace(state, candidate=None)
            return state if look is None else self._begun(state, grey, look, at_s)
        if at_s - state.searched_s < SEARCH_S:
            return state
        faces = [face for face in self._find(grey) if self._facing(grey, face) is not None]
        return replace(state, searched_s=at_s, candidate=faces[0] if faces else None)

    def _facing(self, grey: Grey, face: Box) -> FaceLook | None:
        """A detector's find, when it is a face that does not look aside."""
        look = self._look(grey, first_crop(face), FOUND_FROM)
        return look if look is not None and abs(float(look.angles[0])) < _NOT_ASIDE else None

    def _checked(self, grey: Grey, at_s: float, state: TrackerState) -> TrackerState:
        """Go over to a nearer face that stays."""
        track = state.track
        assert track is not None
        if at_s - track.checked_s < (SEARCH_S if track.nearer else CHECK_S):
            return state
        box = box_of(track.look)
        others = [
            look
            for face in self._find(grey, least=box.side)
            if face.overlap(box) <= SAME_FACE
            and (look := self._facing(grey, face)) is not None
            and eyes_apart(look) > NEARER * eyes_apart(track.look)
        ]
        track = replace(track, checked_s=at_s, nearer=track.nearer + 1 if others else 0)
        if track.nearer >= NEARER_LOOKS:
            return self._begun(replace(state, last_box=None), grey, others[0], at_s)
        return replace(state, track=track)

    def _begun(self, state: TrackerState, grey: Grey, look: FaceLook, at_s: float) -> TrackerState:
        """Follow a face from here on; its rest is kept when it was lost for a moment only."""
        at_its_place = (
            state.last_box is not None and state.last_box.overlap(box_of(look)) > SAME_FACE
        )
        same = at_its_place and at_s - state.seen_s < SAME_PERSON_S
        return replace(
            state,
            track=Track(look, self._networks.tell(grey, look), at_s),
            smoothed=None,
            rest=state.rest if same else None,
        )


def _held(state: TrackerState, at_s: float) -> TrackerState:
    """Nobody is followed: the last observation for a moment, fading, then none."""
    lost_s = at_s - state.seen_s
    if state.observation is None or lost_s > HOLD_S + FADE_S:
        return replace(state, observation=None, presence=None)
    left = 1 - max(0.0, lost_s - HOLD_S) / FADE_S
    held = state.observation
    faded = replace(
        held,
        motion=(held.motion * np.float32(left)).astype(np.float32),
        age_ticks=round(lost_s / TICK_S),
    )
    return replace(state, observation=faded)


def _observed(
    state: TrackerState, track: Track, shape: tuple[int, int], passed_s: float
) -> TrackerState:
    """What the track says of the user."""
    smoothed = smooth(values_of(track.look, track.told, shape), state.smoothed, passed_s)
    rest = settle(smoothed.values, state.rest, passed_s)
    return replace(
        state,
        seen_s=state.at_s,
        last_box=box_of(track.look),
        smoothed=smoothed,
        rest=rest,
        presence=presence_of(track.look, shape),
        observation=observation_of(expressed(smoothed.values, rest), track.look),
    )
