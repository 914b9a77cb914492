"""wav2vec 2.0 at the rate of video, beside the forward pass that it comes with."""

from dataclasses import asdict, replace
from typing import Any

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils import parametrize

from avatar.checkpoints.imitation import SMALL
from avatar.errors import DataError
from avatar.nn.speech_encoder import SpeechConfig, SpeechEncoder

pytestmark = pytest.mark.xdist_group("transformers")

CONFIG = SMALL.speech
SECOND = torch.sin(torch.linspace(0, 900, 16_000) ** 1.1)[None]
OWN_FRAMES = 49
"""Of a second, at the network's own rate."""


@pytest.fixture(scope="module")
def theirs() -> Any:
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(0)
    return Wav2Vec2Model(Wav2Vec2Config(**asdict(CONFIG))).eval()


@pytest.fixture(scope="module")
def encoder(theirs: Any) -> SpeechEncoder:
    """Ours, with their weights."""
    made = SpeechEncoder(CONFIG).eval()
    weights = dict(theirs.state_dict())
    del weights["masked_spec_embed"]
    kernel = "encoder.pos_conv_embed.conv."
    for index in (0, 1):
        del weights[f"{kernel}parametrizations.weight.original{index}"]
    weights[f"{kernel}weight"] = theirs.encoder.pos_conv_embed.conv.weight
    made.load_state_dict(weights)
    return made


def test_at_its_own_rate_it_computes_what_transformers_does(
    theirs: Any, encoder: SpeechEncoder
) -> None:
    heard = torch.cat([SECOND, SECOND.flip(1)])
    with torch.inference_mode():
        layers = theirs(heard, output_hidden_states=True).hidden_states[1:]
        made = encoder(heard, OWN_FRAMES)
    assert made.shape == (2, OWN_FRAMES, CONFIG.num_hidden_layers * CONFIG.hidden_size)
    assert (made - torch.cat(layers, dim=-1)).abs().max() < 1e-5
    assert (made[0] - made[1]).abs().max() > 0.1


def test_features_come_to_the_rate_of_video_before_the_layers(
    theirs: Any, encoder: SpeechEncoder
) -> None:
    with torch.inference_mode():
        heard = theirs.feature_extractor(SECOND)
        places = torch.linspace(0, OWN_FRAMES - 1, 25)
        low, part = places.long().clamp(max=OWN_FRAMES - 2), places.frac()
        part[-1] = 1.0
        between = heard[..., low] * (1 - part) + heard[..., low + 1] * part
        x = theirs.feature_projection(between.transpose(1, 2))[0]
        wanted = theirs.encoder(x).last_hidden_state
        made = encoder(SECOND, 25)
    assert made.shape == (1, 25, 48)
    assert (made[..., -CONFIG.hidden_size :] - wanted).abs().max() < 1e-4
    later = F.interpolate(
        encoder(SECOND, OWN_FRAMES).mT, size=25, align_corners=True, mode="linear"
    )
    assert (made - later.mT).abs().max() > 0.1


def test_it_needs_as_many_samples_as_its_first_feature(encoder: SpeechEncoder) -> None:
    assert SpeechConfig().least == CONFIG.least == 400
    assert encoder(SECOND[:, :400], 1).shape == (1, 1, 48)
    with pytest.raises(RuntimeError):
        encoder(SECOND[:, :399], 1)


def test_nothing_in_it_is_parametrised_or_a_buffer(encoder: SpeechEncoder) -> None:
    assert not parametrize.is_parametrized(encoder.encoder.pos_conv_embed.conv)
    assert not list(encoder.buffers())
    halved = SpeechEncoder(CONFIG).eval().to(torch.bfloat16)
    with torch.inference_mode():
        assert halved(SECOND.bfloat16(), 25).isfinite().all()


def test_the_official_sizes_have_9216_features_a_frame() -> None:
    with torch.device("meta"):
        whole = SpeechEncoder(SpeechConfig())
    assert whole.features == 9216
    assert sum(x.numel() for x in whole.parameters()) == 94_370_816


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"num_attention_heads": 5}, "24 cannot be shared by 5 heads"),
        ({"num_attention_heads": 0}, "shared by 0 heads"),
        ({"num_conv_pos_embedding_groups": 7}, "shared by 7 groups"),
        ({"conv_stride": (5, 2)}, "as many kernels and strides"),
        ({"conv_dim": (), "conv_kernel": (), "conv_stride": ()}, "as many kernels"),
    ],
)
def test_impossible_sizes_are_refused(sizes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(CONFIG, **sizes)
