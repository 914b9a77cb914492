"""Playing recordings through an avatar as if they came live, without a clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from avatar.audio.prosody import ProsodyState, hear
from avatar.clock import FPS, TICK, TICK_S, ticks_in
from avatar.motion import FaceObservation
from avatar.session import AvatarFrame, AvatarSession
from avatar.tick import AvatarState, Phone, Samples, Style, VoiceSamples
from avatar.timeline import Timeline

AFTERWARDS_S = 0.8
"""How long the picture goes on after the last sound."""
REPLY_GAP_S = 0.5
"""Between a question and its answer. Turns follow each other after 0.2 s (Levinson and Torreira
2015), answers to questions a little later; it leaves time for a nod."""
AHEAD_S = 4.0
"""How much speech waits in the timeline."""
MOST_OVERLAP = 0.25
"""Two tracks that talk over each other for less of the shorter one take turns already."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What happens: the avatar's speech from `speech_at_s` on, and the user from the start.

    `speech` is at the session's voice rate; `user_audio` at 16 kHz; `user_faces` one a tick, None
    where nobody was seen.
    """

    speech: VoiceSamples | None
    speech_at_s: float = 0.0
    phones: tuple[Phone, ...] = ()
    user_audio: Samples | None = None
    user_faces: Sequence[FaceObservation | None] = ()
    style: Style = field(default_factory=Style)

    def ticks(self, voice_rate: int) -> int:
        """Length of the whole scene."""
        speech_s = 0.0 if self.speech is None else self.speech_at_s + len(self.speech) / voice_rate
        user_s = 0.0 if self.user_audio is None else len(self.user_audio) / (TICK * FPS)
        longest = max(speech_s, user_s, len(self.user_faces) * TICK_S)
        return int(np.ceil(round(longest * FPS, 6))) + ticks_in(AFTERWARDS_S)


def play(session: AvatarSession, scene: Scene) -> Iterator[AvatarFrame]:
    """Every frame of the scene.

    The avatar listens until its speech begins and after it has ended, speaks in between, and is
    idle when there is no user.
    """
    timeline = session.timeline
    ticks = scene.ticks(timeline.voice_rate)
    begin = round(scene.speech_at_s * FPS)
    with_user = scene.user_audio is not None or bool(scene.user_faces)
    waiting = AvatarState.LISTENING if with_user else AvatarState.IDLE
    timeline.direct(state=waiting, style=scene.style)
    speech = _Speech(scene, timeline)
    for index in range(ticks):
        if index >= begin:
            speech.feed()
        timeline.direct(state=AvatarState.SPEAKING if timeline.waiting_ticks else waiting)
        if scene.user_audio is not None:
            timeline.push_user_audio(_piece(scene.user_audio, index))
        face = scene.user_faces[index] if index < len(scene.user_faces) else None
        if face is not None:
            timeline.push_user_face(replace(face, age_ticks=0))
        yield session.step()


class _Speech:
    """A scene's speech on its way into a timeline, a little ahead of what is said."""

    def __init__(self, scene: Scene, timeline: Timeline) -> None:
        self._pcm = np.zeros(0, np.int16) if scene.speech is None else scene.speech
        self._phones, self._timeline = scene.phones, timeline
        self._fed = 0

    def feed(self) -> None:
        """Push what is needed to have `AHEAD_S` waiting."""
        piece = round(AHEAD_S * self._timeline.voice_rate)
        while self._fed < len(self._pcm) and self._timeline.waiting_ticks < AHEAD_S * FPS:
            phones = self._phones if self._fed == 0 else ()
            end = self._fed + piece
            pcm = self._pcm[self._fed : end]
            self._timeline.push_speech(1, pcm, phones=phones, last=end >= len(self._pcm))
            self._fed = end


def reply_time(speech: Samples, user_audio: Samples) -> float:
    """When speech should begin, in seconds, given both recordings at 16 kHz.

    Two tracks of one conversation take turns and both begin at 0. A question and an answer, each
    from its own start, would talk over each other: then the answer follows the question.
    """
    mine, theirs = voiced_ticks(speech), voiced_ticks(user_audio)
    length = min(len(mine), len(theirs))
    overlap = int((mine[:length] & theirs[:length]).sum())
    if overlap <= MOST_OVERLAP * max(1, min(int(mine.sum()), int(theirs.sum()))):
        return 0.0
    last = int(np.nonzero(theirs)[0].max()) + 1
    return (last + ticks_in(REPLY_GAP_S)) * TICK_S


def voiced_ticks(samples: Samples) -> np.ndarray:
    """Which ticks of a recording hold a voice, without the detector's hangover."""
    state, voiced = ProsodyState(), list[bool]()
    for index in range(int(np.ceil(len(samples) / TICK))):
        _, state = hear(_piece(samples, index), state)
        voiced.append(state.still == 0)
    return np.array(voiced, bool)


def _piece(samples: Samples, index: int) -> Samples:
    """One tick of a recording, silent after its end."""
    piece = samples[index * TICK : (index + 1) * TICK]
    return piece if len(piece) == TICK else np.pad(piece, (0, TICK - len(piece)))
