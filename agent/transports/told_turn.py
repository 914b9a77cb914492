"""A turn of the avatar's as the events that tell of it, in the order of the OpenAI API."""

from dataclasses import dataclass, field
from typing import TypedDict

from agent.protocol.events import ServerEvent
from agent.protocol.events.audio import OutputAudioCleared, OutputAudioStarted, OutputAudioStopped
from agent.protocol.events.caption import CaptionDelta, CaptionDone, CaptionWord
from agent.protocol.events.conversation import Content, Item, ItemAdded, ItemDone
from agent.protocol.events.response import (
    ContentPartAdded,
    ContentPartDone,
    FunctionArgumentsDelta,
    FunctionArgumentsDone,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Part,
    Reason,
    Response,
    ResponseCreated,
    ResponseDone,
    Status,
    StatusDetails,
)
from agent.transports.media_time import TICK_US, tick_us
from avatar.clock import TICK_S


class Place(TypedDict):
    """Where in a response something is."""

    response_id: str
    item_id: str


TICK_MS = round(1000 * TICK_S)


def response_id(turn: int) -> str:
    """The id of the response that a turn is."""
    return f"resp_{turn}"


def item_id(turn: int) -> str:
    """The id of the item that is said in a turn."""
    return f"item_avatar_{turn}"


