"""`visavis talk`: a conversation with a server, in the terminal."""

import asyncio
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
import soxr
import typer
from rich.live import Live
from rich.text import Text

from agent.client import ClientError, Player, Session, connect
from agent.client.puppets import LiveLinkFace, Puppet, VmcPuppet
from avatar.errors import MediaError, VisavisError
from avatar.files import require_place
from avatar.media import read_wav
from avatar.tick import VoiceSamples
from pipelines.cli.output import Mark, console, told, warn_of_no_mark
from pipelines.talking import AFTER_S, Conversation, Recording, Told

SERVER = "ws://localhost:8765/v1/realtime"

FULL_LEVEL = 0.12
"""A level of speech, as root mean square, at which the meter is full."""

METER = 20

Address: TypeAlias = Annotated[str, typer.Argument(help="the server's /v1/realtime")]
Question: TypeAlias = Annotated[Path | None, typer.Option(help="a recording to say, then leave")]
Words: TypeAlias = Annotated[str | None, typer.Option(help="what to type, then leave")]
Video: TypeAlias = Annotated[
    Path | None, typer.Option(help="MP4 to keep what was seen and heard in")
]
Place: TypeAlias = Annotated[str | None, typer.Option(help="HOST:PORT to move a face at")]


class TalkFailed(VisavisError):
    """There is no conversation with a server, or not any more."""


def talk(
    server: Address = SERVER,
    wav: Question = None,
    text: Words = None,
    save: Video = None,
    token: Annotated[str | None, typer.Option(envvar="VISAVIS_TOKEN")] = None,
    live_link: Place = None,
    vmc: Place = None,
    mark: Mark = True,
) -> None:
    """Talk with a server: by microphone, or with a recording or a text that is given."""
    if save is not None:
        require_place(save)
    question = None if wav is None else _question(wav)
    with ExitStack() as open_:
        puppets: list[Puppet] = []
        if live_link is not None:
            puppets.append(open_.enter_context(closing(LiveLinkFace(*_place(live_link)))))
        if vmc is not None:
            puppets.append(open_.enter_context(closing(VmcPuppet(*_place(vmc)))))
        recording = None if save is None else Recording()
        try:
            rate = asyncio.run(_talk(server, token, question, text, recording, puppets))
        except ClientError as error:
            raise TalkFailed(str(error)) from error
        except TimeoutError as error:
            raise TalkFailed("no answer came") from error
    if save is not None and recording is not None:
        if not mark:
            warn_of_no_mark()
        recording.save(save, rate, badge=mark)
        told(f"wrote {save}")


async def _talk(
    server: str,
    token: str | None,
    question: VoiceSamples | None,
    text: str | None,
    recording: Recording | None,
    puppets: list[Puppet],
) -> int:
    async with connect(server, token=token, motion=bool(puppets)) as session:
        player = Player(session.media.audio.output_rate)
        conversation = Conversation(session, player, _tell, recording=recording, puppets=puppets)
        following = asyncio.create_task(conversation.follow())
        try:
            if text is not None:
                await conversation.ask(text)
            elif question is not None:
                await conversation.say(question)
            else:
                await _by_microphone(session, player, conversation, following)
            await asyncio.sleep(AFTER_S)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        return session.media.audio.output_rate


async def _by_microphone(
    session: Session, player: Player, conversation: Conversation, following: asyncio.Task[None]
) -> None:
    from agent.client.sound_card import FullDuplex, sound_card

    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[VoiceSamples] = asyncio.Queue()

    def hears(sound: VoiceSamples) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, sound)

    duplex = FullDuplex(player, hears)
    with sound_card(duplex), Live(console=console, refresh_per_second=12) as live:
        while not following.done():
            sound = await heard.get()
            live.update(_meter(sound, conversation.state))
            await session.send_audio(sound.astype("<i2").tobytes())
    following.result()


def _meter(sound: VoiceSamples, state: str) -> Text:
    level = float(np.sqrt(np.mean((sound / 32768.0) ** 2)))
    filled = min(METER, round(METER * level / FULL_LEVEL))
    return Text(f"{'█' * filled}{'·' * (METER - filled)}  {state}")


def _tell(line: Told) -> None:
    told(f"{line.who}: {line.text}")


def _question(path: Path) -> VoiceSamples:
    recording = read_wav(path)
    heard = soxr.resample(recording.pcm, recording.rate, 16_000)
    return np.asarray(heard, np.int16)


def _place(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not port.isdigit():
        raise MediaError(f"{given!r}: a place is HOST:PORT, such as 127.0.0.1:11111")
    return host, int(port)
