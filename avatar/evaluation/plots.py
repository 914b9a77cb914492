"""Pictures of an evaluation: what the face answers, and how it lasts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from avatar.clock import TICK_S
from avatar.evaluation.conversations import Case
from avatar.files import beside
from avatar.metrics.dynamics import Minute
from avatar.metrics.signals import channel
from avatar.motion import Motions

SHOWN = ("jawOpen", "mouthSmile", "headPitch", "browInnerUp", "eyeBlink")


def draw_case(case: Case, motions: Mapping[str, Motions], picture: Path) -> None:
    """What the user did, and what each method answered, channel by channel."""
    figure = Figure(figsize=(14, 2.2 * len(SHOWN)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(SHOWN), 1, sharex=True)
    times = np.arange(case.clip.length) * TICK_S
    for panel, name in zip(panels, SHOWN, strict=True):
        user = case.clip.parties[1 - case.avatar].motion
        panel.fill_between(times, channel(user, name), alpha=0.25, label="user", color="grey")
        for method, motion in motions.items():
            panel.plot(times, channel(motion, name), label=method, linewidth=0.9)
        panel.set(ylabel=name)
        panel.grid(alpha=0.3)
    panels[0].legend(ncols=6, fontsize=8, loc="upper right")
    panels[-1].set(xlabel="seconds")
    _save(figure, picture)


def draw_drift(runs: Mapping[str, Sequence[Minute]], picture: Path) -> None:
    """Offset and amplitude of every minute against the first."""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    offsets, amplitudes = figure.subplots(1, 2)
    for name, minutes in runs.items():
        at = range(1, len(minutes) + 1)
        offsets.plot(at, [minute.offset for minute in minutes], marker="o", label=name)
        amplitudes.plot(at, [minute.amplitude for minute in minutes], marker="o", label=name)
    offsets.set(title="offset from the first minute", xlabel="minute", ylabel="deviations")
    amplitudes.set(title="amplitude over the first minute", xlabel="minute")
    offsets.legend(fontsize=8)
    for panel in (offsets, amplitudes):
        panel.grid(alpha=0.3)
    _save(figure, picture)


def _save(figure: Figure, picture: Path) -> None:
    with beside(picture) as part:
        figure.savefig(part, dpi=100)
