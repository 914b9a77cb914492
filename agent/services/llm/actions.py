"""What an integrator lets a language model do, with the visitor's consent where that is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.services.llm_service import FunctionCallParams, LLMService

from agent.nodes.confirmation import EXPIRES_S, Confirmations

TAKES_AT_MOST_S = 8.0
"""Seconds that an action may take: a little longer, and the avatar would give the answer up."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a model may do.

    `problem` tells what is wrong with arguments, `run` does it with good ones and gives what the
    model is told, with `error` if it failed; it never raises. `question` is asked in a language
    before, where that is not None.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    problem: Callable[[Mapping[str, Any]], str | None]
    run: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
    question: Callable[[str, Mapping[str, Any]], str] | None = None


def offer_actions(
    llm: LLMService[Any], actions: Sequence[Action], confirmations: Confirmations
) -> list[FunctionSchema]:
    """Let a model do these things."""
    return [_offer(llm, action, confirmations) for action in actions]


def _offer(llm: LLMService[Any], action: Action, confirmations: Confirmations) -> FunctionSchema:
    async def run(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(TAKES_AT_MOST_S):
                return await action.run(arguments)
        except TimeoutError:
            return {"error": "it took too long; it may have been done or not"}

    async def call(params: FunctionCallParams) -> None:
        arguments = params.arguments
        if (problem := action.problem(arguments)) is not None:
            await params.result_callback({"error": problem})
        elif action.question is None:
            await params.result_callback(await run(arguments))
        else:
            question = action.question(confirmations.language, arguments)
            settled = await confirmations.ask(question, lambda: run(arguments))
            if settled.forgotten:
                _forget(arguments)
                return
            quiet = FunctionCallResultProperties(run_llm=False) if settled.quiet else None
            await params.result_callback(settled.told, properties=quiet)

    asks = action.question is not None
    llm.register_function(
        action.name,
        call,
        # A visitor who says yes interrupts.
        cancel_on_interruption=not asks,
        timeout_secs=TAKES_AT_MOST_S + (EXPIRES_S if asks else 0.0) + 1,
    )
    return FunctionSchema(
        name=action.name,
        description=action.description,
        properties=action.parameters.get("properties", {}),
        required=action.parameters.get("required", []),
    )


def _forget(arguments: Mapping[str, Any]) -> None:
    """Arguments of a call without a result are kept by pipecat as long as the session lasts."""
    if isinstance(arguments, dict):
        arguments.clear()
