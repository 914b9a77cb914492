"""Whether somebody stands there, from what a camera and a sensor see; times come with it."""

from dataclasses import dataclass
from math import radians

from avatar.tracking.presence import Presence
from pipelines.kiosk.config import PresenceConfig
from pipelines.kiosk.visit_events import Seen

NEARER = 0.8
"""Whoever was noticed stays so until their face is smaller by this: no flicker at the edge."""

BLIND_AFTER_S = 4.0
"""A camera that shows nothing for so long tells nothing any more."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a camera saw so far. `present` is the answer."""

    present: bool = False
    since_s: float | None = None
    """When the face was first seen that is not confirmed yet."""
    last_s: float = -1e9
    """When a face was last seen."""


def watched(watch: Watch, face: Presence | None, at_s: float, config: PresenceConfig) -> Watch:
    """The watch after one more picture, with a face or without.

    Somebody is present once a face that is large enough and turned here was there for `confirm_s`,
    and absent once there was none for as long: when they have gone, the visit decides.
    """
    if face is not None and _counts(face, config, known=watch.present):
        since = at_s if watch.since_s is None else watch.since_s
        present = watch.present or at_s - since >= config.confirm_s
        return Watch(present, since, at_s)
    lost = at_s - watch.last_s >= config.confirm_s
    return Watch(last_s=watch.last_s) if lost else watch


def _counts(face: Presence, config: PresenceConfig, *, known: bool) -> bool:
    """Who talks may look at a companion; who passes by must look here."""
    least = config.least_face * (NEARER if known else 1.0)
    facing = known or face.facing <= radians(config.facing_degrees)
    return face.size >= least and facing


class Sight:
    """Camera and sensor together: each call returns what has changed, None where nothing has."""

    def __init__(self, config: PresenceConfig) -> None:
        self._config = config
        self._watch = Watch()
        self._camera: bool | None = None
        self._sensor: bool | None = None
        self._picture_s = 0.0
        self._told: bool | None = None

    def saw(self, face: Presence | None, now: float) -> Seen | None:
        """A picture came."""
        self._picture_s = now
        self._watch = watched(self._watch, face, now, self._config)
        self._camera = self._watch.present
        return self._changed()

    def sensed(self, *, present: bool) -> Seen | None:
        """A sensor says so."""
        self._sensor = present
        return self._changed()

    def passed(self, now: float) -> Seen | None:
        """Nothing came: a camera that has stopped is not believed for long."""
        stopped = self._camera is not None and now - self._picture_s > BLIND_AFTER_S
        return self.blind() if stopped else None

    def blind(self) -> Seen | None:
        """The camera does not work."""
        self._camera, self._watch = None, Watch()
        return self._changed()

    def _changed(self) -> Seen | None:
        told = [each for each in (self._camera, self._sensor) if each is not None]
        seen = any(told) if told else None
        if seen == self._told:
            return None
        self._told = seen
        return Seen(seen)
