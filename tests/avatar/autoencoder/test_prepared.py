"""What is made ready computes what the networks themselves do."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.decoder import Stage
from avatar.autoencoder.layers import Maps
from avatar.autoencoder.model import MotionAutoencoder
from avatar.autoencoder.prepared import PreparedDecoder
from avatar.autoencoder.prepared_encoder import PreparedEncoder
from avatar.checkpoints.replay import built, read_recording

GOLDEN = Path(__file__).parents[2] / "golden" / "official_tiny"
CPU = torch.device("cpu")
CHANNELS = ((4, 48), (8, 48), (16, 32), (32, 16), (64, 8))
"""Wide small maps and narrow large ones, so that scales go into maps here and into weights there.
"""


def coder_of(kind: torch.dtype) -> MotionAutoencoder:
    """Every bias and every flow is other than zero, and flows are of a few pixels."""
    torch.manual_seed(1)
    coder = MotionAutoencoder(AutoencoderConfig(64, 24, 6, CHANNELS)).to(kind).eval()
    with torch.no_grad():
        for name, parameter in coder.named_parameters():
            if name.endswith("bias"):
                parameter.add_(0.2 * torch.randn_like(parameter))
            if "flow.conv.weight" in name:
                parameter.mul_(0.05)
    return coder


def posed(coder: MotionAutoencoder, count: int = 3) -> tuple[Tensor, list[Maps]]:
    """Latents of a smooth portrait in some motions, and its maps."""
    kind = coder.decoder.start.dtype
    line = torch.linspace(0, 6, 64, dtype=kind)
    portrait = torch.stack([line.sin()[:, None] * (line * k).cos() for k in (0.5, 1.0, 2.0)])
    identity, features = coder.encode_identity(portrait[None])
    torch.manual_seed(2)
    return identity + torch.randn(count, 24, dtype=kind), features


def relative(made: Tensor, wanted: Tensor) -> float:
    made, wanted = made.double(), wanted.double()
    return float(((made - wanted).square().mean() / wanted.square().mean()).sqrt())


@pytest.mark.parametrize(
    ("kind", "least"), [(torch.float64, 1e-12), (torch.float32, 2e-6), (torch.bfloat16, 2e-2)]
)
@torch.inference_mode()
def test_a_prepared_decoder_draws_the_same(kind: torch.dtype, least: float) -> None:
    coder = coder_of(torch.float64 if kind is torch.float64 else torch.float32)
    latents, features = posed(coder)
    wanted = coder.decoder(latents, features).picture
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=kind)
    made = prepared(latents, prepared.portrait(features))
    assert made.shape == wanted.shape
    assert relative(made, wanted) < least
    assert relative(wanted[:1], wanted[1:2]) > 0.05, "motions make pictures that differ"


@torch.inference_mode()
def test_a_batch_at_once_is_the_same_as_one_by_one() -> None:
    coder = coder_of(torch.float64)
    latents, features = posed(coder)
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=torch.float64)
    portrait = prepared.portrait(features)
    assert relative(prepared.drawn(latents, portrait), prepared(latents, portrait)) < 1e-12


@torch.inference_mode()
def test_one_decoder_serves_several_portraits() -> None:
    coder = coder_of(torch.float64)
    latents, features = posed(coder, 1)
    mirrored = [maps.flip(3).contiguous() for maps in features]
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=torch.float64)
    for maps in (features, mirrored):
        wanted = coder.decoder(latents, maps).picture
        assert relative(prepared(latents, prepared.portrait(maps)), wanted) < 1e-12


@torch.inference_mode()
def test_maps_end_at_their_edge_as_they_do_in_sampling() -> None:
    """Flows that go far out of the picture show nothing there."""
    coder = coder_of(torch.float64)
    for stage in coder.decoder.stages:
        assert isinstance(stage, Stage)
        stage.flow.bias[0, 0] += 0.8
    latents, features = posed(coder, 1)
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=torch.float64)
    wanted = coder.decoder(latents, features).picture
    assert relative(prepared(latents, prepared.portrait(features)), wanted) < 1e-12


@pytest.mark.parametrize("wild", [1e30, float("nan"), float("inf")])
@torch.inference_mode()
def test_wild_numbers_reach_beyond_no_memory(wild: float) -> None:
    coder = coder_of(torch.float32)
    latents, features = posed(coder, 1)
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=torch.bfloat16)
    portrait = prepared.portrait(features)
    before = prepared(latents, portrait)
    assert prepared(latents * wild, portrait).shape == before.shape
    assert torch.equal(prepared(latents, portrait), before)


@torch.inference_mode()
def test_the_recorded_network_is_drawn_within_the_tolerance_of_pictures() -> None:
    recording = read_recording(GOLDEN)
    coder = built(recording).autoencoder
    picture = recording.inputs["ref_image_u8"].float() / 127.5 - 1
    identity, features = coder.encode_identity(picture)
    prepared = PreparedDecoder(coder.decoder, device=CPU, dtype=torch.float32)
    motions = recording.inputs["decode_motion"]
    made = prepared(identity + motions, prepared.portrait(features))
    assert relative(made, recording.outputs["dec.image"]) < 2e-5
    user = recording.inputs["user_frames_u8"].float() / 127.5 - 1
    encoder = PreparedEncoder(coder, device=CPU, dtype=torch.float32)
    assert relative(encoder(user), coder.encode_motion(user)) < 5e-6


@pytest.mark.parametrize(
    ("kind", "least"), [(torch.float64, 1e-12), (torch.float32, 2e-6), (torch.bfloat16, 2e-2)]
)
@torch.inference_mode()
def test_a_prepared_encoder_tells_the_same(kind: torch.dtype, least: float) -> None:
    coder = coder_of(torch.float64 if kind is torch.float64 else torch.float32)
    torch.manual_seed(3)
    pictures = torch.rand(2, 3, 64, 64, dtype=coder.decoder.start.dtype) * 2 - 1
    made = PreparedEncoder(coder, device=CPU, dtype=kind)(pictures)
    assert relative(made, coder.encode_motion(pictures)) < least
    assert relative(made[:1], made[1:]) > 0.02
