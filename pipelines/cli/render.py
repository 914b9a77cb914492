"""`visavis render`: sound files in, a video of the avatar out."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from avatar.avatar import Avatar
from avatar.clock import TICK_S
from avatar.errors import MediaError
from avatar.footage import pictures_of
from avatar.media import Recording, read_motion, read_sound, read_wav
from avatar.motion import ARKIT58, FaceObservation
from avatar.offline import Scene, reply_time
from avatar.parts import AUTO
from avatar.tick import EMOTIONS, Phone, Samples, Style
from avatar.voices.alignment import align
from pipelines.build import EMBEDDED, build_avatar, build_tracker, build_voice
from pipelines.cli.output import (
    Drawer,
    Mark,
    Model,
    PictureFraming,
    PictureSize,
    draw_scene,
    look_of,
    require_output,
    told,
)

SILENT_RATE = 16_000
LONGEST_WAIT_S = 3600.0

TextVoice: TypeAlias = Annotated[
    str, typer.Option(help="A voice of the text's language, e.g. espeak:de, for its phones.")
]
SpeechAt: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=LONGEST_WAIT_S,
        help="When the avatar's speech begins, in seconds. Without it: at the start when the two "
        "recordings take turns, else after the user's.",
    ),
]
UserVideo: TypeAlias = Annotated[
    Path | None, typer.Option(help="A video of the user, whose face is seen and voice heard.")
]


def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="The MP4 file to write.")],
    avatar: Annotated[
        str, typer.Option(help="An avatar that ships, or a bundle's folder.")
    ] = "ana",
    size: PictureSize = None,
    framing: PictureFraming = "square",
    renderer: Drawer = AUTO,
    speech: Annotated[Path | None, typer.Option(help="WAV of what the avatar says.")] = None,
    text: Annotated[str | None, typer.Option(help="The words of --speech: better lips.")] = None,
    text_voice: TextVoice = "espeak",
    speech_at: SpeechAt = None,
    user_audio: Annotated[Path | None, typer.Option(help="WAV of what the user says.")] = None,
    user_motion: Annotated[Path | None, typer.Option(help="npz of the user's face.")] = None,
    user_video: UserVideo = None,
    motion_output: Annotated[Path | None, typer.Option(help="npz to write the motion to.")] = None,
    emotion: Annotated[str, typer.Option(help=f"One of {', '.join(EMOTIONS)}.")] = "neutral",
    intensity: Annotated[float, typer.Option(min=0, max=1, help="0 composed, 1 lively.")] = 1.0,
    generator: Annotated[str, typer.Option(help="learned, rules, or auto.")] = "auto",
    model: Model = EMBEDDED,
    seed: Annotated[int, typer.Option(help="Another seed, another person.")] = 0,
    mark: Mark = True,
) -> None:
    """Draw the avatar listening to the user and speaking the answer."""
    require_output(out, motion_output)
    if speech is user_audio is user_motion is user_video is None:
        raise MediaError(
            "nothing to draw: give --speech, --user-audio, --user-video or --user-motion"
        )
    if user_motion is not None and user_video is not None:
        raise MediaError("give the user's face once: --user-video or --user-motion")
    if speech_at is not None and not isfinite(speech_at):
        raise MediaError(f"--speech-at is {speech_at}; give seconds")
    if emotion not in EMOTIONS:
        raise MediaError(f"there is no emotion {emotion!r}; known: {', '.join(EMOTIONS)}")
    said = None if speech is None else read_wav(speech)
    heard = _heard(user_audio, user_video)
    drawn = build_avatar(
        avatar, generator=generator, look=look_of(size, framing, renderer), model=model
    )
    faces = seen(drawn, user_motion, user_video)
    at = speech_at
    if at is None:
        at = 0.0 if said is None or heard is None else reply_time(said.heard(), heard)
    scene = Scene(
        speech=None if said is None else said.pcm,
        speech_at_s=at,
        phones=_phones(said, text, text_voice),
        user_audio=heard,
        user_faces=faces,
        style=Style(intensity=intensity, emotion=emotion),
    )
    rate = SILENT_RATE if said is None else said.rate
    draw_scene(drawn, scene, rate=rate, seed=seed, video=out, motion=motion_output, mark=mark)
    if at > 0:
        told(f"the answer begins at {at:.2f} s")
    told(f"wrote {out}")


def _heard(sound: Path | None, video: Path | None) -> Samples | None:
    """The user's voice: a recording of its own, or that of the video."""
    if sound is not None:
        return read_wav(sound).heard()
    said = None if video is None else read_sound(video)
    return None if said is None else said.heard()


def seen(
    avatar: Avatar, motion: Path | None, video: Path | None
) -> Sequence[FaceObservation | None]:
    """The user's face at each tick, in the space that the avatar understands.

    Raises SpaceMismatch for a recorded motion where only pictures will do.
    """
    if motion is not None:
        avatar.generator.user_space.require(ARKIT58, f"{motion}, in place of --user-video,")
        return read_motion(motion)
    if video is None:
        return ()
    tracker = avatar.tracker(build_tracker())
    state, faces = tracker.start(), list[FaceObservation | None]()
    for index, picture in enumerate(pictures_of(video)):
        face, state = tracker.step(picture, index * TICK_S, state)
        faces.append(face)
    return faces


def _phones(said: Recording | None, text: str | None, voice_name: str) -> tuple[Phone, ...]:
    if text is None:
        return ()
    if said is None:
        raise MediaError(
            "--text gives the words of --speech: give --speech too, or use visavis say"
        )
    voice = build_voice(voice_name)
    try:
        return align(text, said.heard(), voice)
    finally:
        voice.close()
