"""Features of speech at the rate of video: wav2vec 2.0, all of whose layers are heard.

The layers are those of `transformers`; only between the convolutions and the layers something of
our own happens: the features are brought to 25 a second there, and so the transformer runs at the
rate of video (Avatar Forcing, section 3.2).
"""

from dataclasses import asdict, dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from avatar.errors import DataError, PartUnavailable

RATE = 16_000
"""Samples a second."""


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    """Sizes of a network of the "base" kind, named as in its `config.json`; those of
    wav2vec2-base-960h.

    Raises DataError for sizes that no such network has.
    """

    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    conv_bias: bool = False
    num_conv_pos_embeddings: int = 128
    num_conv_pos_embedding_groups: int = 16
    layer_norm_eps: float = 1e-5

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        counts = {len(self.conv_dim), len(self.conv_kernel), len(self.conv_stride)}
        if len(counts) > 1 or 0 in counts:
            raise DataError("as many kernels and strides as widths of convolutions were expected")
        for what, parts in (
            ("heads", self.num_attention_heads),
            ("groups", self.num_conv_pos_embedding_groups),
        ):
            if parts < 1 or self.hidden_size < 1 or self.hidden_size % parts:
                raise DataError(f"a width of {self.hidden_size} cannot be shared by {parts} {what}")

    @property
    def features(self) -> int:
        """Numbers a frame: those of every layer."""
        return self.num_hidden_layers * self.hidden_size

    @property
    def least(self) -> int:
        """The fewest samples that the convolutions can be given."""
        samples = 1
        for kernel, stride in zip(self.conv_kernel[::-1], self.conv_stride[::-1], strict=True):
            samples = (samples - 1) * stride + kernel
        return samples


class SpeechEncoder(nn.Module):
    """wav2vec 2.0 whose frames are those of a video.

    Its weights are random until they are loaded. Raises PartUnavailable where `transformers` is
    not installed.
    """

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.config = config
        # Loading it takes seconds, and nothing but this network needs it.
        try:
            from transformers import Wav2Vec2Config, Wav2Vec2Model
        except ImportError as error:
            raise PartUnavailable(
                "wav2vec 2.0 needs the package transformers: pip install 'visavis[official]'"
            ) from error
        model = Wav2Vec2Model(Wav2Vec2Config(**asdict(config), do_stable_layer_norm=False))
        # Or else the convolutions ask for the gradient of the samples.
        model.freeze_feature_encoder()
        parametrize.remove_parametrizations(model.encoder.pos_conv_embed.conv, "weight")
        self.feature_extractor = model.feature_extractor
        self.feature_projection = model.feature_projection
        self.encoder = model.encoder

    @property
    def features(self) -> int:
        """Numbers a frame."""
        return self.config.features

    def forward(
        self, samples: Float[Tensor, "batch samples"], frames: int
    ) -> Float[Tensor, "batch frames features"]:
        """Features of `frames` frames that lie evenly over sounds of 16 kHz, which have been
        brought to zero mean and unit variance; the layers' one behind the other.

        At least `config.least` samples are needed.
        """
        return self.layered(self.feature_extractor(samples), frames)

    def layered(
        self, heard: Float[Tensor, "batch channels _"], frames: int
    ) -> Float[Tensor, "batch frames features"]:
        """The layers' features, from what the convolutions made of sound."""
        x = F.interpolate(heard, size=frames, mode="linear", align_corners=True)
        x, _ = self.feature_projection(x.transpose(1, 2))
        x = self.encoder.layer_norm(x + self.encoder.pos_conv_embed(x))
        layers: list[Tensor] = []
        for layer in self.encoder.layers:
            x = layer(x)
            layers.append(x)
        return torch.cat(layers, dim=-1)
