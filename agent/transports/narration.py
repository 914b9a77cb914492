"""What a client is told of a conversation: the pipeline's frames as events of the protocol."""

from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
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
    ForgetFrame,
    FunctionWantedFrame,
    LanguageFrame,
    UserCaptionFrame,
)
from agent.kiosk_frames import KioskFrame
from agent.protocol.events import ServerEvent
from agent.protocol.events.audio import InputAudioCommitted, SpeechStarted, SpeechStopped
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
    Heard,
    Item,
    ItemAdded,
    ItemDone,
    TranscriptionCompleted,
    TranscriptionDelta,
)
from agent.transports.media_time import tick_us
from agent.transports.told_turn import SpokenTurn, WrittenTurn, called, item_id
from avatar.clock import TICK_S, ticks_in

REMEMBERED = 8
"""Turns of which a client may say how much it played."""

STILL_AUDIBLE = ticks_in(0.4)
"""Ticks after its last piece within which a client may still be playing a turn."""


class Narration:
    """Tells one conversation. `now` is the tick that it tells of, as the media show it.

    With `text_only`, answers are written and not said.
    """

    def __init__(self) -> None:
        self.now = 0
        self.text_only = False
        self._turn: SpokenTurn | None = None
        self._last: SpokenTurn | None = None
        self._told: list[SpokenTurn] = []
        self._held = False
        self._writing: WrittenTurn | None = None
        self._written_items = 0
        self._early: list[str] = []
        self._user_items = 0
        self._user_since = self._user_began = 0
        self._user_words: list[str] | None = None

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
            case FunctionWantedFrame():
                return called(frame.call_id, frame.function, frame.arguments)
            case KioskFrame():
                return [frame.event]
            case ForgetFrame():
                return self._forgets()
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
                self._held = frame.held
                return [_held(frame)]
            case AvatarReactionFrame():
                return [_reaction(frame)]
            case UserStartedSpeakingFrame():
                return self._user_begins()
            case UserStoppedSpeakingFrame():
                return self._user_ends()
            case UserCaptionFrame():
                return self._user_says(frame)
            case LanguageFrame():
                return [AvatarLanguage(language=frame.language)]
            case _ if self.text_only:
                return self._written(frame)
            case _:
                return []

    def _speech(self, frame: AvatarAudioFrame) -> list[ServerEvent]:
        self.now = max(self.now, frame.tick)
        if self._turn is not None and self._turn.number == frame.turn:
            self._turn.goes_on(frame.tick)
            return []
        events = self._user_ends() if self._user_words else []
        events += self._said() if self._turn is not None else []
        self._turn = turn = SpokenTurn(frame.turn, frame.tick, frame.tick)
        self._told = [*self._told[1 - REMEMBERED :], turn]
        self._last = turn
        events += turn.begins()
        early, self._early = self._early, []
        for word in early:
            events += self._words(word)
        return events

    def _words(self, text: str) -> list[ServerEvent]:
        if self._turn is None:
            self._early.append(text)
            return []
        return self._turn.says(text, tick_us(self.now))

    def _said(self) -> list[ServerEvent]:
        turn, self._turn = self._turn, None
        self._early = []
        return [] if turn is None else turn.is_said()

    def _flushed(self, frame: AvatarFlushFrame) -> list[ServerEvent]:
        self.now = max(self.now, frame.tick)
        turn, self._turn = self._turn, None
        held, self._held = self._held, False
        self._early = []
        flush = AvatarFlush(turn=frame.turn, media_time_us=tick_us(frame.tick))
        if turn is not None:
            return [flush, *turn.is_cut_off("turn_detected" if held else "client_cancelled")]
        last, self._last = self._last, None
        audible = last is not None and frame.tick - last.end <= STILL_AUDIBLE
        return [flush] if audible else []

    def _forgets(self) -> list[ServerEvent]:
        """The next user is told of nothing that was said before."""
        self._turn = self._last = self._writing = self._user_words = None
        self._told, self._early, self._held = [], [], False
        return []

    def heard(self, item: str, audio_ms: int) -> tuple[str, str] | None:
        """All words of an item of the avatar's, and those in its first milliseconds of sound; None
        for an item that is not known any more.
        """
        for turn in self._told:
            if item_id(turn.number) == item:
                return turn.text, turn.heard(audio_ms)
        return None

    def _written(self, frame: Frame) -> list[ServerEvent]:
        """An answer that no voice says."""
        match frame:
            case LLMFullResponseStartFrame():
                self._written_items += 1
                self._writing = WrittenTurn(self._written_items)
                return self._writing.begins()
            case AggregatedTextFrame() if self._writing is not None:
                return self._writing.says(frame.text)
            case LLMFullResponseEndFrame() | InterruptionFrame() if self._writing is not None:
                written, self._writing = self._writing, None
                return written.ends(cut_off=isinstance(frame, InterruptionFrame))
            case _:
                return []

    def _user_begins(self) -> list[ServerEvent]:
        self._user_since = self._user_began = self.now
        self._user_words = []
        self._user_items += 1
        start_ms = tick_us(self.now) // 1000
        return [SpeechStarted(audio_start_ms=start_ms, item_id=self._user_item)]

    def _user_ends(self) -> list[ServerEvent]:
        words, self._user_words = self._user_words, None
        item = self._user_item
        ended: list[ServerEvent] = [
            SpeechStopped(audio_end_ms=tick_us(self.now) // 1000, item_id=item),
            InputAudioCommitted(item_id=item),
        ]
        return [*ended, *self._understood(item, " ".join(words))] if words else ended

    def _user_says(self, frame: UserCaptionFrame) -> list[ServerEvent]:
        start, end = tick_us(self._user_since), tick_us(self.now)
        if not frame.final:
            return [CaptionDelta(role="user", text=frame.text, start_us=start, end_us=end)]
        caption = CaptionDone(role="user", text=frame.text, start_us=start, end_us=end)
        self._user_since = self.now
        if frame.typed:
            return [*self._typed(frame), caption]
        if self._user_words is None:
            self._user_items += 1
            return [*self._understood(self._user_item, frame.text), caption]
        delta = f" {frame.text}" if self._user_words else frame.text
        self._user_words.append(frame.text)
        return [TranscriptionDelta(item_id=self._user_item, delta=delta), caption]

    def _typed(self, frame: UserCaptionFrame) -> list[ServerEvent]:
        self._user_items += frame.item_id is None
        said = Item(
            id=frame.item_id or self._user_item,
            role="user",
            status="completed",
            content=(Content(type="input_text", text=frame.text),),
        )
        return [ItemAdded(item=said), ItemDone(item=said)]

    def _understood(self, item: str, words: str) -> list[ServerEvent]:
        """All that the user said in one go."""
        said = Item(
            id=item,
            role="user",
            status="completed",
            content=(Content(type="input_audio", transcript=words),),
        )
        length = Heard(seconds=max(0, self.now - self._user_began) * TICK_S)
        return [
            ItemAdded(item=said),
            ItemDone(item=said),
            TranscriptionCompleted(item_id=item, transcript=words, usage=length),
        ]

    @property
    def _user_item(self) -> str:
        return f"item_user_{self._user_items}"


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
