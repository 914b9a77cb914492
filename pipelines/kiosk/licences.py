"""Licences of what a kiosk is made of: it stands in a business, which not all of them allow."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from avatar.errors import PartUnavailable

if TYPE_CHECKING:
    from pipelines.build.cast import Cast, Tongue

Verdict: TypeAlias = Literal["allowed", "non-commercial", "unknown"]

OPENAI_WHISPER = "models--Systran--faster-whisper-"
"""Where the hub's cache keeps OpenAI's models, which are under MIT."""

LARGEST_CARD = 1 << 16
"""Bytes of a card that are read; licences are told at its begin."""

OWN = frozenset({"private", "of its provider"})
"""Of what is the operator's own, as an avatar of their photo, or used under a contract of theirs.
"""

_ALLOWED = re.compile(
    r"\b(?:apache|mit\b|x11\b|isc\b|zlib\b|unlicense\b|0?bsd|[al]?gpl|mpl|epl|ofl\b|cc0"
    r"|cc[ -]by(?:[ -]sa)?(?:[ -]\d\.\d)?\b(?![ -]n)|public[ -]domain)"
)
_FORBIDS = re.compile(
    r"non[ -]?commercial|not for commercial|\bnc\b|research[ -](?:use |purposes? )?only"
    r"|(?:academic|personal|evaluation|educational)[ -]use"
)
_CARD_LICENCE = re.compile(r"^\W*licen[cs]e\W*?:\s*[\"']?(.+?)[\"'*]*\s*$", re.I | re.M)


class LicenceRefused(PartUnavailable):
    """A licence forbids this use, or nobody knows that it allows it."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """Something that is used. `name` is how a right to it is stated, `licence` what is known."""

    kind: str
    name: str
    licence: str

    @property
    def verdict(self) -> Verdict:
        """Whether commercial use is allowed, as far as the licence's name tells."""
        return verdict_of(self.licence)


def verdict_of(licence: str) -> Verdict:
    """What a licence's name says of commercial use.

    It may be an SPDX identifier, two that are both needed (`AND`) or of which one is enough (`OR`),
    or words. What is not known to allow it is unknown.
    """
    known = re.sub(r"[_\s]+", " ", licence.strip().lower())
    ways = [_both(way) for way in re.split(r"\s+or\s+", known)]
    for verdict in ("allowed", "non-commercial"):
        if verdict in ways:
            return verdict
    return "unknown"


def _both(terms: str) -> Verdict:
    verdicts = {_one(term) for term in re.split(r"\s+and\s+|;", terms)}
    if "non-commercial" in verdicts:
        return "non-commercial"
    return "allowed" if verdicts == {"allowed"} else "unknown"


def _one(term: str) -> Verdict:
    if _FORBIDS.search(term):
        return "non-commercial"
    allowed = term.strip(" ()") in OWN or _ALLOWED.search(term) is not None
    return "allowed" if allowed else "unknown"


def require_commercial(used: Iterable[Licensed], rights: Collection[str] = ()) -> None:
    """Raise LicenceRefused unless all of this may be used by a business.

    `rights` are the names of what the operator has a right to beyond its licence.
    """
    refused = refused_of(used, rights)
    if not refused:
        return
    reasons = "\n".join(f"- {_reason(one)}" for one in refused)
    names = ", ".join(json.dumps(one.name) for one in refused)
    raise LicenceRefused(
        f"a kiosk is commercial use, which these do not allow:\n{reasons}\n"
        "Choose others. Whoever has a right to them, such as a licence that was bought, states so "
        f"in the configuration:\nkiosk:\n  licence_rights: [{names}]"
    )


def refused_of(used: Iterable[Licensed], rights: Collection[str] = ()) -> list[Licensed]:
    """What of this a business may not use."""
    return [one for one in used if one.name not in rights and one.verdict != "allowed"]


def _reason(one: Licensed) -> str:
    what = f"the {one.kind} {one.name!r}"
    if one.verdict == "non-commercial":
        return f"{what}: its licence, {one.licence!r}, forbids commercial use"
    if not one.licence.strip():
        return f"{what}: it does not say under which licence it is"
    return f"{what}: nothing is known of commercial use under its licence, {one.licence!r}"


def licences_of(cast: "Cast") -> tuple[Licensed, ...]:
    """Everything that a conversation is made of: the parts, and the weights and voices they load.

    Each is there once.
    """
    return tuple(dict.fromkeys(_used(cast)))


