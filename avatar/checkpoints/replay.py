"""Replaying a recording of the official network, to know that ours computes the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from einops import rearrange
from safetensors.torch import load_file
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.checkpoints.official import load_official
from avatar.errors import DataError
from avatar.nn.forcing import LOOK_AHEAD, ForcingConfig, turned, turns_of
from avatar.nn.forcing_sampler import Commit, ForcingSampler, Request
from avatar.nn.forcing_stream import (
    ForcingModel,
    Guidance,
    Heard,
    noise_levels,
    time_parts,
    training_weights,
)

FILES = ("state", "inputs", "outputs")


@dataclass(frozen=True, slots=True)
class Recording:
    """Weights, inputs and outputs of a run, and its settings."""

    state: Mapping[str, Tensor]
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    settings: Mapping[str, Any]


def read_recording(folder: Path) -> Recording:
    """Raises DataError for a folder that holds none."""
    try:
        tensors = [load_file(folder / f"{name}.safetensors") for name in FILES]
        settings = json.loads((folder / "config.json").read_text())
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder}: state, inputs and outputs (.safetensors) and config.json were expected: "
            f"{error}"
        ) from error
    state, inputs, outputs = tensors
    return Recording(state, inputs, outputs, settings)


def built(recording: Recording) -> ForcingModel:
    """The model of a recording, with its weights. Raises DataError where they do not fit."""
    told = recording.settings["o"]
    channels = tuple((int(size), width) for size, width in recording.settings["channels"].items())
    model = ForcingModel(
        AutoencoderConfig(told["input_size"], told["dim_w"], told["dim_m"], channels),
        ForcingConfig(
            latent=told["dim_w"],
            width=told["dim_h"],
            heads=told["num_heads"],
            depth=told["transformer_depth"],
            expansion=told["mlp_ratio"],
            features=told["audio_feat_dim"],
            clip=recording.settings["clip_frames"],
            block=told["num_frames_per_block"],
        ),
    )
    load_official(model, recording.state)
    return model.eval()


@torch.inference_mode()
def replay(recording: Recording) -> dict[str, Tensor]:
    """Every array of the outputs that the model makes, by its name there."""
    model = built(recording)
    made = _pictures(model, recording)
    made |= _times(model, recording.outputs)
    made |= _stream(model, recording, made)
    made |= _decoded(model, recording)
    return {name: made[name] for name in recording.outputs if name in made}


def errors(recording: Recording) -> dict[str, float]:
    """Relative root mean square error of each array that the model makes."""
    made = replay(recording)
    return {name: _relative(made[name], recording.outputs[name]) for name in made}


def _relative(made: Tensor, wanted: Tensor) -> float:
    if made.shape != wanted.shape:
        return float("inf")
    made, wanted = made.double(), wanted.double()
    size = wanted.square().mean().sqrt()
    return float((made - wanted).square().mean().sqrt() / size.clamp_min(1e-12))


def _picture(pixels: Tensor) -> Tensor:
    return pixels.float() / 127.5 - 1


def _pictures(model: ForcingModel, recording: Recording) -> dict[str, Tensor]:
    inputs, coder = recording.inputs, model.autoencoder
    identity, features = coder.encode_identity(_picture(inputs["ref_image_u8"]))
    drawn = coder.decode(identity, inputs["decode_motion"], features)
    user = coder.encoder(_picture(inputs["user_frames_u8"]))[0]
    along = coder.encoder.along_directions(user)
    motions = (along @ coder.basis.T)[inputs["user_frame_index"]][None]
    size = coder.config.size
    return {
        "enc.identity": identity,
        "enc.lambda": coder.encoder.along_directions(identity),
        "enc.ref_motion": coder.motion_of(identity),
        "basis.Q": coder.basis,
        "dec.latent": identity + inputs["decode_motion"],
        "dec.image": drawn.picture,
        f"dec.flow{size}": drawn.flow,
        "user.lambda": along,
        "user.motion": motions,
        "audio.avatar_wa": model.projection(inputs["avatar_audio_feat"]),
        "audio.user_wa": model.projection(inputs["user_audio_feat"]),
        **{f"enc.feat.{index}": maps for index, maps in enumerate(features)},
        **{f"dec.flowlogits.{index}": maps for index, maps in enumerate(drawn.logits)},
        **{f"dec.rgb.{index}": maps for index, maps in enumerate(drawn.colours)},
    }


def _times(model: ForcingModel, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    levels = noise_levels()
    made = {
        "sched.sigmas": levels,
        "sched.timesteps": levels * len(levels),
        "sched.train_weights": training_weights(),
    }
    if "time.t" in outputs:
        names = ("time.embed", "time.adaLN", "time.final_adaLN")
        made |= dict(zip(names, time_parts(model, outputs["time.t"]), strict=True))
        made["time.t"] = outputs["time.t"]
    return made


def _stream(
    model: ForcingModel, recording: Recording, made: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The stream with the recorded noise, and what its first blocks show of themselves."""
    settings, inputs = recording.settings, recording.inputs
    guidance = Guidance(settings["nfe"], settings["a_cfg"], settings["u_cfg"])
    heard = Heard(made["audio.avatar_wa"], made["audio.user_wa"], made["user.motion"])
    reference = made["enc.ref_motion"]
    clip = heard.span(0, model.config.clip)
    condition = model.conditions(clip.own, clip.user, clip.motion)
    velocity, _ = model.transformer(inputs["vel.x"], inputs["vel.t"], condition, reference)
    shown = {"dme.cond": condition, "vel.out": velocity, "stream.steps": guidance.times}
    sampler = ForcingSampler(model, guidance)
    state = sampler.empty()
    latents: list[Tensor] = []
    index = end = 0
    while f"noise.{index}" in inputs:
        noise = inputs[f"noise.{index}"][0]
        window = heard.span(end - len(state.context), end + len(noise))
        request = Request(noise, window, reference[0], state)
        if index < 2:
            block = _opened(sampler, request)
            shown |= {f"stream.block{index}.{name}": x for name, x in block.items()}
        (plan,) = sampler.plans([request])
        (state,) = sampler.commits([Commit(plan, len(noise), reference[0], state)])
        latents.append(plan.latents)
        end += len(noise)
        for layer in range(model.config.depth):
            place = f"stream.cache_after_block{index}.layer{layer}"
            keys, shown[f"{place}.self_v"] = state.own[:, layer]
            shown[f"{place}.cross_k"], shown[f"{place}.cross_v"] = state.heard[:, layer]
            # The recorded keys are turned by places that count from the start.
            at = torch.arange(end - LOOK_AHEAD - keys.shape[2], end - LOOK_AHEAD)
            shown[f"{place}.self_k"] = turned(keys, turns_of(at, keys.shape[3]))
        index += 1
    return shown | {"stream.latents": torch.cat(latents)[None, : settings["T"]]}


