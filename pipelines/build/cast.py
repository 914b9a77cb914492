"""Which parts a conversation is made of, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.knowledge.responder import Responder
from agent.services.custom import CustomService
from agent.services.llm.openai import Endpoint
from agent.services.llm.tools import Pages
from agent.turns.manners import Manners
from agent.turns.phrases import Phrases
from avatar.avatar import Avatar
from pipelines.kiosk.desk import Desk


@dataclass(frozen=True, slots=True)
class Tongue:
    """Ears, voice and phrases of a language; without ears it is typed and pressed."""

    stt: str | CustomService | None
    voice: str | CustomService
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class Cast:
    """Which parts a conversation is made of, by the names of the catalogues.

    It begins in the first of the `tongues`. A language model may `look` at the camera's picture and
    search `pages`, where there are any; `responders` know them by language. With a `desk`, visitors
    come and go.
    """

    avatar: Avatar
    tongues: Mapping[str, Tongue]
    llm: str | CustomService
    endpoint: Endpoint
    generator: str = "rules"
    renderer: str = "warp"
    tracker: str = "network"
    manners: Manners = field(default_factory=Manners)
    look: bool = False
    pages: Callable[[], Pages] | None = None
    responders: Callable[[], Mapping[str, Responder]] | None = None
    traced: bool = False
    desk: Desk | None = None

    @property
    def language(self) -> str:
        """The language that a conversation begins in."""
        return next(iter(self.tongues))

    @property
    def first(self) -> Tongue:
        """How a conversation begins."""
        return self.tongues[self.language]

    @property
    def ears_shared(self) -> bool:
        """Whether one recogniser understands all languages, and tells which it heard."""
        ears = self.first.stt
        whisper = isinstance(ears, str) and ears.partition(":")[0] == "whisper"
        same = all(tongue.stt == ears for tongue in self.tongues.values())
        return whisper and same and len(self.tongues) > 1
