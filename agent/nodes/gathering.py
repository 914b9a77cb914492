"""Several sessions on one device: what they ask for at about the same time is computed at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from loguru import logger

from avatar.errors import PartUnavailable

Done = TypeVar("Done")
Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Gathering(Generic[Asked, Answered]):
    """Computes what the threads of sessions ask for, `most` at a time.

    Nobody waits for company: the first is computed at once, and whoever comes meanwhile is in the
    next batch. `work` answers in the order in which it was asked. Where it fails for a batch, each
    is asked by itself, so that one session's failure is its own. Where it fails with one of
    `scarce`, such as a device's memory, batches are half as large from then on; what does not even
    fit alone raises PartUnavailable.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Sequence[Answered]],
        *,
        most: int = 8,
        scarce: tuple[type[Exception], ...] = (),
    ) -> None:
        self._work, self.most, self._scarce = work, most, scarce
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

    def alone(self, work: Callable[[], Done]) -> Done:
        """Do something else while nothing of this is computed."""
        with self._turn:
            return work()

    def _compute(self) -> None:
        with self._door:
            batch = self._waiting[: self.most]
            del self._waiting[: self.most]
        try:
            answers = self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            if len(batch) == 1:
                batch[0][1].set_exception(self._told(error))
                return
            self._shrink(len(batch), error)
            for one in batch:
                self._by_itself(*one)
        else:
            for (_, answer), made in zip(batch, answers, strict=True):
                answer.set_result(made)

    def _by_itself(self, asked: Asked, answer: Future[Answered]) -> None:
        try:
            (made,) = self._work([asked])
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answer.set_exception(self._told(error))
        else:
            answer.set_result(made)

    def _shrink(self, size: int, error: Exception) -> None:
        if isinstance(error, self._scarce):
            self.most = size // 2
            logger.warning(
                f"{size} sessions at once are too many: {self.most} from now on ({error})"
            )

    def _told(self, error: Exception) -> Exception:
        if not isinstance(error, self._scarce):
            return error
        told = PartUnavailable(
            f"the device has no memory left for this session ({error}): end others, or serve fewer"
        )
        told.__cause__ = error
        return told
