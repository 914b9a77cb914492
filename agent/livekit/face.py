"""`FaceGenerator`: the video generator of LiveKit's `AvatarRunner`, with a face that listens.

    face = FaceGenerator(build_avatar("ana"))
    runner = AvatarRunner(room, audio_recv=receiver, video_gen=face, options=face.options)
    await runner.start()
    face.push_user_audio(frame)     # of the user's track: what the face reacts to

The runner paces it by taking no more; only speech is yielded as sound, because the runner counts
what it is given as played.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor

import numpy as np
from pipecat.frames.frames import InputAudioRawFrame, TTSAudioRawFrame

from agent.nodes.conduct import Conduct
from agent.nodes.user_audio import UserAudio
from agent.nodes.voice import VoiceAudio
from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.motion import FaceObservation
from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, AvatarOptions, VideoGenerator

VOICE_RATE = 24_000


class FaceGenerator(VideoGenerator):
    """A session of an avatar; `executor` draws, the event loop's own when None."""

    def __init__(
        self,
        avatar: Avatar,
        *,
        voice_rate: int = VOICE_RATE,
        seed: int = 0,
        executor: Executor | None = None,
    ) -> None:
        self._session = avatar.session(voice_rate=voice_rate, seed=seed)
        self._size, self._rate, self._executor = avatar.renderer.size, voice_rate, executor
        self._understood = avatar.generator.user_space.name
        self._voice, self._user = VoiceAudio(voice_rate), UserAudio()
        self._conduct = Conduct()
        self._segment = 1
        self._spoken = self._ends = False

    @property
    def options(self) -> AvatarOptions:
        """What the runner is to be told of this face."""
        width, height = self._size
        return AvatarOptions(width, height, FPS, self._rate, 1)

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        """Speech of the agent, faster than real time, of any rate."""
        timeline = self._session.timeline
        if isinstance(frame, AudioSegmentEnd):
            # One follows a cleared buffer, too: an end of nothing ends nothing.
            self._ends = self._spoken
            timeline.push_speech(self._segment, self._voice.rest(), last=True)
            return
        self._spoken = True
        spoken = TTSAudioRawFrame(bytes(frame.data), frame.sample_rate, frame.num_channels)
        timeline.push_speech(self._segment, self._voice.samples(spoken))

    def push_user_audio(self, frame: rtc.AudioFrame) -> None:
        """The user's sound, as it comes."""
        heard = InputAudioRawFrame(bytes(frame.data), frame.sample_rate, frame.num_channels)
        self._session.timeline.push_user_audio(self._user.samples(heard))

    def push_user_face(self, face: FaceObservation) -> None:
        """What is known of the user's face now, where the avatar understands its motion space."""
        if face.space.name == self._understood:
            self._session.timeline.push_user_face(face)

    def clear_buffer(self) -> None:
        """Drop what was not said: the agent was interrupted."""
        self._session.timeline.flush(self._segment)
        self._segment += 1
        self._spoken = self._ends = False

    async def __aiter__(self) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        """A picture every tick, its sound where there is some, and the ends of segments."""
        loop, timeline = asyncio.get_running_loop(), self._session.timeline
        while True:
            waits = timeline.waiting_ticks > 0
            state = self._conduct.tick(speaks=waits)
            timeline.direct(state=state, style=self._conduct.style)
            tick = timeline.next_tick()
            segment = self._segment
            (frame,) = await loop.run_in_executor(self._executor, self._session.perform, [tick])
            if frame.picture is not None:
                pixels = np.ascontiguousarray(frame.picture).tobytes()
                yield rtc.VideoFrame(*self._size, rtc.VideoBufferType.RGB24, pixels)
            if tick.speech is not None and segment == self._segment:
                sound = tick.speech.astype("<i2").tobytes()
                yield rtc.AudioFrame(sound, self._rate, 1, len(tick.speech))
            if self._ends and segment == self._segment and not timeline.waiting_ticks:
                self._segment += 1
                self._spoken = self._ends = False
                yield AudioSegmentEnd()