def _opened(sampler: ForcingSampler, request: Request) -> dict[str, Tensor]:
    """The branches of a block's first step, and its latents after each."""
    opened = sampler.opened([request])
    branches, steps = zip(*sampler.steps(opened), strict=True)
    # The recorded sampler asked once more at the end, and kept what it had.
    return {
        "v_branches_step0": branches[0],
        "cond": opened.condition,
        **{f"x_after_step{step}": x for step, x in enumerate([*steps, steps[-1]])},
    }


def _decoded(model: ForcingModel, recording: Recording) -> dict[str, Tensor]:
    """The pictures of the recorded latents."""
    coder, wanted = model.autoencoder, recording.outputs["stream.latents"]
    identity, features = coder.encode_identity(_picture(recording.inputs["ref_image_u8"]))
    frames = coder.decode(identity, wanted[0], features).picture
    low, high = frames.clamp(-1, 1).min(), frames.clamp(-1, 1).max()
    kept = frames[recording.settings["keep"]]
    spread = ((kept.clamp(-1, 1) - low) / (high - low) * 255).to(torch.uint8)
    return {
        "stream.frames": kept,
        "stream.frames_u8": rearrange(spread, "n c h w -> n h w c"),
        "stream.frame_mean": frames.mean((1, 2, 3)),
        "stream.frame_std": frames.std((1, 2, 3)),
        "stream.video_minmax": torch.stack([low, high]),
    }
