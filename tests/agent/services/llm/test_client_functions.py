"""A client's own functions, called by the language model."""

import asyncio
from typing import Any

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import Frame, LLMSetToolsFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import FunctionCallParams

from agent.frames import ClientToolsFrame, FunctionReturnedFrame, FunctionWantedFrame
from agent.protocol.events.session import FunctionTool
from agent.services.llm import client_functions
from agent.services.llm.client_functions import ClientFunctions
from agent.services.llm.openai import Endpoint, build_llm
from agent.transports.narration import Narration

OWN = FunctionSchema(name="look", description="See.", properties={}, required=[])
PAINT = FunctionTool(
    name="paint", parameters={"properties": {"colour": {"type": "string"}}, "required": ["colour"]}
)


class Watched(ClientFunctions):
    """Keeps what it pushes."""

    def __init__(self) -> None:
        self.llm = build_llm(Endpoint())
        super().__init__(self.llm, [OWN])
        self.pushed: list[Frame] = []

    async def push_frame(
        self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM
    ) -> None:
        self.pushed.append(frame)

    async def call(self, told: list[Any]) -> None:
        async def tell(result: Any, **_: Any) -> None:
            told.append(result)

        nobody: Any = None
        handler: Any = self.llm._functions["paint"].handler
        await handler(
            FunctionCallParams(
                function_name="paint",
                tool_call_id="call_1",
                arguments={"colour": "red"},
                llm=self.llm,
                pipeline_worker=nobody,
                context=nobody,
                result_callback=tell,
            )
        )


@pytest.fixture
async def functions() -> Watched:
    watched = Watched()
    await watched._offer(ClientToolsFrame((PAINT, FunctionTool(name="look"))))
    return watched


async def test_what_a_client_offers_stands_beside_the_servers_own(functions: Watched) -> None:
    (offered,) = functions.pushed
    assert isinstance(offered, LLMSetToolsFrame)
    assert isinstance(offered.tools, ToolsSchema)
    assert [tool.name for tool in offered.tools.standard_tools] == ["look", "paint"]
    assert "look" not in functions.llm._functions, "a client replaces none of the server's"


async def test_a_call_goes_to_the_client_and_its_result_to_the_model(functions: Watched) -> None:
    told: list[Any] = []
    calling = asyncio.create_task(functions.call(told))
    await asyncio.sleep(0)
    wanted = functions.pushed[-1]
    assert isinstance(wanted, FunctionWantedFrame)
    assert (wanted.call_id, wanted.function) == ("call_1", "paint")
    events = Narration().tell(wanted)
    kinds = [event.event_type for event in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.done"
    (done,) = [e for e in events if e.event_type == "response.function_call_arguments.done"]
    assert done.model_dump()["arguments"] == '{"colour": "red"}'
    functions.returned(FunctionReturnedFrame("call_1", "painted"))
    await calling
    assert told == [{"result": "painted"}]


async def test_a_client_that_does_nothing_is_told_of(
    functions: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_functions, "RETURNS_WITHIN_S", 0.01)
    told: list[Any] = []
    await functions.call(told)
    assert "error" in told[0]
