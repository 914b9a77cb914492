"""The pipecat frames of a face: what goes into the avatar node and what comes out of it."""

from dataclasses import dataclass, field

from pipecat.frames.frames import (
    DataFrame,
    OutputAudioRawFrame,
    OutputImageRawFrame,
    SystemFrame,
    TTSAudioRawFrame,
)

from agent.protocol.events.session import FunctionTool
from agent.reactions import Reaction
from avatar.motion import FaceObservation, Vector
from avatar.tick import AvatarState, Phone, Style
from avatar.tracking.presence import Presence


@dataclass
class TTSPhonesFrame(DataFrame):
    """The phones of a TTS context, pushed before their audio.

    Times count from the first sample of the context. TTS services that know their phones push it;
    without it the lips follow the sound.
    """

    phones: tuple[Phone, ...]
    context_id: str | None = None


@dataclass
class UserFaceFrame(SystemFrame):
    """What is known of the user's face now."""

    face: FaceObservation


@dataclass
class UserPresenceFrame(SystemFrame):
    """Where the nearest face is in a picture of the user's camera; None when there is none."""

    presence: Presence | None


@dataclass
class UserPictureFrame(SystemFrame):
    """An encoded picture of the user's camera, not mirrored."""

    data: bytes = field(repr=False)


@dataclass
class UserCaptionFrame(SystemFrame):
    """The user's words, which pass the user aggregator; typed ones may have an id of the client."""

    text: str
    final: bool
    typed: bool = False
    item_id: str | None = None


@dataclass
class PushToTalkFrame(SystemFrame):
    """Whether the user ends their turns themselves, with a `UserCommitFrame`."""

    on: bool


@dataclass
class UserCommitFrame(SystemFrame):
    """The user has finished: their turn ends as soon as what they said is understood."""


@dataclass
class NothingCommittedFrame(SystemFrame):
    """Upstream: the user has finished, but nothing was heard of them."""


@dataclass
class ItemTruncateFrame(SystemFrame):
    """The user heard only so many milliseconds of what the avatar said in an item."""

    item_id: str
    audio_end_ms: int
    event_id: str | None = None


@dataclass
class ClientToolsFrame(SystemFrame):
    """Functions that the client carries out when the language model calls them."""

    tools: tuple[FunctionTool, ...]


@dataclass
class FunctionWantedFrame(SystemFrame):
    """The language model calls one of them; `arguments` is JSON."""

    call_id: str
    function: str
    arguments: str


@dataclass
class FunctionReturnedFrame(SystemFrame):
    """What came of it."""

    call_id: str
    output: str


@dataclass
class AvatarDirectionFrame(SystemFrame):
    """What the avatar is to do, and how; None leaves it as it is.

    One that does not listen is given nothing of the user's sound and face. `emotion` takes the
    place of the style's own until the next one comes; with `for_s` it passes after so many seconds.
    """

    state: AvatarState | None = None
    style: Style | None = None
    listens: bool | None = None
    emotion: str | None = None
    for_s: float | None = None


@dataclass
class AvatarHoldFrame(SystemFrame):
    """The avatar is to fall silent and keep its place, or to go on from it."""

    held: bool


@dataclass
class AvatarHeldFrame(SystemFrame):
    """The avatar's speech stopped, or goes on, with this tick; what came after it comes again."""

    held: bool
    tick: int
    turn: int


@dataclass
class AvatarPicturesFrame(SystemFrame):
    """Whether somebody looks: motion goes on without, pictures are not drawn."""

    wanted: bool


@dataclass
class AvatarEffortFrame(SystemFrame):
    """How much work the avatar may be: a picture every so many ticks or, without `pictures`, none;
    `smaller` by this; its motion by rules, where there is another; and words that only are written.
    """

    every: int = 1
    smaller: int = 1
    rules: bool = False
    pictures: bool = True
    voice: bool = True


@dataclass
class AvatarLoadFrame(SystemFrame):
    """Upstream, once a second: the share of wanted pictures that drawing had no time for."""

    late: float


@dataclass
class AvatarTickFrame(SystemFrame):
    """A tick of which no picture is drawn: time passes all the same."""

    tick: int


@dataclass
class PlaybackLagFrame(SystemFrame):
    """Upstream from a transport whose client discards on demand: its buffer, in ticks."""

    ticks: int


@dataclass
class SayFrame(SystemFrame):
    """Words for the avatar that wait for no language model, which would queue them behind it.

    `backchannel` says them while the user speaks, outside of turns and of the LLM's context.
    """

    text: str
    backchannel: bool = False
    append_to_context: bool = False


@dataclass
class ForgottenFrame(DataFrame):
    """Passes last, both ways: pipecat's processors hold the frame that they handled last."""


@dataclass
class ForgetFrame(SystemFrame):
    """This user has gone: nobody keeps anything of what was said and seen."""


@dataclass
class IntroductionFrame(SystemFrame):
    """Words to be said before the next answer, whatever it is; none takes them back."""

    text: str


@dataclass
class LanguageRequestFrame(SystemFrame):
    """Somebody wants to go on in this language, a code such as `de`."""

    language: str


@dataclass
class LanguageFrame(SystemFrame):
    """From here on this language is spoken."""

    language: str


@dataclass
class TurnEndsFrame(DataFrame):
    """The user's turn ends, behind its words; without any it is forgotten."""

    text: str


@dataclass
class AnswerFailedFrame(SystemFrame):
    """Upstream: an answer ended without a word, or broke off."""


@dataclass
class AnswerComesFrame(SystemFrame):
    """Upstream: the first words of an answer are there, and its voice follows."""


@dataclass
class AnswerWrittenFrame(SystemFrame):
    """Upstream: an answer that no voice says is complete."""


@dataclass
class AvatarStateFrame(SystemFrame):
    """What the avatar does from this tick on."""

    state: AvatarState
    tick: int
    turn: int


@dataclass
class AvatarFlushFrame(SystemFrame):
    """What was not said of this turn and those before it will not come; before the interruption."""

    turn: int
    tick: int


@dataclass
class AvatarReactionFrame(SystemFrame):
    """A reaction that was observed in the avatar's motion."""

    reaction: Reaction


@dataclass
class AvatarImageFrame(OutputImageRawFrame):
    """A picture of the avatar with its motion, and the tick and the turn that it belongs to."""

    tick: int = -1
    turn: int = 0
    speaking: bool = False
    motion: Vector | None = field(default=None, repr=False)


@dataclass
class AvatarAudioFrame(TTSAudioRawFrame):
    """The 40 ms of speech of one tick, with the tick and the turn that it belongs to."""

    tick: int = -1
    turn: int = 0


@dataclass
class AvatarBackchannelAudioFrame(OutputAudioRawFrame):
    """40 ms of a sign of listening: no turn, and nobody takes it for the bot's speech."""

    tick: int = -1
    turn: int = 0
