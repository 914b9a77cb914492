"""The names and shapes that the official files hold, of networks of any size."""

from itertools import pairwise

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.encoder import HEAD_LAYERS
from avatar.nn.forcing import LEVEL_WAVES, ForcingConfig
from avatar.nn.speech_encoder import SpeechConfig

Shapes = dict[str, tuple[int, ...]]

LETTERS = 32
"""Of the layer that spells, which comes with wav2vec 2.0."""
KERNEL = (4, 4)


def autoencoder_shapes(config: AutoencoderConfig) -> Shapes:
    """Of `motion_autoencoder.pth`, with its buffers and what the network never uses."""
    return {
        **_encoder(config, "motion_autoencoder.enc."),
        **_decoder(config, "motion_autoencoder.dec."),
    }


def flow_shapes(config: ForcingConfig) -> Shapes:
    """Of `flow_transformer.pth`, with its masks and the projection of audio."""
    flow, dim, latent = "flow_transformer.", config.width, config.latent
    embed = f"{flow}c_embedder."
    wide = round(config.expansion * dim)
    shapes: Shapes = {
        **_linear("audio_encoder.audio_projection.0", config.features, latent),
        **_norm("audio_encoder.audio_projection.1", latent),
        f"{flow}alignment_mask": (config.clip, config.clip),
        f"{flow}block_bidir_causal_lookahead_mask": (config.clip, config.clip),
        **_linear(f"{flow}x_embedder.proj", 2 * latent, dim),
        **_linear(f"{flow}t_embedder.mlp.0", LEVEL_WAVES, dim),
        **_linear(f"{flow}t_embedder.mlp.2", dim, dim),
        **_linear(f"{flow}adaLN_modulation.1", dim, 6 * dim),
        **_linear(f"{flow}final_layer.adaLN_modulation.1", dim, 2 * dim),
        **_linear(f"{flow}final_layer.linear", dim, latent),
        **_linear(f"{embed}to_cond_user", latent, dim),
    }
    for layer, norm in ((0, 1), (3, 4)):
        shapes |= _linear(f"{embed}motion_embedder.{layer}", latent, latent)
        shapes |= _norm(f"{embed}motion_embedder.{norm}", latent)
    for attention, norm in (("dual_modal_attn", "ln1"), ("user_agent_attn", "ln2")):
        shapes[f"{embed}{attention}.in_proj_weight"] = (3 * latent, latent)
        shapes[f"{embed}{attention}.in_proj_bias"] = (3 * latent,)
        shapes |= _linear(f"{embed}{attention}.out_proj", latent, latent)
        shapes |= _norm(f"{embed}{norm}", latent)
    for index in range(config.depth):
        block = f"{flow}blocks.{index}."
        shapes |= _linear(f"{block}attn.qkv", dim, 3 * dim)
        shapes |= _linear(f"{block}cross_attn.q", dim, dim)
        shapes |= _linear(f"{block}cross_attn.kv", dim, 2 * dim)
        shapes |= _linear(f"{block}attn.proj", dim, dim)
        shapes |= _linear(f"{block}cross_attn.proj", dim, dim)
        shapes |= _linear(f"{block}mlp.fc1", dim, wide)
        shapes |= _linear(f"{block}mlp.fc2", wide, dim)
    return shapes


