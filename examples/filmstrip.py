"""Moments of a conversation side by side: the picture of the README.

python examples/filmstrip.py docs/pictures/conversation.jpg
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from avatar.behaviour.shapes import rise_and_fall
from avatar.clock import FPS
from avatar.media import read_wav
from avatar.motion import ARKIT58, FaceObservation
from avatar.offline import Scene, play
from avatar.rendering.base import Picture
from avatar.video import write_picture
from pipelines.build import build_avatar

AUDIO = Path(__file__).parent / "audio"
ANSWER_AT_S = 5.8
LAUGH_AT_S = 15.0
LENGTH_S = 19.0
MOMENTS_S = (2.0, 5.15, 6.9, 8.4, 10.3, 13.4, 16.3, 17.6)


def user_faces() -> list[FaceObservation]:
    """A user who listens and laughs at the end."""
    everything = np.ones(ARKIT58.dim, bool)
    faces: list[FaceObservation] = []
    for index in range(round(LENGTH_S * FPS)):
        mirth = rise_and_fall(index / FPS - LAUGH_AT_S, 0.2, 2.0, 0.6)
        motion = ARKIT58.vector({"mouthSmile": mirth, "cheekSquint": mirth, "jawOpen": 0.5 * mirth})
        faces.append(FaceObservation(ARKIT58, motion, everything))
    return faces


def moments() -> list[Picture]:
    """The pictures at `MOMENTS_S`."""
    user, answer = read_wav(AUDIO / "question.wav"), read_wav(AUDIO / "answer.wav")
    scene = Scene(answer.pcm, ANSWER_AT_S, user_audio=user.heard(), user_faces=user_faces())
    session = build_avatar("ana").session(voice_rate=answer.rate, seed=1)
    wanted = {round(moment * FPS) for moment in MOMENTS_S}
    return [
        frame.picture
        for frame in play(session, scene)
        if frame.tick.index in wanted and frame.picture is not None
    ]


def main(out: Path) -> None:
    tiles = [
        cv2.resize(picture[16:-16, 16:-16], (320, 320), interpolation=cv2.INTER_AREA)
        for picture in moments()
    ]
    half = len(tiles) // 2
    write_picture(out, np.vstack([np.hstack(tiles[:half]), np.hstack(tiles[half:])]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
