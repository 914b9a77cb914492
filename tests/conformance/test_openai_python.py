"""OpenAI's own Python client; all that it is told is what its own models say."""

import shutil
from contextlib import suppress

import pytest
from openai.types.realtime import (
    ConversationItemInputAudioTranscriptionCompletedEvent,
    ConversationItemTruncatedEvent,
    InputAudioBufferCommittedEvent,
    InputAudioBufferSpeechStartedEvent,
    InputAudioBufferSpeechStoppedEvent,
    RealtimeErrorEvent,
    RealtimeSessionCreateRequest,
    ResponseAudioDeltaEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
    ResponseCreatedEvent,
    ResponseDoneEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
    SessionUpdatedEvent,
)

from tests.conformance.conftest import RATE
from tests.conformance.talking import talk
from tests.pipelines.live.conftest import Server

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]


async def test_a_typed_conversation_is_told_in_all_of_its_events(server: Server) -> None:
    async with talk(server) as talking:
        await talking.connection.session.update(
            session={
                "type": "realtime",
                "instructions": "Answer briefly.",
                "output_modalities": ["audio"],
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": RATE},
                        "transcription": {"model": "whisper-1", "language": "en"},
                        "noise_reduction": {"type": "near_field"},
                        "turn_detection": {"type": "server_vad", "silence_duration_ms": 500},
                    },
                    "output": {"format": {"type": "audio/pcm", "rate": RATE}, "voice": "marin"},
                },
                "tools": [],
                "tool_choice": "auto",
            }
        )
        updated = await talking.until(SessionUpdatedEvent)
        assert isinstance(updated.session, RealtimeSessionCreateRequest)
        assert updated.session.output_modalities == ["audio"]
        await talking.ask("Where can I park my car?")
        done = await talking.until(ResponseDoneEvent)
    (said,) = talking.of(ResponseAudioTranscriptDoneEvent)
    assert "Mill Lane" in said.transcript
    deltas = talking.of(ResponseAudioTranscriptDeltaEvent)
    assert "".join(event.delta for event in deltas) == said.transcript
    assert talking.heard_s > 3
    assert done.response.status == "completed"
    assert [item.id for item in done.response.output or []] == [said.item_id]
    assert talking.of(RealtimeErrorEvent) == []
    assert len(talking.types) >= 15, sorted(talking.types)
    assert {kind.split(".")[0] for kind in talking.foreign} == {"avatar", "caption"}


async def test_a_spoken_question_is_answered_aloud(server: Server, question: bytes) -> None:
    async with talk(server, extensions="off") as talking:
        await talking.append(question + bytes(2 * 2 * RATE))
        await talking.until_heard(1.0)
    (began,) = talking.of(InputAudioBufferSpeechStartedEvent)
    (ended,) = talking.of(InputAudioBufferSpeechStoppedEvent)
    (committed,) = talking.of(InputAudioBufferCommittedEvent)
    (heard,) = talking.of(ConversationItemInputAudioTranscriptionCompletedEvent)
    ids = {event.item_id for event in (began, ended, committed, heard)}
    assert len(ids) == 1
    assert heard.usage.type == "duration"
    assert 0.5 < heard.usage.seconds < 5
    assert 500 < ended.audio_end_ms - began.audio_start_ms < 5000
    assert len(talking.of(ResponseCreatedEvent)) == 1
    assert talking.foreign == set()


async def test_a_cancelled_answer_is_truncated_to_what_was_played(server: Server) -> None:
    async with talk(server) as talking:
        await talking.ask("Where can I park my car?")
        await talking.until_heard(0.6)
        item = talking.of(ResponseAudioDeltaEvent)[-1].item_id
        await talking.connection.response.cancel()
        done = await talking.until(ResponseDoneEvent, seconds=2)
        assert done.response.status == "cancelled"
        before_s = talking.heard_s
        truncate = talking.connection.conversation.item.truncate
        await truncate(item_id=item, content_index=0, audio_end_ms=400)
        truncated = await talking.until(ConversationItemTruncatedEvent, seconds=2)
        assert (truncated.item_id, truncated.audio_end_ms) == (item, 400)
        await truncate(item_id="item_of_nobody", content_index=0, audio_end_ms=400)
        refused = await talking.until(RealtimeErrorEvent, seconds=2)
        assert refused.error.code == "unknown_item"
    assert before_s < 1.5
    assert talking.heard_s == before_s


async def test_what_is_committed_is_answered_once(server: Server, question: bytes) -> None:
    async with talk(server) as talking:
        await talking.connection.session.update(
            session={"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        )
        await talking.until(SessionUpdatedEvent)
        await talking.connection.input_audio_buffer.commit()
        refused = await talking.until(RealtimeErrorEvent, seconds=2)
        assert refused.error.code == "input_audio_buffer_commit_empty"
        await talking.append(question + bytes(2 * RATE) + question)
        await talking.connection.input_audio_buffer.commit()
        await talking.connection.response.create()
        await talking.until(ResponseDoneEvent)
        with suppress(TimeoutError):
            await talking.until(ResponseCreatedEvent, seconds=1)
    assert len(talking.of(ResponseCreatedEvent)) == 1
    assert len(talking.of(InputAudioBufferCommittedEvent)) == 1
    assert talking.heard_s > 1


async def test_an_answer_can_be_only_written(server: Server) -> None:
    async with talk(server) as talking:
        await talking.connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"]}
        )
        await talking.until(SessionUpdatedEvent)
        await talking.ask("Where can I park my car?")
        done = await talking.until(ResponseDoneEvent)
    (written,) = talking.of(ResponseTextDoneEvent)
    assert "under the building. The entrance is in Mill Lane" in written.text
    assert "".join(event.delta for event in talking.of(ResponseTextDeltaEvent)) == written.text
    assert done.response.output_modalities == ["text"]
    assert talking.heard_s == 0
