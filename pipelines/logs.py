"""What is logged, and where: warnings, on the terminal."""

import sys

_FORMAT = "{time:HH:mm:ss} {level: <7} {message}"


def log_to_terminal(*, verbose: bool = False) -> None:
    """Log warnings; `verbose` logs everything, what is said included, for finding faults."""
    from loguru import logger

    logger.remove()
    level = "DEBUG" if verbose else "WARNING"
    logger.add(sys.stderr, level=level, format=_FORMAT, backtrace=False, diagnose=False)
