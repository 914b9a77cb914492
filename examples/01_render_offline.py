"""Two sound files in, a video of a listening and speaking head out.

python examples/01_render_offline.py question.wav answer.wav conversation.mp4
"""

import sys
from pathlib import Path

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
    silence = speech.pcm[: speech.rate // 25] * 0
    with VideoWriter(out, size=avatar.renderer.size, rate=speech.rate) as video:
        for frame in play(session, scene):
            if frame.picture is not None:
                video.picture(frame.picture)
            video.sound(silence if frame.tick.speech is None else frame.tick.speech)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
