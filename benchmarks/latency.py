"""How late a user can be answered by what generates whole windows, and by what ships.

visavis train motion --recipe bidirectional --until base
python benchmarks/latency.py runs/bidirectional
"""

import sys
from pathlib import Path

import torch

from avatar.assets import generator_folder
from avatar.clock import TICK_S
from avatar.evaluation.conversations import Case, cases
from avatar.evaluation.networks import rolled_out
from avatar.generator.package import load_generator
from avatar.training.motion import BASE, finished
from avatar.training.recipes import Recipe
from avatar.training.rollout import Guidance
from avatar.training.run import Run
from pipelines.benchmark.generating import time_generating
from pipelines.benchmark.timer import machine, measure
from pipelines.build import use_one_core

SOLVER_STEPS = 10
"""Steps for a window, the paper's count."""
WINDOWS, WINDOW_S = 4, 3.0


def rival(folder: Path, case: Case) -> tuple[int, float]:
    """Frames of a window, and seconds to make one of a conversation that lasts several."""
    run = Run.resumed(folder, Recipe)
    network, codec = finished(run, BASE)
    made = rolled_out(
        network, codec, steps=SOLVER_STEPS, guidance=Guidance(), block=run.recipe.block
    )
    timing = measure(lambda: made([case], 0), batches=5, calls=1)
    return run.recipe.block, timing.median / 1000 / WINDOWS


def main() -> None:
    """Print the figures."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    use_one_core()
    torch.set_num_threads(1)
    case = cases(seed=0, minutes=WINDOWS * WINDOW_S / 60)[0]
    frames, made_s = rival(Path(sys.argv[1]), case)
    theirs = frames * TICK_S + made_s
    folder = generator_folder("embedded")
    step = time_generating(lambda block: load_generator(folder, block=block), (1,), batches=5)[1]
    ours = TICK_S + step.median / 1000
    print(f"a window of {frames} frames: {frames * TICK_S:.2f} s to wait, {made_s:.2f} s to make")
    print(f"frame by frame: {TICK_S:.2f} s to wait, {step.median / 1000:.4f} s to make")
    print(f"{theirs:.2f} s against {ours:.3f} s, {theirs / ours:.0f} times, on {machine()}")


if __name__ == "__main__":
    main()
