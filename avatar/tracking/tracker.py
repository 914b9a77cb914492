"""Where the user's head is and how it turns, coarsely, from camera pictures.

A cascade finds faces, point flow follows the nearest one between its looks, and a rigid head model
turns the flow into a pose. What it can not do:

- It sees no expression, and it takes a picture of a face for a face.
- It finds upright frontal faces whose side is at least a tenth of the picture's longer side, which
  is 1.3 m from a usual webcam, and gives one up that has been turned away for `PATIENCE_S`.
- Every head counts as the same ellipsoid: an angle has the right sign and time, and its size within
  a factor of two. A far face gives smaller angles, and up to half of a tilt leaks into pitch.
- Yaw and pitch come from the parallax between near and far points of the face and, where that says
  little, from the shift of the whole face: a quick bob of the body looks a little like a nod.
- Angles and place are relative to how this person rests, which follows them within a minute.
"""

from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np
from jaxtyping import UInt8

from avatar.clock import TICK_S
from avatar.errors import MediaError
from avatar.motion import ARKIT58, POSE, FaceObservation
from avatar.tracking.detection import Box, FaceDetector, Grey, grey_of
from avatar.tracking.flow import LEAST_POINTS, POINTS, follow, seed
from avatar.tracking.pose import Chart, HeadPose, Pixels, chart_of, fit, frontal, strays
from avatar.tracking.settling import Rest, Smooth, Values, settle, smooth

SEARCH_S = 0.4
"""Between two looks for a face while there is none."""
CHECK_S, RECHECK_S = 1.0, 0.35
"""Between two looks whether the face is still one, and while that is in doubt."""
PATIENCE_S = 4.0
"""A face that the cascade has not confirmed for so long is lost."""
HOLD_S = 0.3
"""The last observation stands for so long after the face was lost."""
SAME_PERSON_S = 2.0
"""A face that comes back at its place so soon keeps its rest."""
LONGEST_GAP_S = 1.0
"""Points are not followed over a longer time."""
SAME_FACE = 0.3
"""Least overlap of two boxes of one face."""
NEARER = 1.3
"""How many times as large another face must be to become the user."""
NEARER_LOOKS = 3
"""And in how many looks one after another."""
FURTHEST_TURN = 1.0
"""Radians beyond which a pose is not believed."""
STRAY = 0.22
"""Inter-ocular distances from its place at which a point is given up."""
ANCHOR_S = 0.8
"""Time constant with which the neck's slow path follows."""
FOCAL_LENGTH = 0.85
"""In longer sides of the picture: assumes a camera that sees 61 degrees across, as webcams do."""
EYES_M = 0.063
"""Metres between the eyes of an adult (Dodgson 2004)."""

_CHANNELS = np.array([ARKIT58.index(name) for name in POSE])


@dataclass(frozen=True, slots=True)
class Presence:
    """Where the user is.

    `distance_m` assumes an adult and `FOCAL_LENGTH`. `x` (+ to the user's left, right in the
    picture) and `y` (+ up) are the middle of the face, 1 at the edge of the picture. `size` is the
    side of the face in heights of the picture.
    """

    distance_m: float
    x: float
    y: float
    size: float


@dataclass(frozen=True, eq=False)
class Track:
    """One face that is followed: its pose and its points with their places on the head.

    `anchor` is the neck's slow path. `nearer` counts looks that saw a nearer face.
    """

    pose: HeadPose
    points: Pixels
    chart: Chart
    anchor: tuple[float, float]
    checked_s: float
    confirmed_s: float
    nearer: int = 0


@dataclass(frozen=True, eq=False)
class TrackerState:
    """All that is known between two pictures; times are those of pictures."""

    at_s: float = -inf
    picture: Grey | None = None
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

    def __init__(self) -> None:
        self._detector = FaceDetector()

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
        now = grey_of(image)
        if at_s < state.at_s - LONGEST_GAP_S:
            state = TrackerState()
        if at_s <= state.at_s:
            return state.observation, state
        passed_s = at_s - state.at_s
        track = self._followed(now, at_s, passed_s, state)
        if track is None:
            state = self._search(now, at_s, state)
        else:
            state = replace(state, track=track)
            state = self._checked(now, at_s, state)
        state = replace(state, at_s=at_s, picture=now)
        if state.track is None:
            state = _held(state, at_s)
        else:
            state = _observed(state, state.track, now, min(passed_s, LONGEST_GAP_S))
        return state.observation, state

    def _followed(
        self, now: Grey, at_s: float, passed_s: float, state: TrackerState
    ) -> Track | None:
        """The track in this picture; None when there was none or the face is lost."""
        before, track = state.picture, state.track
        if before is None or track is None:
            return None
        if passed_s > LONGEST_GAP_S or before.shape != now.shape:
            return None
        moved = _moved(before, now, track, passed_s)
        if moved is not None:
            return moved
        faces = self._detector.find(now, near=track.pose.box)
        return _track(now, faces[0], at_s) if faces else None

    def _search(self, grey: Grey, at_s: float, state: TrackerState) -> TrackerState:
        """Look for a face; it must be found in two looks in a row."""
        state = replace(state, track=None)
        if state.candidate is not None:
            faces = self._detector.find(grey, near=state.candidate)
            state = replace(state, candidate=None)
            return _begun(state, grey, faces[0], at_s) if faces else state
        if at_s - state.searched_s < SEARCH_S:
            return state
        faces = self._detector.find(grey)
        return replace(state, searched_s=at_s, candidate=faces[0] if faces else None)

    def _checked(self, grey: Grey, at_s: float, state: TrackerState) -> TrackerState:
        """Confirm the face from time to time, and go over to a nearer one that stays."""
        track = state.track
        assert track is not None
        doubtful = track.nearer > 0 or track.confirmed_s < track.checked_s
        if at_s - track.checked_s < (RECHECK_S if doubtful else CHECK_S):
            return state
        box = track.pose.box
        confirmed = bool(self._detector.find(grey, near=box))
        others = [
            face
            for face in self._detector.find(grey, least=box.side)
            if face.side > NEARER * box.side and face.overlap(box) <= SAME_FACE
        ]
        track = replace(
            track,
            checked_s=at_s,
            confirmed_s=at_s if confirmed else track.confirmed_s,
            nearer=track.nearer + 1 if others else 0,
        )
        if track.nearer >= NEARER_LOOKS:
            return _begun(replace(state, last_box=None), grey, others[0], at_s)
        if at_s - track.confirmed_s > PATIENCE_S:
            return replace(state, track=None)
        return replace(state, track=track)


