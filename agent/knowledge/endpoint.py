"""The responder behind OpenAI's chat completions, so that it takes the place of any language model.

    app = knowledge_app(lambda: watched.responder)

It understands what a client needs for a conversation: streaming, usage, and one tool, by the name
`call_colleague`, which is called when the user wants a person. Where there are several languages,
the model's name says which: `visavis-knowledge-de`. Other settings are ignored.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder

MODEL = "visavis-knowledge"
COLLEAGUE_TOOL = "call_colleague"

OnReply = Callable[[Sequence[ChatTurn], Reply], None]
"""Told of each reply and what it is an answer to, in a thread of its own."""

_WORD_AND_SPACE = re.compile(r"\S+\s*")
_CREATED = 0
"""The model has no date of its own and keeps no clock."""


class _Part(BaseModel):
    type: str
    text: str = ""


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class _Function(BaseModel):
    name: str


class _Tool(BaseModel):
    type: str = "function"
    function: _Function | None = None


class _StreamOptions(BaseModel):
    include_usage: bool = False


class _Request(BaseModel):
    messages: list[_Message] = Field(min_length=1)
    model: str = MODEL
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None

    @property
    def can_call(self) -> bool:
        """Whether somebody would act on a call of the tool."""
        offered = any(
            tool.function is not None and tool.function.name == COLLEAGUE_TOOL
            for tool in self.tools or []
        )
        return offered and self.tool_choice != "none"

    def calls(self, reply: Reply) -> bool:
        """Whether the reply is a call of the tool; after a tool's result it is words."""
        fresh = self.messages[-1].role not in ("tool", "function")
        return reply.kind is ReplyKind.CALL_COLLEAGUE and self.can_call and fresh


@dataclass(frozen=True, slots=True)
class _Completion:
    """A reply in the shape of OpenAI's answers."""

    request: _Request
    reply: Reply
    identity: str

    def whole(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.reply.text}
        if self._calls:
            message |= {"content": None, "tool_calls": [self._call()]}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        return self._head("chat.completion") | {"choices": [choice], "usage": self._usage()}

    def events(self) -> Iterator[str]:
        """Server-sent events."""
        options = self.request.stream_options
        for chunk in self._chunks(with_usage=options is not None and options.include_usage):
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"

    def _chunks(self, *, with_usage: bool) -> Iterator[dict[str, Any]]:
        head = self._head("chat.completion.chunk")
        for delta in self._deltas():
            yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        yield head | {"choices": [{"index": 0, "delta": {}, "finish_reason": self._finish}]}
        if with_usage:
            yield head | {"choices": [], "usage": self._usage()}

    def _deltas(self) -> Iterator[dict[str, Any]]:
        if self._calls:
            yield {"role": "assistant", "content": None}
            yield {"tool_calls": [{"index": 0, **self._call()}]}
            return
        yield {"role": "assistant", "content": ""}
        for word in _WORD_AND_SPACE.findall(self.reply.text):
            yield {"content": word}

    @property
    def _calls(self) -> bool:
        return self.request.calls(self.reply)

    @property
    def _finish(self) -> str:
        return "tool_calls" if self._calls else "stop"

    def _call(self) -> dict[str, Any]:
        said = [message.text() for message in self.request.messages if message.role == "user"]
        arguments = json.dumps({"reason": said[-1] if said else ""})
        function = {"name": COLLEAGUE_TOOL, "arguments": arguments}
        return {"id": f"call_{self.identity}", "type": "function", "function": function}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.identity}",
            "object": kind,
            "created": _CREATED,
            "model": self.request.model,
        }

    def _usage(self) -> dict[str, int]:
        """Words stand for tokens."""
        asked = sum(len(message.text().split()) for message in self.request.messages)
        said = 0 if self._calls else len(self.reply.text.split())
        return {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
        }


def model_of(language: str) -> str:
    """The model that answers in a language."""
    return f"{MODEL}-{language}"


def knowledge_app(
    responder: Callable[[], Responder],
    *,
    languages: Callable[[], Mapping[str, Responder]] = dict[str, Responder],
    on_reply: OnReply | None = None,
) -> FastAPI:
    """An application to be served; `responder` is asked anew for every request.

    `languages` answer to the names that `model_of` gives, `responder` to all others. `POST
    /v1/chat/completions`, streamed or whole, and `GET /v1/models`. A request that cannot be read
    gets status 400 and an error in OpenAI's shape.
    """
    app = FastAPI(title="visavis knowledge", docs_url=None, redoc_url=None, openapi_url=None)

    def answer(request: _Request) -> Reply:
        spoken = {model_of(language): one for language, one in languages().items()}
        turns = _turns(request.messages)
        chosen = spoken.get(request.model) or responder()
        reply = chosen.reply(turns, calls=request.can_call)
        if on_reply is not None:
            on_reply(turns, reply)
        return reply

    async def complete(request: _Request) -> Response:
        reply = await asyncio.to_thread(answer, request)
        completion = _Completion(request, reply, uuid4().hex)
        if request.stream:
            return StreamingResponse(completion.events(), media_type="text/event-stream")
        return JSONResponse(completion.whole())

    async def models() -> dict[str, Any]:
        names = [MODEL, *map(model_of, languages())]
        about = {"object": "model", "created": _CREATED, "owned_by": "visavis"}
        return {"object": "list", "data": [{"id": name, **about} for name in names]}

    app.add_api_route("/v1/chat/completions", complete, methods=["POST"], response_model=None)
    app.add_api_route("/v1/models", models, methods=["GET"])
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)
    return app


def _turns(messages: Sequence[_Message]) -> list[ChatTurn]:
    """What was said; instructions, tool calls and their results are not."""
    turns: list[ChatTurn] = []
    for message in messages:
        if message.role == "user":
            turns.append(ChatTurn("user", message.text()))
        elif message.role == "assistant" and message.text():
            turns.append(ChatTurn("assistant", message.text()))
    return turns


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"][1:])
    place = f"{where}: " if where else ""
    return _error(400, f"{place}{first['msg']}; send a chat completion request", where or None)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _error(error.status_code, str(error.detail), None)


def _error(status: int, message: str, param: str | None) -> JSONResponse:
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    return JSONResponse({"error": body}, status)
