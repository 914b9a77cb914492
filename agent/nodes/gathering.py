"""Several sessions on one device: what they ask for at about the same time is computed at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Gathering(Generic[Asked, Answered]):
    """Computes what the threads of sessions ask for, `most` at a time.

    Nobody waits for company: the first is computed at once, and whoever comes meanwhile is in the
    next batch. `work` answers in the order in which it was asked. Where it fails for a batch, each
    is asked by itself, so that one session's failure is its own.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Sequence[Answered]], *, most: int = 8
    ) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[Asked, Future[Answered]]] = []
        self._door, self._turn = Lock(), Lock()

    def __call__(self, asked: Asked) -> Answered:
        """The answer; whatever `work` raises for this one."""
        answer: Future[Answered] = Future()
        with self._door:
            self._waiting.append((asked, answer))
        while not answer.done():
            with self._turn:
                if not answer.done():
                    self._compute()
        return answer.result()

    def _compute(self) -> None:
        with self._door:
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
        try:
            answers = self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for one in batch:
                self._alone(*one)
        else:
            for (_, answer), made in zip(batch, answers, strict=True):
                answer.set_result(made)

    def _alone(self, asked: Asked, answer: Future[Answered]) -> None:
        try:
            (made,) = self._work([asked])
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answer.set_exception(error)
        else:
            answer.set_result(made)
