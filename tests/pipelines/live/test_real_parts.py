"""Whisper and Piper themselves, chosen by a file: a voice is heard, answered, and mouthed."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.pipelines.live.conftest import started, stopped
from tests.pipelines.live.test_conversation import JAW, asked, motions
from tests.pipelines.live.visitor import visit

pytestmark = pytest.mark.realtime


async def test_a_question_is_heard_by_whisper_and_answered_by_piper(
    tiny_whisper: Path, tiny_piper: Path, tmp_path: Path
) -> None:
    file = tmp_path / "visavis.yaml"
    settings = {"stt": f"whisper:{tiny_whisper}", "voice": f"piper:{tiny_piper}", "size": 256}
    file.write_text(yaml.safe_dump(settings))
    server = started("--config", str(file))
    try:
        async with visit(server.port) as visitor:
            await asked(visitor, tmp_path)
            heard = visitor.of("conversation.item.input_audio_transcription.completed")
            assert heard[-1]["transcript"] == "When are you open?"
            answers = visitor.of("response.output_audio_transcript.done")
            assert "open" in answers[-1]["transcript"]
            moved = motions(visitor.of_kind(5))[:, JAW]
            assert float(np.ptp(moved)) > 0.1
    finally:
        stopped(server)
