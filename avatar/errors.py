"""Everything that this package raises on purpose, in one tree.

VisavisError
├── BundleError            an avatar bundle is incomplete or malformed
├── SpaceMismatch          two parts speak different motion spaces
├── MediaError             a sound, picture or motion file cannot be used
├── SpeechOverflow         more speech was queued than a timeline may hold
├── CacheError             derived data cannot be written
├── DataError              training data or weights cannot be used
├── UnknownPart            no part of that kind has that name
├── PartUnavailable        a known part cannot run on this machine
├── VoiceError             a voice cannot say what it was given
└── WorkerError            a worker process failed
    └── WorkerDied         a worker process ended while it was needed

A message names what was expected, what came, and what to do. Programs show it as it is.
"""


class VisavisError(Exception):
    """Base of all errors that are meant for the person who runs the program."""


class BundleError(VisavisError):
    """An avatar bundle is incomplete or malformed."""


class SpaceMismatch(VisavisError):
    """Two parts speak different motion spaces."""


class MediaError(VisavisError):
    """A sound, picture or motion file cannot be used."""


class SpeechOverflow(VisavisError):
    """More speech was queued than a timeline may hold."""


class CacheError(VisavisError):
    """Derived data cannot be written."""


class DataError(VisavisError):
    """Training data or weights cannot be used."""


class UnknownPart(VisavisError):
    """No part of that kind has that name."""


class PartUnavailable(VisavisError):
    """A known part cannot run on this machine."""


class VoiceError(VisavisError):
    """A voice cannot say what it was given."""


class WorkerError(VisavisError):
    """A worker process failed."""


class WorkerDied(WorkerError):
    """A worker process ended while it was needed."""
