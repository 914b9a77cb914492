"""What is logged, and how: warnings, on the terminal, for people or for programs."""

import json
import sys
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from loguru import Message

LogForm: TypeAlias = Literal["text", "json"]

_FORMAT = "{time:HH:mm:ss} {level: <7} {message}"


def log_to_terminal(*, verbose: bool = False, form: LogForm = "text") -> None:
    """Log warnings; `verbose` logs everything, what is said included, for finding faults.

    As `json` each is one line: `time`, `level`, `where`, `message`, and `error` where there was
    one, with the `trace` of files and lines that it came through.
    """
    from loguru import logger

    logger.remove()
    level = "DEBUG" if verbose else "WARNING"
    if form == "json":
        logger.add(_write_line, level=level, backtrace=False, diagnose=False)
    else:
        logger.add(sys.stderr, level=level, format=_FORMAT, backtrace=False, diagnose=False)


def _write_line(message: "Message") -> None:
    record = message.record
    line: dict[str, Any] = {
        "time": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name.lower(),
        "where": f"{record['name']}:{record['line']}",
        "message": record["message"],
    }
    failed = record["exception"]
    if failed is not None and failed.value is not None:
        line["error"] = f"{type(failed.value).__name__}: {failed.value}"
        line["trace"] = _trace(failed.value)
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _trace(error: BaseException) -> list[str]:
    """Where an error came through: names and lines, and no values."""
    trace, places = error.__traceback__, list[str]()
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places
