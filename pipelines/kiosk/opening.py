"""Opening a kiosk: what its receptionist knows, and what its page is told."""

from collections.abc import Callable, Mapping
from pathlib import Path

from agent.knowledge.responder import ChatTurn, Responder
from agent.knowledge.unanswered import UNANSWERED
from agent.knowledge.zone import wall_clock
from agent.protocol.events.kiosk import KioskState
from pipelines.build.cast import Cast
from pipelines.config import ServeConfig
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.desk import Desk, Found, LookUp, Moment, nobody
from pipelines.kiosk.screen import Screen, ScreenLanguage
from pipelines.kiosk.wording import wording_of


def desk_of(
    config: ServeConfig,
    cast: Cast,
    *,
    show: Callable[[KioskState], None] = nobody,
    count: Callable[[Moment], None] = nobody,
) -> Desk:
    """The desk of a server that is a kiosk."""
    kiosk = config.kiosk or KioskConfig()
    eared = frozenset(code for code, tongue in cast.tongues.items() if tongue.stt is not None)
    return Desk(
        config=kiosk,
        name=cast.avatar.name.capitalize(),
        words={code: wording_of(kiosk, code) for code in cast.tongues},
        eared=eared,
        wall=wall_clock(kiosk.time_zone),
        look_up=None if cast.responders is None else _look_up(cast.responders, cast.llm),
        show=show,
        count=count,
    )


def _look_up(responders: Callable[[], Mapping[str, Responder]], llm: object) -> LookUp:
    """What the embedded answers say, or what a language model is given to read."""

    def look_up(text: str, language: str) -> Found:
        responder = responders().get(language)
        if responder is None:
            return Found(answered=True)
        reply = responder.reply([ChatTurn("user", text)])
        answered = llm != "knowledge" or reply.kind not in UNANSWERED
        return Found(answered, reply.sources)

    return look_up


def screen_of(desk: Desk) -> Screen:
    """What the kiosk's page shows of the house."""
    kiosk, branding = desk.config, desk.config.branding
    background = branding.background
    return Screen(
        name=branding.name,
        colour=branding.colour,
        logo="kiosk/logo" if branding.logo is not None else None,
        background="kiosk/background" if isinstance(background, Path) else background,
        languages=tuple(
            ScreenLanguage(
                code=code,
                name=words.name,
                ears=code in desk.eared,
                disclosure=words.synthetic,
                attract=words.attract,
                suggestions=words.suggestions,
            )
            for code, words in desk.words.items()
        ),
        layout=kiosk.layout,
        push_to_talk=kiosk.push_to_talk,
        camera=kiosk.presence.camera,
        can_call=desk.can_call,
    )
