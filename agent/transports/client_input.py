"""What a client sends, made into frames of the pipeline."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMMessagesAppendFrame,
    LLMRunFrame,
    LLMUpdateSettingsFrame,
    TTSSpeakFrame,
)
from pipecat.services.settings import LLMSettings

from agent.frames import (
    AvatarDirectionFrame,
    ClientToolsFrame,
    FunctionReturnedFrame,
    ItemTruncateFrame,
    LanguageRequestFrame,
    PushToTalkFrame,
    UserCaptionFrame,
    UserFaceFrame,
    UserPictureFrame,
)
from agent.kiosk_frames import VisitorFrame
from agent.protocol.errors import ProtocolError
from agent.protocol.events.audio import OutputAudioClear
from agent.protocol.events.avatar import (
    AvatarConfigUpdate,
    AvatarSay,
    Reactions,
    UserMotionAppend,
)
from agent.protocol.events.conversation import ItemCreate, ItemTruncate
from agent.protocol.events.kiosk import KIOSK_EVENTS, KioskEvent
from agent.protocol.events.parsing import AnyClientEvent
from agent.protocol.events.response import ResponseCancel, ResponseCreate
from agent.protocol.events.session import AvatarFacts, SessionUpdate
from agent.protocol.media import MediaFrame, MediaKind
from agent.transports.pace import ANSWER, RateLimit, SpeechAhead
from avatar.motion import ARKIT58, FaceObservation
from avatar.tick import Style

CANCEL_EVERY_S = 0.1
"""Seconds within which two wishes to stop are one."""

MOST_UNANSWERED = 16
"""Items that a client may add before it asks for an answer."""

LONGEST_TEXT = 4000
"""Characters of a message that is typed."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """What a setting of reactions means to the avatar."""

    listens: bool
    intensity: float


_MANNERS: dict[Reactions, _Manner] = {
    "off": _Manner(listens=False, intensity=0.0),
    "composed": _Manner(listens=True, intensity=0.0),
    "lively": _Manner(listens=True, intensity=1.0),
}


class ClientInput:
    """Keeps what a client has set so far and turns each of its messages into frames."""

    def __init__(self, clock: Callable[[], float], facts: AvatarFacts) -> None:
        self._facts = facts
        self._style = Style()
        self._motions = RateLimit("motions", 60, clock)
        self._pictures = RateLimit("pictures", 30, clock)
        self._requests = RateLimit("requests", 30, clock)
        self._speech = SpeechAhead(clock)
        self._unanswered = 0
        self._clock, self._cancelled = clock, -CANCEL_EVERY_S

    def event(self, event: AnyClientEvent) -> list[Frame]:
        """Frames for an event, in their order. Raises ProtocolError."""
        if isinstance(event, UserMotionAppend):
            with np.errstate(over="ignore"):
                values = np.array(event.values, np.float32)
            seen = np.array(event.seen or [True] * ARKIT58.dim, np.bool_)
            return self._face(values, seen)
        if isinstance(event, ResponseCancel | OutputAudioClear):
            return self._cancel()
        if isinstance(event, KIOSK_EVENTS):
            return self._visited(event)
        return self._request(event) if self._requests.admit() else []

    def _visited(self, event: KioskEvent) -> list[Frame]:
        if not self._facts.kiosk:
            raise ProtocolError("no_kiosk", "this server is no kiosk: it has no visitors")
        return [VisitorFrame(event)] if self._requests.admit() else []

    def _cancel(self) -> list[Frame]:
        """Never refused; one right behind another has nothing left to stop."""
        now = self._clock()
        if now - self._cancelled < CANCEL_EVERY_S:
            return []
        self._cancelled = now
        self._speech.interrupt()
        return [InterruptionFrame()]

    def agreed(self, event: SessionUpdate) -> list[Frame]:
        """Frames for what a session.update says beside the media."""
        fields, frames = event.session, list[Frame]()
        if fields.instructions is not None:
            delta = LLMSettings(system_instruction=fields.instructions)
            frames.append(LLMUpdateSettingsFrame(delta=delta))
        if fields.push_to_talk is not None:
            frames.append(PushToTalkFrame(fields.push_to_talk))
        if fields.text_only is not None:
            frames.append(LLMConfigureOutputFrame(skip_tts=fields.text_only))
        if fields.tools is not None and self._facts.functions:
            frames.append(ClientToolsFrame(fields.tools))
        if fields.voice in self._facts.voices:
            frames += self._voiced(fields.voice)
        return frames

    def _voiced(self, voice: str) -> list[Frame]:
        """Each language has a voice: one is asked for by the other."""
        if voice not in self._facts.voices:
            raise ProtocolError(
                "unknown_voice",
                f"voices here: {', '.join(self._facts.voices)}; {voice!r} was asked for",
                param="voice",
            )
        languages, voices = self._facts.languages, self._facts.voices
        if len(languages) < 2:
            return []
        return [LanguageRequestFrame(languages[voices.index(voice)])]

    def _request(self, event: AnyClientEvent) -> list[Frame]:
        match event:
            case ItemCreate():
                return self._write(event)
            case ResponseCreate():
                self._speech.ask(ANSWER)
                self._unanswered = 0
                return [LLMRunFrame()]
            case AvatarSay():
                return self._say(event)
            case ItemTruncate():
                return [ItemTruncateFrame(event.item_id, event.audio_end_ms, event.event_id)]
            case AvatarConfigUpdate():
                wanted = self._parts(event)
                return [self._direction(event), *wanted]
            case _:
                return []

    def _write(self, event: ItemCreate) -> list[Frame]:
        if event.item.type == "function_call_output":
            return [FunctionReturnedFrame(event.item.call_id or "", event.item.output or "")]
        if event.item.role in ("system", "assistant"):
            return _remembered(event)
        frames = _typed(event)
        if self._unanswered >= MOST_UNANSWERED:
            raise ProtocolError(
                "rate_limited",
                f"{self._unanswered} items wait for an answer: send response.create",
                event_id=event.event_id,
            )
        self._unanswered += 1
        self._speech.interrupt()
        return frames

    def _say(self, event: AvatarSay) -> list[Frame]:
        begin: list[Frame] = []
        if event.interrupt:
            self._speech.interrupt()
            begin = [InterruptionFrame()]
        self._speech.ask(len(event.text))
        return [*begin, TTSSpeakFrame(event.text)]

    def media(self, frame: MediaFrame) -> list[Frame]:
        """Frames for media other than sound. Raises ProtocolError."""
        match frame.kind:
            case MediaKind.USER_MOTION:
                return self._face(*_motion(frame.payload))
            case MediaKind.USER_PICTURE:
                return [UserPictureFrame(frame.payload)] if self._pictures.admit() else []
            case MediaKind.AVATAR_AUDIO | MediaKind.AVATAR_PICTURE | MediaKind.AVATAR_MOTION:
                raise ProtocolError(
                    "wrong_kind", f"kind {frame.kind} goes from the server to the client only"
                )
            case _:
                return []

    def _direction(self, event: AvatarConfigUpdate) -> AvatarDirectionFrame:
        listens = None
        if event.reactions is not None:
            manner = _MANNERS[event.reactions]
            listens = manner.listens
            self._style = replace(self._style, intensity=manner.intensity)
        if event.intensity is not None:
            self._style = replace(self._style, intensity=event.intensity)
        if event.emotion is not None:
            self._style = replace(self._style, emotion=event.emotion)
        if "gaze" in event.model_fields_set:
            self._style = replace(self._style, gaze=event.gaze)
        return AvatarDirectionFrame(style=self._style, listens=listens)

    def _parts(self, event: AvatarConfigUpdate) -> list[Frame]:
        """Another language or voice; the avatar is chosen where the server is started."""
        if event.avatar is not None and event.avatar != self._facts.name:
            raise ProtocolError(
                "unsupported",
                f"this server shows {self._facts.name}; start another for {event.avatar!r}",
                param="avatar",
            )
        if event.voice is not None:
            return self._voiced(event.voice)
        if event.language is None:
            return []
        if event.language not in self._facts.languages:
            spoken = ", ".join(self._facts.languages)
            raise ProtocolError(
                "unknown_language",
                f"spoken here: {spoken}; {event.language!r} was asked for",
                param="language",
                event_id=event.event_id,
            )
        return [LanguageRequestFrame(event.language)]

    def _face(self, values: Float32[np.ndarray, "58"], seen: Bool[np.ndarray, "58"]) -> list[Frame]:
        if not np.isfinite(values[seen]).all():
            raise ProtocolError("malformed_motion", "a channel that is seen is not a finite number")
        if not self._motions.admit():
            return []
        return [UserFaceFrame(FaceObservation(ARKIT58, values, seen))]


def _text(event: ItemCreate, kinds: Collection[str]) -> str:
    """The words of a message. Raises ProtocolError for another item, or one of too many words."""
    texts = [piece.text or "" for piece in event.item.content if piece.type in kinds]
    text = " ".join(texts).strip()
    if event.item.type != "message" or not text or len(text) > LONGEST_TEXT:
        raise ProtocolError(
            "invalid_event",
            f"an item must be a message with text of 1 to {LONGEST_TEXT} characters",
            param="item",
            event_id=event.event_id,
        )
    return text


def _remembered(event: ItemCreate) -> list[Frame]:
    """What is to be known of the conversation before this one."""
    text = _text(event, ("input_text", "output_text", "text"))
    message: Any = {"role": event.item.role, "content": text}
    return [LLMMessagesAppendFrame([message], run_llm=False)]


def _typed(event: ItemCreate) -> list[Frame]:
    """What the user typed interrupts, as what they say does."""
    text = _text(event, ("input_text",))
    return [
        InterruptionFrame(),
        UserCaptionFrame(text, final=True, typed=True, item_id=event.item.id),
        LLMMessagesAppendFrame([{"role": "user", "content": text}], run_llm=False),
    ]


def _motion(payload: bytes) -> tuple[Float32[np.ndarray, "58"], Bool[np.ndarray, "58"]]:
    floats = 4 * ARKIT58.dim
    if len(payload) not in (floats, floats + 8):
        raise ProtocolError(
            "malformed_motion",
            f"a motion is {ARKIT58.dim} float32 and optionally a u64 mask, "
            f"{floats} or {floats + 8} bytes; {len(payload)} came",
        )
    values = np.frombuffer(payload[:floats], "<f4").astype(np.float32)
    mask = int.from_bytes(payload[floats:], "little") if len(payload) > floats else ~0
    seen = np.array([bool(mask >> channel & 1) for channel in range(ARKIT58.dim)], np.bool_)
    return values, seen
