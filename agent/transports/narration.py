"""What a client is told of a conversation: the pipeline's frames as events of the protocol."""

from dataclasses import dataclass, field

from pipecat.frames.frames import (
    Frame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)

from agent.frames import (
    AvatarAudioFrame,
    AvatarFlushFrame,
    AvatarHeldFrame,
    AvatarImageFrame,
    AvatarReactionFrame,
    AvatarStateFrame,
    AvatarTickFrame,
    LanguageFrame,
    UserCaptionFrame,
)
from agent.protocol.events import ServerEvent
from agent.protocol.events.audio import (
    InputAudioCommitted,
    OutputAudioCleared,
    OutputAudioStarted,
    OutputAudioStopped,
    SpeechStarted,
    SpeechStopped,
)
from agent.protocol.events.avatar import (
    AvatarFlush,
    AvatarLanguage,
    AvatarPaused,
    AvatarReaction,
    AvatarResumed,
    AvatarState,
)
from agent.protocol.events.caption import CaptionDelta, CaptionDone
from agent.protocol.events.conversation import (
    Content,
    Item,
    ItemAdded,
    ItemDone,
    TranscriptionCompleted,
    TranscriptionDelta,
)
from agent.protocol.events.response import (
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    Status,
)
from agent.transports.media_time import TICK_US, tick_us
from avatar.clock import ticks_in

STILL_AUDIBLE = ticks_in(0.4)
"""Ticks after its last piece within which a client may still be playing a turn."""


@dataclass(slots=True)
class _Turn:
    """A turn that is being said."""

    number: int
    begin: int
    end: int
    words: list[str] = field(default_factory=list)

    @property
    def response_id(self) -> str:
        return f"resp_{self.number}"

    @property
    def item_id(self) -> str:
        return f"item_avatar_{self.number}"

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def response(self, status: Status) -> Response:
        return Response(id=self.response_id, status=status, metadata={"turn": str(self.number)})

    def item(self, status: str) -> Item:
        content = (Content(type="output_audio", transcript=self.text),)
        return Item(id=self.item_id, role="assistant", status=status, content=content)


