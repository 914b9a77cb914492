"""What a block of the official generator costs at full size: as released, and as it runs here.

python benchmarks/official_generator.py [--threads 1 2] [--device cpu]

Weights are random. All take turns, so that a slow minute hits them all; processor time tells what a
busy machine hides. More threads than idle cores wait for each other: that takes a quiet machine.
"""

import argparse
import statistics
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter, process_time

import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.clock import FPS
from avatar.nn import forcing_reference
from avatar.nn.forcing import LOOK_AHEAD, ForcingConfig
from avatar.nn.forcing_sampler import Commit, ForcingSampler, Request
from avatar.nn.forcing_stream import ForcingModel, Guidance, Heard
from pipelines.benchmark.timer import machine

BATCHES, CALLS = 5, 2
FRAMES = 100
FACE = AutoencoderConfig(64, 512, 20, tuple((2**power, 4) for power in range(2, 7)))
"""The picture's part takes no part in this."""


@dataclass(frozen=True, slots=True)
class Case:
    """One way to make a block of some sessions; `block` frames each."""

    name: str
    block: int
    sessions: int
    action: Callable[[], object]


def model() -> ForcingModel:
    """The network at full size."""
    torch.manual_seed(0)
    return ForcingModel(FACE, ForcingConfig()).requires_grad_(False)


def released(network: ForcingModel, block: int, device: torch.device) -> Case:
    """A block as the released sampler makes it."""
    network = copy(network)
    network.config = replace(network.config, block=block)
    clip, latent = network.config.clip, network.config.latent
    heard = Heard(*(torch.randn(1, FRAMES, latent, device=device) for _ in range(3)))
    reference, guidance = torch.randn(1, latent, device=device), Guidance()
    first = torch.randn(1, clip, latent, device=device)
    _, state = forcing_reference.next_block(network, first, heard, reference, Guidance(3))
    noise = torch.randn(1, block, latent, device=device)

    def step() -> Tensor:
        made, _ = forcing_reference.next_block(network, noise, heard, reference, guidance, state)
        return made

    return Case(f"released, block {block}", block, 1, step)


def fast(sampler: ForcingSampler, sessions: int) -> Case:
    """A block of each of some sessions, and the remembering of it."""
    latent, block, device = sampler.config.latent, sampler.block, sampler.device
    span = max(12, block + LOOK_AHEAD)
    reference = torch.randn(latent, device=device)
    clip = Heard(*(torch.randn(1, sampler.config.clip, latent, device=device) for _ in range(3)))
    state = sampler.primed(clip, reference)
    noise = torch.randn(block, latent, device=device)
    requests = [Request(noise, clip.span(0, span), reference, state)] * sessions

    def step() -> object:
        plans = sampler.plans(requests)
        return sampler.commits([Commit(plan, block, reference, state) for plan in plans])

    name = str(sampler.dtype).removeprefix("torch.")
    return Case(f"{name}, block {block}, {sessions} at once", block, sessions, step)


def cases(device: torch.device) -> list[Case]:
    """All that is compared."""
    network = model().to(device)
    found: list[Case] = []
    for block in (10, 5, 2):
        found.append(released(network, block, device))
        for dtype in (torch.float32, torch.bfloat16):
            sampler = ForcingSampler(network, block=block, dtype=dtype, graphs=True)
            found += [fast(sampler, sessions) for sessions in (1, 3)]
    return found


def measure(found: list[Case], device: torch.device) -> dict[str, tuple[list[float], list[float]]]:
    """Wall and processor milliseconds of each: the medians of batches, without the first."""
    times: dict[str, tuple[list[float], list[float]]] = {case.name: ([], []) for case in found}
    for batch in range(BATCHES + 1):
        for case in found:
            wall, used = list[float](), list[float]()
            for _ in range(CALLS):
                begin, began = perf_counter(), process_time()
                case.action()
                if device.type == "cuda":
                    torch.cuda.synchronize()
                wall.append(1e3 * (perf_counter() - begin))
                used.append(1e3 * (process_time() - began))
            if batch:
                times[case.name][0].append(statistics.median(wall))
                times[case.name][1].append(statistics.median(used))
    return times


def told(found: list[Case], times: dict[str, tuple[list[float], list[float]]]) -> None:
    """Print a line of each, and how much faster a session's block is than as released."""
    was = {case.block: times[case.name] for case in found if case.name.startswith("released")}
    for case in found:
        wall, used = times[case.name]
        faster, cheaper = (
            case.sessions * min(before) / min(now)
            for before, now in zip(was[case.block], (wall, used), strict=True)
        )
        pace = min(wall) / 1e3 / case.sessions / (case.block / FPS)
        print(
            f"  {case.name:31} {min(wall):5.0f} {statistics.median(wall):5.0f} {min(used):5.0f}"
            f"  x{faster:.2f} (CPU x{cheaper:.2f})  {pace:.2f} s for a second of a session"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    device = torch.device(given.device)
    found = cases(device)
    where = torch.cuda.get_device_name() if device.type == "cuda" else machine()
    for threads in given.threads:
        torch.set_num_threads(threads)
        print(
            f"{where}, torch {torch.__version__}, {threads} threads; wall ms least/median, CPU ms"
        )
        told(found, measure(found, device))


if __name__ == "__main__":
    main()
