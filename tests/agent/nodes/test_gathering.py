"""What sessions ask for at about the same time is computed at once, and fails alone."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from agent.nodes.gathering import Gathering
from avatar.errors import PartUnavailable

SOON_S = 10.0


class Doubling:
    """Doubles numbers; the first batch waits until it is let go, and thirteen is refused."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = Event(), Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        self.begun.set()
        assert self.go_on.wait(SOON_S)
        if 13 in asked:
            raise ValueError("thirteen")
        return [2 * one for one in asked]


def asked_while_busy(
    work: Doubling, gathering: Gathering[int, int], later: Sequence[int]
) -> list[int | BaseException]:
    """Answers to 0, and to others that are asked while it is computed."""
    with ThreadPoolExecutor(1 + len(later)) as threads:
        first = threads.submit(gathering, 0)
        assert work.begun.wait(SOON_S)
        others = [threads.submit(gathering, one) for one in later]
        while len(gathering._waiting) < len(later):  # pyright: ignore[reportPrivateUsage]
            pass
        work.go_on.set()
        return [future.exception(SOON_S) or future.result(SOON_S) for future in (first, *others)]


def test_who_comes_while_one_is_computed_is_computed_together() -> None:
    work = Doubling()
    answers = asked_while_busy(work, Gathering(work), [1, 2, 3])
    assert answers == [0, 2, 4, 6]
    assert [sorted(batch) for batch in work.batches] == [[0], [1, 2, 3]]


def test_a_batch_is_never_larger_than_it_may_be() -> None:
    work = Doubling()
    answers = asked_while_busy(work, Gathering(work, most=2), [1, 2, 3, 4, 5])
    assert answers == [0, 2, 4, 6, 8, 10]
    assert [len(batch) for batch in work.batches] == [1, 2, 2, 1]


def test_one_that_fails_fails_alone() -> None:
    work = Doubling()
    answers = asked_while_busy(work, Gathering(work), [1, 13, 3])
    assert [answers[0], answers[1], answers[3]] == [0, 2, 6]
    assert isinstance(answers[2], ValueError)


def test_one_that_is_asked_alone_is_answered_or_fails_at_once() -> None:
    work = Doubling()
    work.go_on.set()
    gathering = Gathering(work)
    assert gathering(4) == 8
    with pytest.raises(ValueError, match="thirteen"):
        gathering(13)
    assert gathering(5) == 10


def test_batches_that_do_not_fit_get_smaller_and_what_does_not_fit_alone_is_said() -> None:
    sizes: list[int] = []

    def work(asked: Sequence[int]) -> list[int]:
        sizes.append(len(asked))
        if len(asked) > 2 or 13 in asked:
            raise MemoryError("no room")
        return list(asked)

    gathering = Gathering(work, scarce=(MemoryError,))
    slow = Doubling()
    together = Gathering[int, int](
        lambda asked: (slow(asked), work(asked))[1], scarce=(MemoryError,)
    )
    assert asked_while_busy(slow, together, [1, 2, 3, 4]) == [0, 1, 2, 3, 4]
    assert (together.most, sizes) == (2, [1, 4, 1, 1, 1, 1])
    with pytest.raises(PartUnavailable, match="serve fewer"):
        gathering(13)


def test_something_else_is_done_while_nothing_is_computed() -> None:
    work = Doubling()
    gathering = Gathering(work)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(gathering, 1)
        assert work.begun.wait(SOON_S)
        other = threads.submit(gathering.alone, first.done)
        work.go_on.set()
        assert other.result(SOON_S)
