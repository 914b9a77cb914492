"""How far visits come: each step once, and nothing of what was said."""

from collections.abc import Callable, Mapping

from pipelines.kiosk.desk import Moment
from pipelines.kiosk.visit import Stage

_BEGIN: Mapping[Stage, Moment] = {
    Stage.NOTICED: "noticed",
    Stage.GREETING: "greeted",
    Stage.RESET: "reset",
}


class Funnel:
    """Counts the steps of one visit after the other."""

    def __init__(self, count: Callable[[Moment], None]) -> None:
        self._count = count
        self._taken = set[Moment]()
        self._awaits = False

    def comes_to(self, stage: Stage) -> None:
        """A visit is here now."""
        if stage in _BEGIN:
            self._step(_BEGIN[stage])
        if stage is Stage.RESET:
            self._taken.clear()
            self._awaits = False

    def introduced(self) -> None:
        """The greeting goes before an answer."""
        self._step("greeted")

    def asked(self) -> None:
        """The visitor said something."""
        self._awaits = True
        self._step("conversed")

    def answered(self) -> None:
        """Something is said to them."""
        if self._awaits:
            self._awaits = False
            self._step("answered")

    def _step(self, moment: Moment) -> None:
        if moment not in self._taken:
            self._taken.add(moment)
            self._count(moment)
