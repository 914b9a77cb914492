"""What an integrator's tools and a call for a person are to a model."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import FunctionCallParams

from agent.nodes.confirmation import Confirmations
from agent.services.llm.actions import Action, offer_actions
from agent.services.llm.colleague import offer_colleague
from agent.services.llm.openai import Endpoint, build_llm

SCHEMA = {"properties": {"floor": {"type": "integer"}}, "required": ["floor"]}


class Model:
    """Calls what it is offered."""

    def __init__(self) -> None:
        self.llm = build_llm(Endpoint())
        self.told: list[Any] = []

    async def call(self, name: str, arguments: Any) -> Any:
        async def tell(result: Any, **_: Any) -> None:
            self.told.append(result)

        handler: Any = self.llm._functions[name].handler
        nobody: Any = None
        params = FunctionCallParams(
            function_name=name, tool_call_id="1", arguments=arguments, llm=self.llm,
            pipeline_worker=nobody, context=LLMContext(), result_callback=tell,
        )  # fmt: skip
        await handler(params)
        return self.told[-1]


async def test_good_arguments_run_and_bad_ones_are_told() -> None:
    ran: list[Mapping[str, Any]] = []

    async def run(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        ran.append(arguments)
        return {"result": "lit"}

    def problem(arguments: Mapping[str, Any]) -> str | None:
        return None if "floor" in arguments else "floor is missing"

    model = Model()
    action = Action("light", "Lights a floor.", SCHEMA, problem, run)
    (schema,) = offer_actions(model.llm, [action], Confirmations())
    assert (schema.name, schema.properties) == ("light", SCHEMA["properties"])
    assert schema.required == ["floor"]
    assert await model.call("light", {}) == {"error": "floor is missing"}
    assert not ran
    assert await model.call("light", {"floor": 2}) == {"result": "lit"}
    assert ran == [{"floor": 2}]


async def test_a_colleague_is_called_at_once_and_why_goes_nowhere() -> None:
    comes = asyncio.Event()
    called: list[str] = []

    async def call() -> None:
        called.append("begun")
        await comes.wait()
        called.append("ended")

    model = Model()
    schema = offer_colleague(model.llm, call)
    assert schema.name == "call_colleague"
    told = await model.call("call_colleague", {"reason": "my passport was stolen"})
    assert "being called" in told["status"]
    await asyncio.sleep(0)
    assert called == ["begun"], "nobody waits for who is called"
    comes.set()
    await asyncio.sleep(0.01)
    assert called == ["begun", "ended"]
