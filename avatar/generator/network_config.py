"""The size of a motion network: everything that must be known to build it anew."""

from dataclasses import dataclass, field
from typing import Literal

from avatar.generator.intents import AHEAD, KINDS
from avatar.generator.percepts import CONTROLS, heard_numbers, spoken_numbers
from avatar.generator.visibility import Visibility


@dataclass(frozen=True, slots=True)
class MotionNetworkConfig:
    """Numbers of channels, frames of memory, and widths.

    `token` is the length of a motion token and `sight` of an observation of the user's face, both
    of which follow from the motion space. The senses look at `own_past`, `hearing_window` and
    `sight_window` ticks; `user_memory` and `reaction_memory` are the windows of the two attentions
    of the Dual Motion Encoder. `conditioning` joins the condition to the token ("joint") or asks
    for it by attention within `condition_reach` frames ("cross", as the paper does). With
    `hears_block` the user is known to the end of a block, as bidirectional models need it, which
    cannot be streamed before the block is over. `predicts` is
    the preconditioned clean motion or the paper's velocity.
    """

    token: int
    sight: int
    spoken: int = spoken_numbers()
    heard: int = heard_numbers()
    controls: int = CONTROLS
    traits: int = 7
    kinds: int = len(KINDS)
    expected: int = AHEAD
    look_ahead: int = 4
    own_past: int = 2
    hearing_window: int = 6
    sight_window: int = 6
    encoder: int = 128
    encoder_heads: int = 4
    user_memory: int = 25
    reaction_memory: int = 50
    width: int = 192
    depth: int = 4
    heads: int = 4
    expansion: int = 4
    conditioning: Literal["joint", "cross"] = "joint"
    condition_reach: int = 2
    reference: bool = False
    hears_block: bool = False
    predicts: Literal["clean", "velocity"] = "clean"
    visibility: Visibility = field(default_factory=Visibility)

    @property
    def obstacle(self) -> str | None:
        """Why the one step of a stream cannot run this network; None when it can."""
        if self.conditioning != "joint":
            return "it asks for its condition by cross-attention"
        if self.predicts != "clean" or self.reference:
            return "it predicts velocity, or is told a reference motion"
        if not self.kinds:
            return "it draws no intents"
        if self.hears_block:
            return "it needs the user to the end of a block"
        if self.visibility.policy == "released" or self.visibility.look_ahead:
            return "its frames look ahead at motion"
        return None

    def __post_init__(self) -> None:
        """Raise ValueError for widths that heads cannot share."""
        for width, heads in ((self.width, self.heads), (self.encoder, self.encoder_heads)):
            if width % (2 * heads):
                raise ValueError(
                    f"a width of {width} cannot be shared by {heads} heads of an even width: "
                    f"choose a multiple of {2 * heads}"
                )