@dataclass(slots=True)
class SpokenTurn:
    """A turn that is said aloud, from tick `begin` to tick `end`; `ticks` of it were sent."""

    number: int
    begin: int
    end: int
    ticks: int = 1
    words: list[CaptionWord] = field(default_factory=list)
    _sent_ms: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was said so far."""
        return " ".join(word.text for word in self.words)

    def heard(self, audio_ms: int) -> str:
        """What was said in its first milliseconds of sound."""
        sent = zip(self.words, self._sent_ms, strict=True)
        return " ".join(word.text for word, before_ms in sent if before_ms < audio_ms)

    def begins(self) -> list[ServerEvent]:
        """It begins."""
        item = self._item("in_progress")
        return [
            ResponseCreated(response=self._response("in_progress")),
            OutputItemAdded(response_id=self._response_id, item=item),
            ItemAdded(item=item),
            ContentPartAdded(**self._place, part=Part(transcript="")),
            OutputAudioStarted(response_id=self._response_id),
        ]

    def goes_on(self, tick: int) -> None:
        """Another tick of its sound is sent."""
        self.end = tick
        self.ticks += 1

    def says(self, text: str, at_us: int) -> list[ServerEvent]:
        """Its next words."""
        delta = f" {text}" if self.words else text
        self.words.append(CaptionWord(text=text, start_us=at_us, end_us=at_us + TICK_US))
        self._sent_ms.append((self.ticks - 1) * TICK_MS)
        return [
            OutputTranscriptDelta(**self._place, delta=delta),
            CaptionDelta(role="assistant", text=text, start_us=at_us, end_us=at_us + TICK_US),
        ]

    def is_said(self) -> list[ServerEvent]:
        """It was said to its end."""
        return [
            OutputAudioDone(**self._place),
            *self._wording(),
            OutputAudioStopped(response_id=self._response_id),
            *self._done("completed"),
        ]

    def is_cut_off(self, reason: Reason) -> list[ServerEvent]:
        """It ends here."""
        return [
            OutputAudioCleared(response_id=self._response_id),
            OutputAudioDone(**self._place),
            *self._wording(),
            *self._done("incomplete", StatusDetails(type="cancelled", reason=reason)),
        ]

    def _wording(self) -> list[ServerEvent]:
        """What of it was said, in words."""
        start, end = tick_us(self.begin), tick_us(self.end) + TICK_US
        ends = [*(word.start_us for word in self.words[1:]), end]
        words = [
            word.model_copy(update={"end_us": max(word.start_us, until)})
            for word, until in zip(self.words, ends, strict=False)
        ]
        return [
            OutputTranscriptDone(**self._place, transcript=self.text),
            CaptionDone(
                role="assistant", text=self.text, start_us=start, end_us=end, words=tuple(words)
            ),
        ]

    def _done(self, item_status: str, why: StatusDetails | None = None) -> list[ServerEvent]:
        item = self._item(item_status)
        response = self._response("completed" if why is None else "cancelled", (item,))
        return [
            ContentPartDone(**self._place, part=Part(transcript=self.text)),
            ItemDone(item=item),
            OutputItemDone(response_id=self._response_id, item=item),
            ResponseDone(response=response.model_copy(update={"status_details": why})),
        ]

    @property
    def _response_id(self) -> str:
        return response_id(self.number)

    @property
    def _place(self) -> Place:
        return {"response_id": self._response_id, "item_id": item_id(self.number)}

    def _response(self, status: Status, output: tuple[Item, ...] = ()) -> Response:
        return Response(
            id=self._response_id,
            status=status,
            output=output,
            metadata={"turn": str(self.number)},
        )

    def _item(self, status: str) -> Item:
        spoken = Content(type="output_audio", transcript=self.text)
        content = () if status == "in_progress" else (spoken,)
        return Item(id=item_id(self.number), role="assistant", status=status, content=content)


@dataclass(slots=True)
class WrittenTurn:
    """An answer that is only written, for sessions without sound; it is no turn of the media."""

    number: int
    text: str = ""

    def begins(self) -> list[ServerEvent]:
        """It begins."""
        item = self._item("in_progress")
        return [
            ResponseCreated(response=self._response("in_progress")),
            OutputItemAdded(response_id=self._response_id, item=item),
            ItemAdded(item=item),
            ContentPartAdded(**self._place, part=Part(type="text", text="")),
        ]

    def says(self, text: str) -> list[ServerEvent]:
        """Its next words."""
        delta = f" {text}" if self.text else text
        self.text += delta
        return [OutputTextDelta(**self._place, delta=delta)]

    def ends(self, *, cut_off: bool = False) -> list[ServerEvent]:
        """It ends."""
        item = self._item("incomplete" if cut_off else "completed")
        status: Status = "cancelled" if cut_off else "completed"
        return [
            OutputTextDone(**self._place, text=self.text),
            ContentPartDone(**self._place, part=Part(type="text", text=self.text)),
            ItemDone(item=item),
            OutputItemDone(response_id=self._response_id, item=item),
            ResponseDone(response=self._response(status, (item,))),
        ]

    @property
    def _response_id(self) -> str:
        return f"resp_text_{self.number}"

    @property
    def _place(self) -> Place:
        return {"response_id": self._response_id, "item_id": f"item_text_{self.number}"}

    def _response(self, status: Status, output: tuple[Item, ...] = ()) -> Response:
        return Response(
            id=self._response_id,
            status=status,
            output=output,
            output_modalities=("text",),
            metadata={"turn": "0"},
        )

    def _item(self, status: str) -> Item:
        written = Content(type="output_text", text=self.text)
        content = () if status == "in_progress" else (written,)
        return Item(id=f"item_text_{self.number}", role="assistant", status=status, content=content)


def called(call_id: str, name: str, arguments: str) -> list[ServerEvent]:
    """A response that is the call of one of the client's functions."""
    response, place = f"resp_{call_id}", f"item_{call_id}"
    item = Item(
        type="function_call", id=place, status="completed", call_id=call_id, name=name,
        arguments=arguments,
    )  # fmt: skip
    begun = Response(id=response, status="in_progress", metadata={"turn": "0"})
    done = Response(id=response, status="completed", output=(item,), metadata={"turn": "0"})
    at: dict[str, str] = {"response_id": response, "item_id": place, "call_id": call_id}
    return [
        ResponseCreated(response=begun),
        OutputItemAdded(response_id=response, item=item),
        ItemAdded(item=item),
        FunctionArgumentsDelta.model_validate({**at, "delta": arguments}),
        FunctionArgumentsDone.model_validate({**at, "name": name, "arguments": arguments}),
        ItemDone(item=item),
        OutputItemDone(response_id=response, item=item),
        ResponseDone(response=done),
    ]