def _track(grey: Grey, box: Box, at_s: float) -> Track | None:
    pose = frontal(box)
    points = seed(grey, box, np.zeros((0, 2)))
    if len(points) < LEAST_POINTS:
        return None
    return Track(pose, points, chart_of(points, pose), (pose.x, pose.y), at_s, at_s)


def _begun(state: TrackerState, grey: Grey, box: Box, at_s: float) -> TrackerState:
    """Follow a face from here on; its rest is kept when it was lost for a moment only."""
    at_its_place = state.last_box is not None and state.last_box.overlap(box) > SAME_FACE
    same = at_its_place and at_s - state.seen_s < SAME_PERSON_S
    return replace(
        state,
        track=_track(grey, box, at_s),
        smoothed=None,
        rest=state.rest if same else None,
    )


def _moved(before: Grey, now: Grey, track: Track, passed_s: float) -> Track | None:
    """The track one picture on; None when the points do not tell."""
    points, good = follow(before, now, track.points)
    if good.sum() < max(LEAST_POINTS, 0.4 * len(points)):
        return None
    points, chart = points[good], track.chart[good]
    pose = fit(chart, points, track.pose, track.anchor)
    stays = strays(chart, points, pose) < STRAY
    points, chart = points[stays], chart[stays]
    height, width = now.shape
    box = pose.box
    if not (0 < box.x < width and 0 < box.y < height) or len(points) < LEAST_POINTS:
        return None
    if max(abs(pose.yaw), abs(pose.pitch), abs(pose.roll)) > FURTHEST_TURN:
        return None
    if len(points) < 0.7 * POINTS:
        fresh = seed(now, box, points)
        points = np.concatenate([points, fresh])
        chart = np.concatenate([chart, chart_of(fresh, pose)])
    share = 1 - np.exp(-passed_s / ANCHOR_S)
    x, y = track.anchor
    anchor = (float(x + share * (pose.x - x)), float(y + share * (pose.y - y)))
    return replace(track, pose=pose, points=points, chart=chart, anchor=anchor)


def _held(state: TrackerState, at_s: float) -> TrackerState:
    """Nobody is followed: the last observation for a moment, then none."""
    lost_s = at_s - state.seen_s
    if state.observation is None or lost_s > HOLD_S:
        return replace(state, observation=None, presence=None)
    aged = replace(state.observation, age_ticks=round(lost_s / TICK_S))
    return replace(state, observation=aged)


def _observed(state: TrackerState, track: Track, grey: Grey, passed_s: float) -> TrackerState:
    """What the track says of the head."""
    height, width = grey.shape
    pose, box = track.pose, track.pose.box
    distance = FOCAL_LENGTH * max(grey.shape) / pose.eyes
    place = ((pose.x - width / 2) / pose.eyes, (height / 2 - pose.y) / pose.eyes, -distance)
    raw: Values = np.array([pose.yaw, pose.pitch, pose.roll, *place])
    smoothed = smooth(raw, state.smoothed, passed_s)
    rest = settle(smoothed.values, state.rest, passed_s)
    motion, seen = ARKIT58.rest.copy(), np.zeros(ARKIT58.dim, bool)
    motion[_CHANNELS], seen[_CHANNELS] = smoothed.values - rest.values, True
    return replace(
        state,
        seen_s=state.at_s,
        last_box=box,
        smoothed=smoothed,
        rest=rest,
        presence=Presence(
            distance_m=distance * EYES_M,
            x=2 * box.x / width - 1,
            y=1 - 2 * box.y / height,
            size=box.side / height,
        ),
        observation=FaceObservation(ARKIT58, ARKIT58.clamp(motion), seen),
    )
