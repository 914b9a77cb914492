"""The endpoint as the real client of OpenAI sees it."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from openai import AsyncOpenAI, BadRequestError, NotFoundError
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from agent.knowledge.endpoint import MODEL, knowledge_app, model_of
from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder

HOURS = "from half past seven in the morning until half past six in the evening."
TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "call_colleague", "parameters": {"type": "object", "properties": {}}},
}
WANTS_PERSON: list[ChatCompletionMessageParam] = [
    {"role": "user", "content": "Who painted the Mona Lisa?"},
    {"role": "assistant", "content": "I do not know that. Shall I call a colleague?"},
    {"role": "user", "content": "Yes, please."},
]


@pytest.fixture(scope="module")
def responder() -> Responder:
    return Responder(load_knowledge(RECEPTION))


@asynccontextmanager
async def served(app: FastAPI) -> AsyncGenerator[str]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        serving = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}/v1"
        server.should_exit = True
        await serving


@pytest.fixture
async def address(responder: Responder) -> AsyncIterator[str]:
    async with served(knowledge_app(lambda: responder)) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=address, api_key="none", max_retries=0) as client:
        yield client


async def test_a_whole_answer(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(
        model="any",
        messages=[
            {"role": "system", "content": "You are a receptionist. Where is the toilet?"},
            {"role": "user", "content": "When are you open?"},
        ],
    )
    (choice,) = completion.choices
    assert (choice.message.content or "").endswith(HOURS)
    assert (choice.finish_reason, choice.message.tool_calls) == ("stop", None)
    assert completion.model == "any"
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == 12
    assert completion.usage.completion_tokens == len((choice.message.content or "").split())


async def test_a_streamed_answer(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="any",
        messages=[{"role": "user", "content": [{"type": "text", "text": "When are you open?"}]}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    words = [chunk.choices[0].delta.content or "" for chunk in chunks[1:-2]]
    assert len(words) > 15
    assert all(len(word.split()) == 1 for word in words)
    assert "".join(words).endswith(HOURS)
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(words)
    assert len({chunk.id for chunk in chunks}) == 1


async def test_usage_is_streamed_only_when_asked_for(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": "hello"}], stream=True
    )
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


async def test_the_stream_ends_with_done(address: str) -> None:
    async with httpx2.AsyncClient() as web:
        body = {"messages": [{"role": "user", "content": "hello"}], "stream": True}
        response = await web.post(f"{address}/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")


async def test_a_colleague_is_called_by_the_tool(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(
        model="any", messages=WANTS_PERSON, tools=[TOOL]
    )
    (choice,) = completion.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    (call,) = choice.message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "call_colleague"
    assert json.loads(call.function.arguments) == {"reason": "Yes, please."}


async def test_a_streamed_call(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="any", messages=WANTS_PERSON, tools=[TOOL], stream=True
    )
    chunks = [chunk async for chunk in stream]
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    (call,) = calls
    assert call.index == 0
    assert call.function is not None
    assert call.function.name == "call_colleague"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


async def test_words_follow_the_result_of_the_call(client: AsyncOpenAI) -> None:
    messages: list[ChatCompletionMessageParam] = [
        *WANTS_PERSON,
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "call_colleague", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "done"},
    ]
    completion = await client.chat.completions.create(model="any", messages=messages, tools=[TOOL])
    (choice,) = completion.choices
    assert choice.finish_reason == "stop"
    assert "calling a colleague" in (choice.message.content or "")


async def test_without_the_tool_nobody_is_called_and_none_is_promised(client: AsyncOpenAI) -> None:
    for more in ({}, {"tools": [TOOL], "tool_choice": "none"}):
        options: dict[str, Any] = more
        completion = await client.chat.completions.create(
            model="any", messages=WANTS_PERSON, **options
        )
        assert "ask my colleagues" in (completion.choices[0].message.content or "")


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    models = await client.models.list()
    assert [model.id for model in models.data] == [MODEL]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "king", "content": "hello"}]}, "messages.0.role"),
        ({"messages": "hello"}, "messages"),
        ([], None),
    ],
)
async def test_malformed_requests_get_an_openai_error(
    address: str, body: object, param: str | None
) -> None:
    async with httpx2.AsyncClient() as web:
        response = await web.post(f"{address}/chat/completions", json=body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]


async def test_what_is_not_json_is_refused(address: str) -> None:
    async with httpx2.AsyncClient() as web:
        response = await web.post(f"{address}/chat/completions", content=b"{nonsense")
    assert response.status_code == 400
    assert "error" in response.json()


async def test_the_client_raises_its_own_errors(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError, match="messages"):
        await client.chat.completions.create(model="any", messages=[])
    with pytest.raises(NotFoundError):
        await client.embeddings.create(model="any", input="hello")


async def test_the_models_name_says_the_language_and_each_reply_is_told(
    responder: Responder,
) -> None:
    desks = {"en": responder, "de": Responder(load_knowledge(RECEPTION), "de")}
    told: list[tuple[Sequence[ChatTurn], Reply]] = []
    app = knowledge_app(
        lambda: responder,
        languages=lambda: desks,
        on_reply=lambda turns, reply: told.append((turns, reply)),
    )
    async with (
        served(app) as address,
        AsyncOpenAI(base_url=address, api_key="none", max_retries=0) as client,
    ):
        models = [model.id for model in (await client.models.list()).data]
        assert models == [MODEL, "visavis-knowledge-en", "visavis-knowledge-de"]
        said: list[str] = []
        for model in (model_of("de"), model_of("en"), MODEL, "gpt-5", model_of("fr")):
            completion = await client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "xyzzy"}]
            )
            said.append(completion.choices[0].message.content or "")
    assert said[0].endswith("Soll ich jemanden rufen?")
    assert all(text.endswith("Shall I call a colleague?") for text in said[1:])
    assert [reply.language for _, reply in told] == ["de", "en", "en", "en", "en"]
    turns, reply = told[0]
    assert turns == [ChatTurn("user", "xyzzy")]
    assert (reply.kind, reply.text) == (ReplyKind.OFFER_COLLEAGUE, said[0])