class Narration:
    """Tells one conversation. `now` is the tick that it tells of, as the media show it."""

    def __init__(self) -> None:
        self.now = 0
        self._turn: _Turn | None = None
        self._last: _Turn | None = None
        self._early: list[str] = []
        self._user_items = 0
        self._user_since = 0

    def tell(self, frame: Frame) -> list[ServerEvent]:
        """The events that a frame is worth."""
        match frame:
            case AvatarAudioFrame():
                return self._speech(frame)
            case TTSTextFrame():
                return self._words(frame.text)
            case TTSStoppedFrame():
                return self._said()
            case AvatarFlushFrame():
                return self._flushed(frame)
            case _:
                return self._heard(frame)

    def _heard(self, frame: Frame) -> list[ServerEvent]:
        match frame:
            case AvatarImageFrame() | AvatarTickFrame():
                self.now = max(self.now, frame.tick)
                return []
            case AvatarStateFrame():
                self.now = max(self.now, frame.tick)
                return [
                    AvatarState(
                        state=frame.state, turn=frame.turn, media_time_us=tick_us(frame.tick)
                    )
                ]
            case AvatarHeldFrame():
                return [_held(frame)]
            case AvatarReactionFrame():
                return [_reaction(frame)]
            case UserStartedSpeakingFrame():
                return self._user_begins()
            case UserStoppedSpeakingFrame():
                return self._user_ends()
            case UserCaptionFrame():
                return self._user_words(frame)
            case LanguageFrame():
                return [AvatarLanguage(language=frame.language)]
            case _:
                return []

    def _speech(self, frame: AvatarAudioFrame) -> list[ServerEvent]:
        self.now = max(self.now, frame.tick)
        if self._turn is not None and self._turn.number == frame.turn:
            self._turn.end = frame.tick
            return []
        events = self._said() if self._turn is not None else []
        self._turn = turn = _Turn(frame.turn, frame.tick, frame.tick)
        events += [
            ResponseCreated(response=turn.response("in_progress")),
            ItemAdded(item=turn.item("in_progress")),
            OutputAudioStarted(response_id=turn.response_id),
        ]
        early, self._early = self._early, []
        for word in early:
            events += self._words(word)
        return events

    def _words(self, text: str) -> list[ServerEvent]:
        turn = self._turn
        if turn is None:
            self._early.append(text)
            return []
        delta = f" {text}" if turn.words else text
        turn.words.append(text)
        at = tick_us(self.now)
        return [
            OutputTranscriptDelta(response_id=turn.response_id, item_id=turn.item_id, delta=delta),
            CaptionDelta(role="assistant", text=text, start_us=at, end_us=at + TICK_US),
        ]

    def _said(self) -> list[ServerEvent]:
        turn, self._turn = self._turn, None
        self._early = []
        if turn is None:
            return []
        self._last = turn
        return [
            OutputAudioDone(response_id=turn.response_id, item_id=turn.item_id),
            *_wording(turn),
            OutputAudioStopped(response_id=turn.response_id),
            ItemDone(item=turn.item("completed")),
            ResponseDone(response=turn.response("completed")),
        ]

    def _flushed(self, frame: AvatarFlushFrame) -> list[ServerEvent]:
        self.now = max(self.now, frame.tick)
        turn, self._turn = self._turn, None
        self._early = []
        flush = AvatarFlush(turn=frame.turn, media_time_us=tick_us(frame.tick))
        if turn is None:
            last, self._last = self._last, None
            audible = last is not None and frame.tick - last.end <= STILL_AUDIBLE
            return [flush] if audible else []
        return [
            flush,
            OutputAudioCleared(response_id=turn.response_id),
            *_wording(turn),
            ItemDone(item=turn.item("incomplete")),
            ResponseDone(response=turn.response("cancelled")),
        ]

    def _user_begins(self) -> list[ServerEvent]:
        self._user_since = self.now
        start_ms = tick_us(self.now) // 1000
        return [SpeechStarted(audio_start_ms=start_ms, item_id=self._user_item)]

    def _user_ends(self) -> list[ServerEvent]:
        return [
            SpeechStopped(audio_end_ms=tick_us(self.now) // 1000, item_id=self._user_item),
            InputAudioCommitted(item_id=self._user_item),
        ]

    def _user_words(self, frame: UserCaptionFrame) -> list[ServerEvent]:
        start, end = tick_us(self._user_since), tick_us(self.now)
        if not frame.final:
            return [CaptionDelta(role="user", text=frame.text, start_us=start, end_us=end)]
        item = frame.item_id or self._user_item
        self._user_items += 1
        if frame.typed:
            content = Content(type="input_text", text=frame.text)
            heard: list[ServerEvent] = []
        else:
            content = Content(type="input_audio", transcript=frame.text)
            heard = [
                TranscriptionDelta(item_id=item, delta=frame.text),
                TranscriptionCompleted(item_id=item, transcript=frame.text),
            ]
        said = Item(id=item, role="user", status="completed", content=(content,))
        self._user_since = self.now
        return [
            *heard,
            ItemAdded(item=said),
            ItemDone(item=said),
            CaptionDone(role="user", text=frame.text, start_us=start, end_us=end),
        ]

    @property
    def _user_item(self) -> str:
        return f"item_user_{self._user_items}"


def _wording(turn: _Turn) -> list[ServerEvent]:
    """What of a turn was said, in words."""
    start, end = tick_us(turn.begin), tick_us(turn.end) + TICK_US
    return [
        OutputTranscriptDone(
            response_id=turn.response_id, item_id=turn.item_id, transcript=turn.text
        ),
        CaptionDone(role="assistant", text=turn.text, start_us=start, end_us=end),
    ]


def _held(frame: AvatarHeldFrame) -> AvatarPaused | AvatarResumed:
    event = AvatarPaused if frame.held else AvatarResumed
    return event(turn=frame.turn, media_time_us=tick_us(max(0, frame.tick)))


def _reaction(frame: AvatarReactionFrame) -> AvatarReaction:
    seen = frame.reaction
    return AvatarReaction(
        kind=seen.kind,
        cause=seen.cause,
        strength=round(seen.strength, 3),
        latency_ms=None if seen.latency_s is None else round(1000 * seen.latency_s, 1),
        media_time_us=tick_us(max(0, seen.onset)),
    )
