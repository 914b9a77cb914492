"""Putting the paper's own network together: a folder of checkpoints and a photo in, an avatar out.

It needs torch, which the embedded model does without; so it is loaded when it is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from loguru import logger
from platformdirs import user_cache_path

from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.errors import PartUnavailable, UnknownPart
from avatar.official.config import OfficialConfig
from avatar.parts import EMBEDDED
from avatar.portraits.cropping import portrait_crop, read_portrait
from avatar.portraits.finding import PortraitFinder
from avatar.rendering.neural import NeuralRenderer
from avatar.tracking.latent import LatentTracker

if TYPE_CHECKING:
    import torch

    from avatar.checkpoints.package import OfficialNetworks
    from avatar.nn.forcing_stream import Guidance

OFFICIAL = "official"
VOICE_RATE = 24_000
"""Of the speech in a rehearsal."""
NEEDS = "an NVIDIA GPU with 8 GB or more, and a torch that was built for it"


@dataclass(frozen=True, slots=True)
class Rung:
    """A way to run the networks: with CUDA graphs, and how many sessions at once."""

    graphs: bool
    together: int

    def __str__(self) -> str:
        """As a log tells it."""
        return f"{self.together} sessions at once{', CUDA graphs' if self.graphs else ''}"


LADDER = (
    Rung(graphs=True, together=8),
    Rung(graphs=False, together=4),
    Rung(graphs=False, together=1),
)
"""From the fastest to the one that takes the least memory."""


def checkpoints_of(model: str) -> Path:
    """The folder that a model is named by. Raises UnknownPart for a model that nobody knows."""
    kind, _, folder = model.partition(":")
    if kind != OFFICIAL or not folder:
        raise UnknownPart(
            f"there is no model {model!r}; known: {EMBEDDED}, and {OFFICIAL}:FOLDER with the "
            "checkpoints of Avatar Forcing (docs/models.md)"
        )
    return Path(folder)


def build_official(
    folder: Path,
    portrait: str,
    finder: Callable[[], PortraitFinder],
    height: int | None,
    config: OfficialConfig,
) -> Avatar:
    """An avatar of a photo, a bundle's folder or a name that ships, as the checkpoints move it.

    Raises DataError for checkpoints that cannot be used, MediaError for a photo without a face,
    and PartUnavailable when there is no memory for them.
    """
    import torch

    from avatar.checkpoints.package import read_official

    networks = read_official(folder, user_cache_path("visavis"), student=config.student)
    if networks.speech is None:
        raise PartUnavailable(
            f"{folder}: the checkpoints came without wav2vec2-base-960h, so nothing can be heard: "
            "put its folder beside them (docs/models.md)"
        )
    picture = read_portrait(portrait)
    crop = portrait_crop(picture.pixels, finder(), networks.model.autoencoder.config.size)
    device = _device()
    # As `use_one_core` does with what is loaded from the start.
    torch.set_num_threads(1)
    licence = f"{networks.licence} AND {picture.licence}"

    def on(rung: Rung) -> Avatar:
        return _built(
            networks, crop, rung, config, name=picture.name, licence=licence, height=height
        )

    return climbed(LADDER if device.type == "cuda" else LADDER[-1:], on, torch.OutOfMemoryError)


def climbed(
    ladder: tuple[Rung, ...], build: Callable[[Rung], Avatar], scarce: type[Exception]
) -> Avatar:
    """The avatar on the first rung that there is memory for.

    It takes a step there, for what a network needs is known when it has run; what cannot be
    captured as a graph is a reason to go down, too. Raises PartUnavailable when there is memory for
    none.
    """
    for rung, lower in zip(ladder, (*ladder[1:], None), strict=True):
        troubles = (RuntimeError, scarce) if rung.graphs else (scarce,)
        try:
            avatar = build(rung)
            avatar.session(voice_rate=VOICE_RATE).step()
        except troubles as error:
            then = "nothing is left" if lower is None else f"now {lower}"
            logger.warning(f"{rung}: that cannot be run here; {then} ({error})")
        else:
            return avatar
    raise PartUnavailable(
        f"there is not enough memory for this model: it needs {NEEDS}. Without --model the "
        "embedded one runs here"
    )


def require_pace(avatar: Avatar, model: str, clock: Callable[[], float] = perf_counter) -> None:
    """Raise PartUnavailable where an avatar is not made in time for a conversation."""
    pace = pictures_a_second(avatar, clock)
    if pace < FPS:
        raise PartUnavailable(
            f"{model} makes {pace:.2g} pictures a second here, and a conversation needs {FPS}: it "
            f"needs {NEEDS}. Without --model the embedded model talks here, and visavis render "
            f"--model {model} draws files"
        )


def pictures_a_second(avatar: Avatar, clock: Callable[[], float]) -> float:
    """How many pictures of one session are made a second, over a block, when all is loaded."""
    session = avatar.session(voice_rate=VOICE_RATE)
    block = avatar.generator.block
    for _ in range(block):
        session.step()
    begin = clock()
    for _ in range(block):
        session.step()
    return block / (clock() - begin)


def _built(
    networks: "OfficialNetworks",
    crop: Any,
    rung: Rung,
    config: OfficialConfig,
    *,
    name: str,
    licence: str,
    height: int | None,
) -> Avatar:
    import torch

    # pipecat comes with it, which a video needs nothing of.
    from agent.nodes.sharing import SharedDecoder, SharedEncoder, SharedGenerator
    from avatar.autoencoder.portrait import AutoencodedPortrait, UserEncoder
    from avatar.nn.forcing_graph import Captured
    from avatar.official.generator import OfficialGenerator

    scarce: tuple[type[Exception], ...] = (torch.OutOfMemoryError,)
    device = _device()
    kind = _fastest(device)
    model, speech = networks.model.to(device), networks.speech
    assert speech is not None
    generator = OfficialGenerator(
        model,
        speech.to(device),
        block=config.block,
        guidance=_guidance(networks, config),
        dtype=kind,
        graphs=rung.graphs,
    )
    capture = Captured if rung.graphs else None
    portrait = AutoencodedPortrait(
        model.autoencoder, crop, device=device, dtype=kind, capture=capture
    )
    seen = SharedEncoder(
        UserEncoder(model.autoencoder, device=device, dtype=kind, capture=capture), scarce=scarce
    )
    shared = SharedDecoder(portrait, most=rung.together, scarce=scarce)
    return Avatar(
        name=name,
        licence=licence,
        generator=SharedGenerator(generator, most=rung.together, scarce=scarce),
        renderer=NeuralRenderer(shared, name=name, licence=licence, height=height),
        rest=portrait.rest,
        eyes=lambda tracker: LatentTracker(tracker, seen),
    )


def _guidance(networks: "OfficialNetworks", config: OfficialConfig) -> "Guidance":
    from avatar.nn.forcing_stream import ONE_STEP, Guidance

    if networks.guidance == ONE_STEP:
        return ONE_STEP
    return Guidance(config.evaluations, config.own, config.user)


def _device() -> "torch.device":
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _fastest(device: "torch.device") -> "torch.dtype":
    """The kind of numbers that matrices are multiplied in fastest."""
    import torch

    def seconds(kind: torch.dtype) -> float:
        left, right = (torch.ones(512, 512, dtype=kind, device=device) for _ in range(2))
        return min(_timed(lambda: left @ right) for _ in range(5))

    def _timed(work: Callable[[], Any]) -> float:
        begin = perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return perf_counter() - begin

    return min((torch.bfloat16, torch.float32), key=seconds)
