"""What a client is told, frame by frame."""

from pipecat.frames.frames import (
    TTSStoppedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.utils.text.base_text_aggregator import TextType

from agent.frames import (
    AvatarAudioFrame,
    AvatarFlushFrame,
    AvatarImageFrame,
    AvatarReactionFrame,
    AvatarStateFrame,
    UserCaptionFrame,
)
from agent.protocol.events import ServerEvent
from agent.protocol.events.avatar import AvatarFlush, AvatarReaction, AvatarState
from agent.protocol.events.caption import CaptionDelta, CaptionDone
from agent.protocol.events.conversation import ItemAdded
from agent.protocol.events.response import ResponseCreated, ResponseDone
from agent.reactions import Cause, Reaction
from agent.transports.narration import STILL_AUDIBLE, Narration
from avatar.tick import AvatarState as State


def audio(tick: int, turn: int = 1) -> AvatarAudioFrame:
    return AvatarAudioFrame(b"", 24_000, 1, tick=tick, turn=turn)


def word(text: str) -> TTSTextFrame:
    return TTSTextFrame(text, TextType.WORD)


def kinds(events: list[ServerEvent]) -> list[str]:
    return [getattr(event, "type") for event in events]  # noqa: B009


def test_a_turn_from_its_first_word_to_its_last() -> None:
    narration = Narration()
    assert narration.tell(word("Good")) == []
    begin = narration.tell(audio(10))
    assert kinds(begin) == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "output_audio_buffer.started",
        "response.output_audio_transcript.delta",
        "caption.delta",
    ]
    created = begin[0]
    assert isinstance(created, ResponseCreated)
    assert created.response.metadata == {"turn": "1"}
    caption = begin[-1]
    assert isinstance(caption, CaptionDelta)
    assert (caption.text, caption.start_us) == ("Good", 400_000)
    narration.tell(audio(11))
    narration.tell(word("morning."))
    end = narration.tell(TTSStoppedFrame())
    done = end[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.status == "completed"
    (said,) = [event for event in end if isinstance(event, CaptionDone)]
    assert (said.text, said.start_us, said.end_us) == ("Good morning.", 400_000, 480_000)


def test_a_turn_that_is_cut_off_tells_what_was_heard_of_it() -> None:
    narration = Narration()
    narration.tell(word("One"))
    narration.tell(audio(0))
    events = narration.tell(AvatarFlushFrame(1, 5))
    assert kinds(events)[:2] == ["avatar.flush", "output_audio_buffer.cleared"]
    flush, done = events[0], events[-1]
    assert isinstance(flush, AvatarFlush)
    assert (flush.turn, flush.media_time_us) == (1, 200_000)
    assert isinstance(done, ResponseDone)
    assert done.response.status == "cancelled"
    (said,) = [event for event in events if isinstance(event, CaptionDone)]
    assert said.text == "One"
    assert narration.tell(TTSStoppedFrame()) == []


def test_a_flush_is_told_while_a_client_may_still_be_playing() -> None:
    for ago, told in ((STILL_AUDIBLE, ["avatar.flush"]), (STILL_AUDIBLE + 1, [])):
        narration = Narration()
        narration.tell(audio(20))
        narration.tell(TTSStoppedFrame())
        assert kinds(narration.tell(AvatarFlushFrame(1, 20 + ago))) == told
        assert narration.tell(AvatarFlushFrame(1, 21 + ago)) == []


def test_what_the_user_says() -> None:
    narration = Narration()
    picture = AvatarImageFrame(image=b"", size=(1, 1), format="RGB", tick=50)
    assert narration.tell(picture) == []
    (started,) = narration.tell(UserStartedSpeakingFrame())
    assert started.model_dump()["audio_start_ms"] == 2000
    assert kinds(narration.tell(UserCaptionFrame("when", final=False))) == ["caption.delta"]
    final = narration.tell(UserCaptionFrame("when are you open", final=True))
    assert kinds(final) == [
        "conversation.item.input_audio_transcription.delta",
        "caption.done",
    ]
    narration.tell(UserCaptionFrame("tomorrow", final=True))
    ended = narration.tell(UserStoppedSpeakingFrame())
    assert kinds(ended) == [
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.completed",
    ]
    understood = ended[-1].model_dump()
    assert understood["transcript"] == "when are you open tomorrow"
    items = {event.model_dump().get("item_id") for event in (started, *final, *ended)} - {None}
    assert items == {understood["item_id"]}


def test_what_was_typed_is_no_speech_and_each_message_has_its_id() -> None:
    narration = Narration()
    mine = narration.tell(UserCaptionFrame("One", final=True, typed=True, item_id="mine"))
    other = narration.tell(UserCaptionFrame("Two", final=True, typed=True))
    third = narration.tell(UserCaptionFrame("Three", final=True))
    assert kinds(mine) == ["conversation.item.added", "conversation.item.done", "caption.done"]
    added = [event for event in (*mine, *other, *third) if isinstance(event, ItemAdded)]
    assert [event.item.content[0].type for event in added] == [
        "input_text",
        "input_text",
        "input_audio",
    ]
    assert len({event.item.id for event in added}) == 3
    assert added[0].item.id == "mine"


def test_state_and_reactions_keep_their_media_time() -> None:
    narration = Narration()
    (state,) = narration.tell(AvatarStateFrame(State.THINKING, 25, 0))
    assert isinstance(state, AvatarState)
    assert (state.state, state.media_time_us) == ("thinking", 1_000_000)
    seen = Reaction("nod", Cause.USER_PAUSE, 0.5, 20, 0.24)
    (reaction,) = narration.tell(AvatarReactionFrame(seen))
    assert isinstance(reaction, AvatarReaction)
    assert (reaction.kind, reaction.cause, reaction.latency_ms) == ("nod", "user_pause", 240.0)
    assert reaction.media_time_us == 800_000


def test_a_second_turn_closes_the_first() -> None:
    narration = Narration()
    narration.tell(audio(0, turn=1))
    events = narration.tell(audio(9, turn=2))
    assert kinds(events).index("response.done") < kinds(events).index("response.created")
