"""A language model may call a person."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.services.llm_service import FunctionCallParams, LLMService

from agent.knowledge.endpoint import COLLEAGUE_TOOL

CALLED = {"status": "a colleague is being called; tell the visitor so, and promise nothing more"}


def offer_colleague(llm: LLMService[Any], call: Callable[[], Awaitable[object]]) -> FunctionSchema:
    """Let a model call a person. `call` takes its time, and tells the visitor what becomes of it.

    The reason that a model gives holds what was said: it goes nowhere.
    """
    running = set[asyncio.Task[object]]()

    async def start(params: FunctionCallParams) -> None:
        task = asyncio.ensure_future(call())
        running.add(task)
        task.add_done_callback(running.discard)
        await params.result_callback(CALLED)

    llm.register_function(COLLEAGUE_TOOL, start)
    return FunctionSchema(
        name=COLLEAGUE_TOOL,
        description=(
            "Call a person of the staff, when the visitor asks for one or needs what only a person "
            "can do. Call it once."
        ),
        properties={"reason": {"type": "string", "description": "why, in a few words"}},
        required=["reason"],
    )
