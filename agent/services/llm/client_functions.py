"""Functions of a client's own, which the language model may call and the client carries out."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import Frame, LLMSetToolsFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams, LLMService

from agent.frames import ClientToolsFrame, FunctionReturnedFrame, FunctionWantedFrame

RETURNS_WITHIN_S = 10.0
"""Seconds that a client has to carry out a function, before the model is told that it failed."""


class ClientFunctions(FrameProcessor):
    """Stands before the user aggregator. `own` are the server's functions, which no client's
    replace.
    """

    def __init__(self, llm: LLMService[Any], own: Sequence[FunctionSchema]) -> None:
        super().__init__()
        self._llm, self._own = llm, list(own)
        self._calls: dict[str, asyncio.Future[str]] = {}

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Offer what a client offers, and hand on what it returns; everything else passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, ClientToolsFrame):
            await self._offer(frame)
        elif isinstance(frame, FunctionReturnedFrame):
            self.returned(frame)
        else:
            await self.push_frame(frame, direction)

    def returned(self, frame: FunctionReturnedFrame) -> None:
        """A client has carried a function out."""
        waiting = self._calls.pop(frame.call_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame.output)

    async def _offer(self, frame: ClientToolsFrame) -> None:
        known = {schema.name for schema in self._own}
        offered = [tool for tool in frame.tools if tool.name not in known]
        for tool in offered:
            self._llm.register_function(tool.name, self._call, timeout_secs=RETURNS_WITHIN_S + 1)
        schemas = [
            FunctionSchema(
                name=tool.name,
                description=tool.description,
                properties=tool.parameters.get("properties", {}),
                required=tool.parameters.get("required", []),
            )
            for tool in offered
        ]
        await self.push_frame(LLMSetToolsFrame(ToolsSchema(standard_tools=[*self._own, *schemas])))

    async def _call(self, params: FunctionCallParams) -> None:
        call_id = params.tool_call_id
        returned = self._calls[call_id] = asyncio.get_running_loop().create_future()
        arguments = json.dumps(dict(params.arguments))
        await self.push_frame(FunctionWantedFrame(call_id, params.function_name, arguments))
        try:
            async with asyncio.timeout(RETURNS_WITHIN_S):
                result: Any = {"result": await returned}
        except TimeoutError:
            result = {"error": "the client did not carry it out in time"}
        finally:
            self._calls.pop(call_id, None)
        await params.result_callback(result)
