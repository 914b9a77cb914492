"""Asking the parts of a conversation whether they could work now, before a visitor finds out."""

from collections.abc import Sequence

import httpx2
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from agent.protocol.events.kiosk import Fault
from agent.services.llm.openai import Endpoint
from agent.services.stt.streamed import StreamedSTTService
from agent.services.tts.embedded import EmbeddedTTSService
from pipelines.kiosk.desk import Probe

OPENAI = "https://api.openai.com/v1"


def probes_of(
    endpoint: Endpoint, ears: Sequence[STTService], voices: Sequence[TTSService]
) -> dict[Fault, Probe]:
    """A probe for each kind of part; services of others say themselves when they fail."""
    heard = [each for each in ears if isinstance(each, StreamedSTTService)]
    spoken = [each for each in voices if isinstance(each, EmbeddedTTSService)]
    probes: dict[Fault, Probe] = {"answers": answers_probe(endpoint)}
    if heard:
        probes["ears"] = lambda: _all(heard)
    if spoken:
        probes["voice"] = lambda: _all(spoken)
    return probes


async def _all(services: Sequence[StreamedSTTService | EmbeddedTTSService]) -> bool:
    return all([await service.check() for service in services])


def answers_probe(endpoint: Endpoint) -> Probe:
    """Whether whoever answers is there at all; to ask for its models costs nothing."""
    address = f"{(endpoint.base_url or OPENAI).rstrip('/')}/models"
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}

    async def ask() -> bool:
        try:
            async with httpx2.AsyncClient() as client:
                answer = await client.get(address, headers=headers)
        except httpx2.HTTPError:
            return False
        return answer.status_code < 500

    return ask
