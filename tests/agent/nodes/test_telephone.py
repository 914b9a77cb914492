"""A live voice becomes what an avatar speaks, in spurts."""

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from agent.nodes.telephone import CUSHION_S, GOES_ON_S, Spurts, Telephone

PIECE_S = 0.02


class Heard(Telephone):
    """A telephone whose frames are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []

    async def push_frame(
        self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM
    ) -> None:
        self.frames.append(frame)

    def of(self, kind: type[Frame]) -> list[Frame]:
        return [frame for frame in self.frames if isinstance(frame, kind)]


def piece(level: float, seed: int = 0) -> InputAudioRawFrame:
    noise = np.random.default_rng(seed).normal(0, 32768 * level, round(16_000 * PIECE_S))
    return InputAudioRawFrame(noise.astype(np.int16).tobytes(), 16_000, 1)


def test_a_voice_is_told_from_any_room_at_its_first_piece() -> None:
    for room in (0.0, 0.001, 0.01, 0.05):
        spurts = Spurts()
        quiet = [spurts.speaks(room, PIECE_S) for _ in range(200)]
        assert not any(quiet[110:])
        assert spurts.speaks(room * 4 + 0.02, PIECE_S)


def test_a_pause_within_words_ends_nothing_and_a_longer_one_does() -> None:
    spurts = Spurts()
    for _ in range(100):
        spurts.speaks(0.001, PIECE_S)
    spurts.speaks(0.2, PIECE_S)
    pause = [spurts.speaks(0.001, PIECE_S) for _ in range(40)]
    assert pause.count(True) == round(GOES_ON_S / PIECE_S) - 1
    assert pause == sorted(pause, reverse=True)


async def test_what_one_says_comes_out_of_the_other_whole_and_in_turns() -> None:
    one, other = Heard(), Heard()
    one.join(other)
    said: list[bytes] = []
    for spurt in range(2):
        for n in range(30):
            frame = piece(0.2, n)
            said.append(frame.audio)
            await other.hear(frame)
            if len(said) * PIECE_S < CUSHION_S:
                assert other.of(TTSAudioRawFrame) == []
        for _ in range(40):
            await other.hear(piece(0.0))
        assert len(other.of(TTSStartedFrame)) == len(other.of(TTSStoppedFrame)) == spurt + 1
    spoken = b"".join(frame.audio for frame in other.frames if isinstance(frame, TTSAudioRawFrame))
    assert all(sound in spoken for sound in said)
    assert len({getattr(frame, "context_id") for frame in other.of(TTSStartedFrame)}) == 2  # noqa: B009
    assert one.frames == []
    one.leave()
    assert other.other is None
