"""What a server tells its clients about itself."""

from agent.protocol.events.session import (
    AvatarFacts,
    MotionFacts,
    PartFacts,
    SyntheticFacts,
    VideoFacts,
    sizes_of,
)
from agent.services.catalogue import find_service
from agent.services.custom import CustomService
from agent.transports.video_encoder import offered_codecs
from avatar.assets import shipped_avatars
from avatar.marking import DIGITAL_SOURCE_TYPE, DISCLOSURE
from avatar.motion import ARKIT58
from avatar.parts import Part, named_part
from pipelines.build import find_voice
from pipelines.build.cast import Cast, Tongue
from pipelines.catalogue import PARTS
from pipelines.config import ServeConfig

KINDS_ON_THE_WIRE = {"voice": "tts"}


def chosen_parts(cast: Cast) -> tuple[Part, ...]:
    """The rows of the catalogues that a conversation is made of."""
    return (
        *(() if cast.first.stt is None else (find_service("stt", cast.first.stt),)),
        find_service("llm", cast.llm),
        _voice_part(cast.first),
        named_part(PARTS, "generator", cast.generator.partition(":")[0]),
        named_part(PARTS, "renderer", cast.renderer.partition(":")[0]),
        named_part(PARTS, "tracker", cast.tracker),
    )


def _voice_part(tongue: Tongue) -> Part:
    if isinstance(tongue.voice, CustomService):
        return tongue.voice.part("tts")
    return find_voice(tongue.voice)


def _voice_name(tongue: Tongue) -> str:
    return tongue.voice if isinstance(tongue.voice, str) else _voice_part(tongue).name


def capabilities(config: ServeConfig, cast: Cast) -> AvatarFacts:
    """`session.avatar` of the first event."""
    return AvatarFacts(
        name=cast.avatar.name,
        disclosure=config.disclosure,
        synthetic=SyntheticFacts(digital_source_type=DIGITAL_SOURCE_TYPE, disclosure=DISCLOSURE),
        video=VideoFacts(codecs=offered_codecs(), sizes=sizes_of(cast.avatar.renderer.size)),
        motion=_motion(cast),
        avatars=tuple(shipped_avatars()),
        voices=tuple(_voice_name(tongue) for tongue in cast.tongues.values()),
        languages=tuple(cast.tongues),
        functions=cast.llm != "knowledge",
        kiosk=cast.desk is not None,
        parts=tuple(
            PartFacts(
                kind=KINDS_ON_THE_WIRE.get(part.kind, part.kind),
                name=part.name,
                title=part.title,
                licence=part.licence,
                advice=part.advice,
            )
            for part in chosen_parts(cast)
        ),
    )


def _motion(cast: Cast) -> MotionFacts:
    """The wire carries `arkit58`; an avatar of another space shows pictures alone."""
    if cast.avatar.renderer.space != ARKIT58:
        return MotionFacts(avatar=None)
    return MotionFacts(names=ARKIT58.channels)
