"""The official Avatar Forcing checkpoints: their names, and what is built for them.

Names may stand behind other ones; buffers and what the network never uses are left out; anything
missing, unknown, of another shape or not a number is an error.
"""

import re
from collections.abc import Mapping

from torch import Tensor, nn

from avatar.checkpoints.tensors import fitted

SPEECH = "audio_encoder.wav2vec2."
"""Where the flow file may hold the speech encoder."""

BEFORE = re.compile(r"^(?:.*?\.)?(?=(?:motion_autoencoder|audio_encoder|flow_transformer)\.)")
"""What wrappers and nests have put before a name."""

UNUSED = re.compile(
    r"\.kernel$|\.noise\.weight$|dec\.to_rgb1\.|_mask$|freqs_cis$|^audio_encoder\.wav2vec2\."
)

_DOWN = r"motion_autoencoder\.enc\.net_app\.convs\."
_UP = r"motion_autoencoder\.dec\."
_FLOW = r"flow_transformer\."
_BLOCK = r"flow_transformer\.blocks\.(\d+)\."
_STAGE, _LAYER = r"autoencoder.decoder.stages.\1.", r"transformer.blocks.\1."

RULES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (rf"{_DOWN}0\.0\.", "autoencoder.encoder.first."),
        (rf"{_DOWN}0\.1\.", "autoencoder.encoder.first_activation."),
        (rf"{_DOWN}(\d+)\.conv1\.0\.", r"HALVING\1.first."),
        (rf"{_DOWN}(\d+)\.conv1\.1\.", r"HALVING\1.first_activation."),
        (rf"{_DOWN}(\d+)\.conv2\.1\.", r"HALVING\1.second."),
        (rf"{_DOWN}(\d+)\.conv2\.2\.", r"HALVING\1.second_activation."),
        (rf"{_DOWN}(\d+)\.skip\.1\.", r"HALVING\1.shortcut."),
        (rf"{_DOWN}\d+\.", "autoencoder.encoder.last."),
        (r"motion_autoencoder\.enc\.fc\.", "autoencoder.encoder.head."),
        (rf"{_UP}direction\.weight", "autoencoder.decoder.directions"),
        (rf"{_UP}input\.input", "autoencoder.decoder.start"),
        (rf"{_UP}conv1\.", "autoencoder.decoder.first."),
        (rf"{_UP}convs\.(\d+)\.", r"STYLED\1."),
        (rf"{_UP}to_flows\.(\d+)\.", rf"{_STAGE}flow."),
        (rf"{_UP}to_rgbs\.(\d+)\.conv\.0\.", rf"{_STAGE}colour.conv."),
        (rf"{_UP}to_rgbs\.(\d+)\.conv\.1\.", rf"{_STAGE}colour.activation."),
        (rf"{_UP}to_rgbs\.(\d+)\.", rf"{_STAGE}colour."),
        (r"audio_encoder\.audio_projection\.", "projection."),
        (rf"{_FLOW}x_embedder\.proj\.", "transformer.token."),
        (rf"{_FLOW}t_embedder\.mlp\.", "transformer.level."),
        (rf"{_FLOW}adaLN_modulation\.1\.", "transformer.modulation."),
        (rf"{_FLOW}final_layer\.adaLN_modulation\.1\.", "transformer.last_modulation."),
        (rf"{_FLOW}final_layer\.linear\.", "transformer.out."),
        (rf"{_BLOCK}attn\.qkv\.", rf"{_LAYER}query_key_value."),
        (rf"{_BLOCK}attn\.proj\.", rf"{_LAYER}out."),
        (rf"{_BLOCK}cross_attn\.q\.", rf"{_LAYER}ask."),
        (rf"{_BLOCK}cross_attn\.kv\.", rf"{_LAYER}answer."),
        (rf"{_BLOCK}cross_attn\.proj\.", rf"{_LAYER}cross_out."),
        (rf"{_BLOCK}mlp\.fc1\.", rf"{_LAYER}widen."),
        (rf"{_BLOCK}mlp\.fc2\.", rf"{_LAYER}narrow."),
        (rf"{_FLOW}c_embedder\.motion_embedder\.", "conditions.motion."),
        (rf"{_FLOW}c_embedder\.dual_modal_attn\.", "conditions.user_attention."),
        (rf"{_FLOW}c_embedder\.ln1\.", "conditions.user_norm."),
        (rf"{_FLOW}c_embedder\.user_agent_attn\.", "conditions.reaction_attention."),
        (rf"{_FLOW}c_embedder\.ln2\.", "conditions.reaction_norm."),
        (rf"{_FLOW}c_embedder\.to_cond_user\.", "conditions.out."),
    )
)
"""Beginnings of official names, and what stands for them here; the first that fits counts."""


def our_name(name: str) -> str | None:
    """What a tensor is called here; None for one that has no place."""
    for pattern, ours in RULES:
        found = pattern.match(name)
        if found is None:
            continue
        begin = found.expand(ours)
        if begin.startswith("HALVING"):
            number, _, rest = begin.removeprefix("HALVING").partition(".")
            begin = f"autoencoder.encoder.halvings.{int(number) - 1}.{rest}"
        elif begin.startswith("STYLED"):
            number = int(begin.removeprefix("STYLED").rstrip("."))
            part = "refine" if number % 2 else "enlarge"
            begin = f"autoencoder.decoder.stages.{number // 2}.{part}."
        return begin + name[found.end() :].replace("activate.", "activation.")
    return None


def load_official(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put official tensors into a model of ours.

    Raises DataError that names what is missing, unknown, of another shape or not finite.
    """
    model.load_state_dict(arranged(model.state_dict(), tensors))


def arranged(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Official tensors by our names and in the shapes of `wanted`.

    Raises DataError that names what is missing, unknown, of another shape or not finite.
    """
    ours: dict[str, Tensor] = {}
    unknown: list[str] = []
    for told, tensor in tensors.items():
        name = BEFORE.sub("", told)
        if UNUSED.search(name):
            continue
        place = our_name(name)
        if place is None or place in ours:
            unknown.append(told)
        else:
            ours[place] = tensor
    return fitted(wanted, ours, unknown)
