"""What a language model may ask for, through pipecat's own function calls."""

from typing import Any

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import FunctionCallParams

from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import Responder
from agent.services.llm.openai import Endpoint, build_llm
from agent.services.llm.photo import Photo
from agent.services.llm.tools import offer_look, offer_pages


class Asked:
    """A model that calls a tool, and what it is told."""

    def __init__(self) -> None:
        self.llm = build_llm(Endpoint())
        self.context = LLMContext()
        self.told: list[Any] = []

    async def call(self, name: str, **arguments: str) -> Any:
        async def told(result: Any, **_: Any) -> None:
            self.told.append(result)

        handler: Any = self.llm._functions[name].handler  # pyright: ignore[reportPrivateUsage]
        nobody: Any = None
        params = FunctionCallParams(
            function_name=name,
            tool_call_id="1",
            arguments=arguments,
            llm=self.llm,
            pipeline_worker=nobody,
            context=self.context,
            result_callback=told,
        )
        await handler(params)
        return self.told[-1]


async def test_it_sees_what_the_camera_shows() -> None:
    asked = Asked()
    photos: list[Photo | None] = [Photo(b"\xff\xd8jpeg", (640, 480)), None]
    schema = offer_look(asked.llm, lambda: photos.pop(0))
    assert schema.name == "look"
    assert "picture" in await asked.call("look")
    (message,) = asked.context.messages
    assert "image_url" in str(message)
    assert "error" in await asked.call("look"), "a camera that is off is told"
    assert len(asked.context.messages) == 1


@pytest.fixture(scope="module")
def responder() -> Responder:
    return Responder(load_knowledge(RECEPTION))


async def test_it_finds_entries_with_their_source(responder: Responder) -> None:
    asked = Asked()
    offer_pages(asked.llm, lambda: responder)
    found = await asked.call("search_pages", question="where can I park my car?")
    first = found["entries"][0]
    assert "park" in first["title"].lower()
    assert ".md" in first["source"]
    assert first["text"]
    nothing = await asked.call("search_pages", question="xylophone zebra")
    assert nothing["entries"] == []