def speech_shapes(config: SpeechConfig) -> Shapes:
    """Of wav2vec 2.0 as Hugging Face has it, with the layer that spells."""
    root, dim = "wav2vec2.", config.hidden_size
    width = config.conv_dim[-1]
    places = f"{root}encoder.pos_conv_embed.conv."
    groups, kernel = config.num_conv_pos_embedding_groups, config.num_conv_pos_embeddings
    shapes: Shapes = {
        f"{root}masked_spec_embed": (dim,),
        **_norm(f"{root}feature_projection.layer_norm", width),
        **_linear(f"{root}feature_projection.projection", width, dim),
        f"{places}bias": (dim,),
        f"{places}weight_g": (1, 1, kernel),
        f"{places}weight_v": (dim, dim // groups, kernel),
        **_norm(f"{root}encoder.layer_norm", dim),
        **_linear("lm_head", dim, LETTERS),
    }
    widths = pairwise([1, *config.conv_dim])
    for index, ((before, after), length) in enumerate(zip(widths, config.conv_kernel, strict=True)):
        name = f"{root}feature_extractor.conv_layers.{index}."
        shapes[f"{name}conv.weight"] = (after, before, length)
        if index == 0:
            shapes |= _norm(f"{name}layer_norm", after)
    for index in range(config.num_hidden_layers):
        layer = f"{root}encoder.layers.{index}."
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            shapes |= _linear(f"{layer}attention.{part}", dim, dim)
        shapes |= _norm(f"{layer}layer_norm", dim)
        shapes |= _linear(f"{layer}feed_forward.intermediate_dense", dim, config.intermediate_size)
        shapes |= _linear(f"{layer}feed_forward.output_dense", config.intermediate_size, dim)
        shapes |= _norm(f"{layer}final_layer_norm", dim)
    return shapes


def _encoder(config: AutoencoderConfig, begin: str) -> Shapes:
    convs = f"{begin}net_app.convs."
    widths = [config.width(size) for size in reversed(config.stages)]
    shapes: Shapes = {
        f"{convs}0.0.weight": (widths[0], 3, 1, 1),
        f"{convs}0.1.bias": _maps(widths[0]),
        f"{convs}{len(widths)}.weight": (config.latent, widths[-1], 4, 4),
    }
    for index, (before, after) in enumerate(pairwise(widths), start=1):
        name = f"{convs}{index}."
        shapes |= {
            f"{name}conv1.0.weight": (before, before, 3, 3),
            f"{name}conv1.1.bias": _maps(before),
            f"{name}conv2.0.kernel": KERNEL,
            f"{name}conv2.1.weight": (after, before, 3, 3),
            f"{name}conv2.2.bias": _maps(after),
            f"{name}skip.0.kernel": KERNEL,
            f"{name}skip.1.weight": (after, before, 1, 1),
        }
    outputs = [*[config.latent] * (HEAD_LAYERS - 1), config.directions]
    for index, count in enumerate(outputs):
        shapes |= _linear(f"{begin}fc.{index}", config.latent, count)
    return shapes


def _decoder(config: AutoencoderConfig, begin: str) -> Shapes:
    widths, style = [config.width(size) for size in config.stages], config.latent
    shapes: Shapes = {
        f"{begin}direction.weight": (config.latent, config.directions),
        f"{begin}input.input": (1, widths[0], 4, 4),
        **_styled(f"{begin}conv1", widths[0], widths[0], style),
        **_colours(f"{begin}to_rgb1", widths[0]),
    }
    for index, (before, after) in enumerate(pairwise(widths)):
        shapes |= _styled(f"{begin}convs.{2 * index}", before, after, style)
        shapes[f"{begin}convs.{2 * index}.conv.blur.kernel"] = KERNEL
        shapes |= _styled(f"{begin}convs.{2 * index + 1}", after, after, style)
        shapes |= _colours(f"{begin}to_rgbs.{index}", after)
        shapes[f"{begin}to_rgbs.{index}.upsample.kernel"] = KERNEL
        flow = f"{begin}to_flows.{index}."
        shapes |= {
            f"{flow}bias": _maps(3),
            f"{flow}conv.weight": (1, 3, after, 1, 1),
            **_linear(f"{flow}conv.modulation", style, after),
            f"{flow}upsample.kernel": KERNEL,
        }
    return shapes


def _styled(name: str, before: int, after: int, style: int) -> Shapes:
    return {
        f"{name}.conv.weight": (1, after, before, 3, 3),
        **_linear(f"{name}.conv.modulation", style, before),
        f"{name}.noise.weight": (1,),
        f"{name}.activate.bias": _maps(after),
    }


def _colours(name: str, channels: int) -> Shapes:
    return {
        f"{name}.bias": _maps(3),
        f"{name}.conv.0.weight": (3, channels, 1, 1),
        f"{name}.conv.1.bias": _maps(3),
    }


def _maps(channels: int) -> tuple[int, ...]:
    return (1, channels, 1, 1)


def _linear(name: str, inputs: int, outputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}
