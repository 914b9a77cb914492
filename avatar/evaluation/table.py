"""The table of an evaluation: methods by figures, over seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from avatar.evaluation.conversations import Case, cases
from avatar.evaluation.methods import Method
from avatar.metrics.dynamics import Minute, drift
from avatar.metrics.intervals import Interval, over_seeds
from avatar.metrics.report import Figures, Sample, evaluate
from avatar.metrics.richness import Reference, refer
from avatar.synthetic.dialogues.conversation import Devices
from avatar.synthetic.dialogues.voice_cast import Split

DRIFT_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One method: its figures at the first seed, and their intervals when there are more."""

    figures: Figures
    intervals: dict[str, Interval | None]

    def as_json(self) -> dict[str, object]:
        """Figures by name, and `intervals` of them when there is more than one seed."""
        known = {name: asdict(value) for name, value in self.intervals.items() if value}
        return {**self.figures, **({"intervals": known} if known else {})}


def compare(
    methods: Mapping[str, Method],
    *,
    seeds: Sequence[int],
    minutes: float,
    split: Split = "train",
    devices: Devices = "working",
    say: Callable[[str], None],
) -> dict[str, Row]:
    """Measure every method on the same conversations, once for each seed."""
    reports: dict[str, list[Figures]] = {name: [] for name in methods}
    for seed in seeds:
        met = cases(seed=seed, minutes=minutes, split=split, devices=devices)
        reference = refer([case.clip.parties[case.avatar].motion for case in met], seed=seed)
        for name, method in methods.items():
            say(f"{name}, seed {seed}")
            reports[name].append(_measured(method, met, reference, seed))
    several = len(seeds) > 1
    return {
        name: Row(figures[0], over_seeds(figures) if several else {})
        for name, figures in reports.items()
    }


def _measured(method: Method, met: Sequence[Case], reference: Reference, seed: int) -> Figures:
    motions = method(met, seed)
    samples = [
        Sample(case.clip, case.avatar, motion) for case, motion in zip(met, motions, strict=True)
    ]
    return evaluate(samples, reference, seed=seed)


def long_run(method: Method, *, seed: int, minutes: int = DRIFT_MINUTES) -> tuple[Minute, ...]:
    """One conversation without a break, minute by minute against its first."""
    met = cases(seed=seed, minutes=minutes, clip_s=60.0 * minutes)[:1]
    truth = met[0].clip.parties[met[0].avatar].motion
    return drift(method(met, seed)[0], truth.std(axis=0))
