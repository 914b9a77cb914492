"""What pictures cost with an auto-encoder of the official size: seeing the user and drawing the
avatar, plainly and with what is made ready once. Weights are random.

python benchmarks/official_decoder.py [--batches 5] [--calls 3]
"""

import argparse
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time

import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.decoder import Stage
from avatar.autoencoder.layers import Maps
from avatar.autoencoder.model import MotionAutoencoder
from avatar.autoencoder.portrait import AutoencodedPortrait, signal_of
from avatar.autoencoder.prepared import PreparedDecoder
from avatar.autoencoder.prepared_encoder import PreparedEncoder
from avatar.metrics.pictures import psnr, squared_error
from avatar.portraits.cropping import read_portrait
from pipelines.benchmark.timer import machine, measure_each
from pipelines.build import use_one_core

BLOCK = 5
KINDS = {"prepared, float32": torch.float32, "prepared, bfloat16": torch.bfloat16}
PLAIN = "reference"


class Metered:
    """An action that notes how long the processor works for it, in milliseconds a call."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action = action
        self.took_ms: list[float] = []

    def __call__(self) -> None:
        begin = process_time()
        self._action()
        self.took_ms.append(1e3 * (process_time() - begin))

    def least(self, calls: int) -> float:
        """The least median of a batch; the first warms up."""
        starts = range(calls, len(self.took_ms), calls)
        return min(median(self.took_ms[start : start + calls]) for start in starts)


def plainly(coder: MotionAutoencoder, latents: Tensor, features: list[Maps]) -> Tensor:
    """As it was released: float32, everything anew for each block, maps repeated for each frame."""
    repeated = [maps.repeat_interleave(len(latents), dim=0) for maps in features]
    return coder.decoder(latents, repeated).picture


def compare(name: str, actions: dict[str, Callable[[], object]], batches: int, calls: int) -> None:
    """Print how long each takes, by turns in the same minutes."""
    metered = {kind: Metered(action) for kind, action in actions.items()}
    timings = measure_each(metered, batches=batches, calls=calls)
    plain = metered[PLAIN].least(calls)
    for kind, timing in timings.items():
        worked = metered[kind].least(calls)
        print(
            f"{name}, {kind}: least {timing.least:.0f} ms, median {timing.median:.0f} ms, "
            f"of the processor {worked:.0f} ms = {plain / worked:.1f}x"
        )


def likeness(scale: float) -> None:
    """Print how like a portrait in float32 its picture in bfloat16 is.

    Flows of random weights throw pictures about; `scale` is that of the weights that make them.
    """
    torch.manual_seed(0)
    coder = MotionAutoencoder(AutoencoderConfig()).eval()
    for stage in coder.decoder.stages:
        assert isinstance(stage, Stage)
        stage.flow.conv.weight.mul_(scale)
    portrait = read_portrait("ana").pixels
    exact, rough = (
        AutoencodedPortrait(coder, portrait, dtype=kind) for kind in (torch.float32, torch.bfloat16)
    )
    motion = exact.rest[None] + 0.5 * torch.randn(1, 512).numpy()
    identity, features = coder.encode_identity(signal_of(portrait, 512))
    drawn = coder.decode(identity, torch.from_numpy(motion), features)
    moved = float(drawn.logits[-1][:, :2].tanh().std()) * 256
    alike = psnr(squared_error(exact.draw(motion)[0], rough.draw(motion)[0]))
    print(f"bfloat16 where maps move by {moved:.0f} pixels (deviation): {alike:.1f} dB")


@torch.inference_mode()
def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--calls", type=int, default=3)
    given = parser.parse_args()
    use_one_core()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    coder = MotionAutoencoder(AutoencoderConfig()).eval()
    picture = torch.rand(1, 3, 512, 512) * 2 - 1
    identity, features = coder.encode_identity(picture)
    latents = identity + coder.encode_motion(picture) + 0.3 * torch.randn(BLOCK, 512)
    ready = {
        kind: PreparedDecoder(coder.decoder, device=torch.device("cpu"), dtype=dtype)
        for kind, dtype in KINDS.items()
    }
    portraits = {kind: decoder.portrait(features) for kind, decoder in ready.items()}
    for count in (1, BLOCK):
        drawing: dict[str, Callable[[], object]] = {
            PLAIN: partial(plainly, coder, latents[:count], features)
        }
        for kind, decoder in ready.items():
            drawing[kind] = partial(decoder, latents[:count], portraits[kind])
        compare(f"draw {count}", drawing, given.batches, max(1, given.calls // count))
    seeing: dict[str, Callable[[], object]] = {PLAIN: partial(coder.encode_motion, picture)}
    for kind, dtype in KINDS.items():
        encoder = PreparedEncoder(coder, device=torch.device("cpu"), dtype=dtype)
        seeing[kind] = partial(encoder, picture)
    compare("see 1", seeing, given.batches, given.calls)
    for scale in (0.05, 0.2):
        likeness(scale)
    print(f"{machine()}, one thread, torch {torch.__version__}")


if __name__ == "__main__":
    main()
