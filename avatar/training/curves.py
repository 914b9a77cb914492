"""A run's log as pictures."""

import json
from collections import defaultdict
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from avatar.files import beside

SMOOTHED = 15
"""Lines of the log over which a curve is averaged."""


def draw_curves(log: Path, picture: Path) -> None:
    """One panel a stage, one line a loss, on a logarithmic scale."""
    stages = _read(log)
    figure = Figure(figsize=(5.0 * max(1, len(stages)), 4.0), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, max(1, len(stages)), squeeze=False)[0]
    for panel, (stage, curves) in zip(panels, stages.items(), strict=False):
        for name, points in curves.items():
            steps, values = zip(*_smoothed(points), strict=True)
            panel.plot(steps, values, label=name, linewidth=1.2)
        panel.set(title=stage, xlabel="steps", yscale="log")
        panel.legend(fontsize=7)
        panel.grid(alpha=0.3)
    with beside(picture) as part:
        figure.savefig(part, dpi=110)


def _read(log: Path) -> dict[str, dict[str, list[tuple[int, float]]]]:
    stages: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    for line in log.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        stage, step = row.pop("stage"), row.pop("step")
        for name, value in row.items():
            if value > 0:
                stages[stage][name].append((step, value))
    return stages


def _smoothed(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    result: list[tuple[int, float]] = []
    for index, (step, _) in enumerate(points):
        near = [value for _, value in points[max(0, index - SMOOTHED) : index + 1]]
        result.append((step, sum(near) / len(near)))
    return result
