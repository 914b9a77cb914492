"""Putting a kiosk's reception together: what stands between its ears and its language model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from agent.nodes.confirmation import Confirmations
from agent.services.llm.actions import offer_actions
from agent.services.llm.colleague import offer_colleague
from agent.services.llm.openai import Endpoint
from pipelines.kiosk.calls import Calls
from pipelines.kiosk.desk import Desk
from pipelines.kiosk.probes import probes_of
from pipelines.kiosk.receptionist import Receptionist
from pipelines.kiosk.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Reception:
    """The processors of a kiosk, by where they stand; all are empty where there is no kiosk."""

    before_turns: tuple[FrameProcessor, ...] = ()
    behind_turns: tuple[FrameProcessor, ...] = ()
    behind_captions: tuple[FrameProcessor, ...] = ()
    tools: tuple[FunctionSchema, ...] = ()


def build_reception(
    desk: Desk | None,
    endpoint: Endpoint,
    ears: Sequence[STTService],
    voices: Sequence[TTSService],
    llm: LLMService[Any],
    *,
    embedded: bool,
) -> Reception:
    """A reception with its tools; `embedded` answers know no tool but to call a person."""
    if desk is None:
        return Reception()
    receptionist = Receptionist(replace(desk, probes=probes_of(endpoint, ears, voices)))
    confirmations = Confirmations(desk.language)
    calls: list[Calls] = []
    tools: list[FunctionSchema] = []
    if desk.hand_off is not None and desk.can_call:
        called = Calls(desk, desk.hand_off)
        calls = [called]
        tools.append(offer_colleague(llm, lambda: called.call("tool")))
    if not embedded:
        tools += offer_actions(llm, desk.actions, confirmations)
    return Reception(
        before_turns=(receptionist,),
        behind_turns=(Understanding(desk.language, desk.look_up), *calls),
        behind_captions=(confirmations,),
        tools=tuple(tools),
    )
