"""Networks whose weights are read from a file need no random ones before."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

RANDOM = ("normal_", "uniform_", "kaiming_uniform_", "xavier_uniform_")
"""What fills weights in place, of torch and of what stands in for it."""


class Unfilled(TorchFunctionMode):
    """Inside of it random numbers are not made: memory is left as it is. What is no weight, such
    as the kernel of a filter, is as always.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Called for every function of torch."""
        named = kwargs or {}
        if getattr(func, "__name__", None) in RANDOM:
            return args[0] if args else named["tensor"]
        return torch.empty(*args, **named) if func is torch.randn else func(*args, **named)
