"""Detectors that decide by what is written into the sound, so that a test says who speaks."""

from collections.abc import Callable
from typing import Any

import numpy as np
from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, BaseTurnParams, EndOfTurnState
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames.frames import InputAudioRawFrame
from pipecat.metrics.metrics import MetricsData

RATE = 16_000
PIECE = RATE // 50


def sound(level: int) -> InputAudioRawFrame:
    """20 ms of a level."""
    return InputAudioRawFrame(np.full(PIECE, level, np.int16).tobytes(), RATE, 1)


class LevelVAD(VADAnalyzer):
    """A voice is what is loud."""

    def __init__(self, start_s: float, stop_s: float = 0.2) -> None:
        params = VADParams(confidence=0.5, start_secs=start_s, stop_secs=stop_s, min_volume=0)
        super().__init__(params=params)

    def num_frames_required(self) -> int:
        return PIECE

    def voice_confidence(self, buffer: bytes) -> float:
        return float(abs(np.frombuffer(buffer, np.int16)).max() > 1000)


class ScriptedTurns(BaseTurnAnalyzer):
    """Says whether a turn is over as the test tells it to."""

    def __init__(self, verdict: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.verdict = verdict

    @property
    def speech_triggered(self) -> bool:
        return False

    @property
    def params(self) -> BaseTurnParams:
        return BaseTurnParams()

    def append_audio(self, buffer: bytes, is_speech: bool) -> EndOfTurnState:
        return EndOfTurnState.INCOMPLETE

    async def analyze_end_of_turn(self) -> tuple[EndOfTurnState, MetricsData | None]:
        state = EndOfTurnState.COMPLETE if self.verdict() else EndOfTurnState.INCOMPLETE
        return state, None

    def update_vad_start_secs(self, vad_start_secs: float) -> None:
        pass

    def clear(self) -> None:
        pass

    async def cleanup(self) -> Any:
        pass
