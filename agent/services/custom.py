"""Any other pipecat service by its class path: the vendors that need no code here."""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from avatar.errors import PartUnavailable
from avatar.parts import Part

BASES: Mapping[str, str] = {
    "stt": "pipecat.services.stt_service.STTService",
    "llm": "pipecat.services.llm_service.LLMService",
    "tts": "pipecat.services.tts_service.TTSService",
}
"""What a service of a kind is; by name, because a configuration is read before pipecat is loaded.
"""

_SECRET = re.compile(r"\$\{(\w+)\}")


class CustomService(BaseModel):
    """A class such as `pipecat.services.deepgram.stt.DeepgramSTTService`.

    `arguments` are those of its constructor, `settings` those of its `Settings`. A text may name
    environment variables as `${NAME}`: secrets are not written into files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    path: str = Field(alias="class", pattern=r"^\w+(\.\w+)+$")
    arguments: dict[str, Any] = {}
    settings: dict[str, Any] = {}

    def part(self, kind: str) -> Part:
        """A row of the catalogue for it. `kind` is stt, llm or tts."""
        name = self.path.rpartition(".")[2]
        return Part(
            kind=kind,
            name=name,
            title=f"{self.path}, from the configuration",
            config=lambda: self,
            extra=None,
            licence="of its provider",
            probe=lambda: None,
            build=lambda config: build_custom(kind, config),
        )


def custom_class(kind: str, service: CustomService) -> Any:
    """The class. Raises PartUnavailable when it cannot be imported or is none of this kind."""
    module, _, name = service.path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:
        vendor = module.split(".")[2] if module.startswith("pipecat.services.") else module
        raise PartUnavailable(
            f"{service.path} cannot be imported ({error}); of pipecat's own services "
            f"`pip install 'pipecat-ai[{vendor}]'` brings what they need"
        ) from error
    base_module, _, base_name = BASES[kind].rpartition(".")
    base = getattr(import_module(base_module), base_name)
    if not (isinstance(found, type) and issubclass(found, base)):
        raise PartUnavailable(f"{service.path} is no {base_name} of pipecat")
    return found


def build_custom(kind: str, service: CustomService) -> Any:
    """The service.

    Raises PartUnavailable as `custom_class` does, when a variable is missing, or when the class
    does not take what it was given.
    """
    found = custom_class(kind, service)
    arguments = {name: _filled(value) for name, value in service.arguments.items()}
    settings = {name: _filled(value) for name, value in service.settings.items()}
    try:
        if settings:
            arguments["settings"] = found.Settings(**settings)
        return found(**arguments)
    except Exception as error:
        raise PartUnavailable(f"{service.path} does not take its configuration: {error}") from error


def _filled(value: Any) -> Any:
    """A text with the variables that it names."""
    if not isinstance(value, str):
        return value
    missing = [name for name in _SECRET.findall(value) if not os.environ.get(name)]
    if missing:
        raise PartUnavailable(f"the configuration needs {', '.join(missing)} in the environment")
    return _SECRET.sub(lambda found: os.environ[found[1]], value)