def _used(cast: "Cast") -> Iterator[Licensed]:
    from agent.services.catalogue import find_service
    from avatar.assets import CARD, TRACKER, generator_folder
    from avatar.assets.autoencoders import autoencoder_folder
    from avatar.parts import named_part
    from pipelines.catalogue import PARTS, FlowConfig, LearnedConfig

    yield Licensed("avatar", cast.avatar.name, cast.avatar.licence)
    llm = find_service("llm", cast.llm)
    yield Licensed("llm", llm.name, llm.licence)
    kind, _, model = cast.generator.partition(":")
    generator = named_part(PARTS, "generator", kind)
    yield Licensed("generator", generator.name, generator.licence)
    if generator.config is LearnedConfig:
        folder = generator_folder(model or LearnedConfig().model)
        yield Licensed("generator's weights", folder.name, stated(folder / CARD))
    renderer = named_part(PARTS, "renderer", cast.renderer.partition(":")[0])
    yield Licensed("renderer", renderer.name, renderer.licence)
    if renderer.config is FlowConfig:
        folder = autoencoder_folder(cast.renderer.partition(":")[2] or FlowConfig(Path()).model)
        yield Licensed("renderer's weights", folder.name, stated(folder / CARD))
    tracker = named_part(PARTS, "tracker", cast.tracker)
    yield Licensed("tracker", tracker.name, tracker.licence)
    if tracker.name == "network":
        yield Licensed("tracker's weights", TRACKER.name, stated(TRACKER / CARD))
    for tongue in cast.tongues.values():
        yield from spoken_with(tongue)


def spoken_with(tongue: "Tongue") -> Iterator[Licensed]:
    """Ears and voice of a language, and the weights that they load."""
    from agent.services.catalogue import find_service
    from agent.services.custom import CustomService
    from agent.services.stt.whisper import WhisperConfig
    from avatar.voices.piper import PiperConfig
    from pipelines.build.face import find_voice

    if tongue.stt is not None:
        ears = find_service("stt", tongue.stt)
        yield Licensed("stt", ears.name, ears.licence)
        heard = ears.config()
        if isinstance(heard, WhisperConfig):
            yield Licensed("stt's weights", heard.folder.name, whisper_licence(heard.folder))
    if isinstance(tongue.voice, CustomService):
        voice = tongue.voice.part("tts")
    else:
        voice = find_voice(tongue.voice)
    yield Licensed("voice", voice.name, voice.licence)
    speaks = voice.config()
    if isinstance(speaks, PiperConfig):
        yield Licensed("voice's weights", speaks.model.stem, piper_licence(speaks.model))


def whisper_licence(folder: Path) -> str:
    """The licence of a Whisper model: what it says, or that of OpenAI's own where they are kept."""
    from agent.services.models import whisper_folder

    said = stated_by_any(folder / "README.md", folder / "config.json")
    openai = folder.is_relative_to(whisper_folder()) or OPENAI_WHISPER in str(folder)
    return said or ("MIT" if openai else "")


def piper_licence(model: Path) -> str:
    """The licence of a Piper voice: of its `.onnx.json`, or of the model card beside it.

    The card is `NAME.MODEL_CARD`, or `MODEL_CARD` in a folder of this voice alone.
    """
    cards = [Path(f"{model}.json"), model.with_suffix(".MODEL_CARD")]
    if len(list(model.parent.glob("*.onnx"))) == 1:
        cards.append(model.parent / "MODEL_CARD")
    return stated_by_any(*cards)


def stated_by_any(*cards: Path) -> str:
    """What the first of these cards says that says anything."""
    return next((said for said in map(stated, cards) if said), "")


def stated(card: Path) -> str:
    """The licence that a card states: a field of JSON, or a line `License: ...` of Markdown.

    Empty when there is no such card, or when it cannot be read or says nothing.
    """
    try:
        with card.open("rb") as file:
            text = file.read(LARGEST_CARD if card.suffix != ".json" else -1).decode(errors="ignore")
    except OSError:
        return ""
    if card.suffix != ".json":
        found = _CARD_LICENCE.search(text)
        return "" if found is None else found[1]
    try:
        told: Any = json.loads(text)
    except json.JSONDecodeError:
        return ""
    said = next((told[key] for key in ("licence", "license") if key in told), "")
    return said if isinstance(said, str) else ""
