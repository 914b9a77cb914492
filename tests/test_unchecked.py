from collections.abc import Callable
from math import sqrt
from subprocess import CalledProcessError
from typing import Any

import numpy as np
import pytest

from tests.unchecked import unchecked


def test_results_come_in_the_order_of_what_was_given() -> None:
    assert unchecked(sqrt, [4.0, 1.0, 9.0]) == [2.0, 1.0, 3.0]


@pytest.mark.parametrize(
    ("function", "given", "said"),
    [(sqrt, -1.0, "math domain error"), (np.log, np.zeros(1), "RuntimeWarning: divide by zero")],
)
def test_what_fails_or_warns_there_fails_here(
    capfd: pytest.CaptureFixture[str], function: Callable[[Any], Any], given: Any, said: str
) -> None:
    with pytest.raises(CalledProcessError):
        unchecked(function, [given])
    assert said in capfd.readouterr().err
