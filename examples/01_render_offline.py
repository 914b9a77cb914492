"""Two sound files in, a video of a listening and speaking head out.

python examples/01_render_offline.py question.wav answer.wav conversation.mp4
"""

import sys
from pathlib import Path

import numpy as np

from avatar.clock import FPS
from avatar.media import read_wav
from avatar.offline import Scene, play, reply_time
from avatar.video import VideoWriter
from pipelines.build import build_avatar


def main(question: Path, answer: Path, out: Path) -> None:
    user, speech = read_wav(question), read_wav(answer)
    avatar = build_avatar("ana")
    session = avatar.session(voice_rate=speech.rate, seed=1)
    scene = Scene(
        speech=speech.pcm,
        speech_at_s=reply_time(speech.heard(), user.heard()),
        user_audio=user.heard(),
    )
    heard = np.zeros((scene.ticks(speech.rate), speech.rate // FPS), np.int16)
    sound = user.at_rate(speech.rate).pcm[: heard.size]
    heard.reshape(-1)[: len(sound)] = sound
    with VideoWriter(out, size=avatar.renderer.size, rate=speech.rate) as video:
        for frame in play(session, scene):
            if frame.picture is not None:
                video.picture(frame.picture)
            said = frame.tick.speech
            video.sound(heard[frame.tick.index] if said is None else said)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*(Path(argument) for argument in sys.argv[1:4]))
