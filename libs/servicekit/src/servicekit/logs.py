"""Structured logs: one JSON line an event, English keys, ids only.

A warning means that someone must act. Personal data never reaches a log: pass ids, codes, counts and class
names. Forty lines of our own, because structlog brings rich and a quarter of a second to every start.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Log:
    """Writes events of one process to stderr, those of its level and above."""

    service: str = ""
    level: int = logging.INFO

    def debug(self, event: str, **fields: object) -> None:
        """What helps to find a fault."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """What happened as it should."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Someone must act."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """A fault of the program."""
        self._write(logging.ERROR, event, fields)

    def _write(self, level: int, event: str, fields: dict[str, object]) -> None:
        if level < self.level:
            return
        name = logging.getLevelName(level).lower()
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = fields | {"service": self.service, "event": event, "level": name, "timestamp": at}
        # one write a line: threads must not mix theirs
        sys.stderr.write(json.dumps(line, ensure_ascii=False, default=repr) + "\n")


_log = Log()


def configure(*, service: str, level: str = "INFO") -> None:
    """Every log line of this process is one JSON object on stderr with time, level, event and service."""
    _log.service, _log.level = service, logging.getLevelNamesMapping()[level]
    # Libraries that log by themselves (kafka, grpc): warnings only, in the same shape.
    logging.basicConfig(level=logging.WARNING, handlers=[_Forward()], force=True)
    # kafka-python warns of every rebalance and errs at every shutdown; what matters eventcore raises and logs itself.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def log() -> Log:
    """The process's logger: `log().info("event.name", key=value)`."""
    return _log


class _Forward(logging.Handler):
    """Hands lines of the standard logging module on, without their arguments' content."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        method = log().error if record.levelno >= logging.ERROR else log().warning
        method("library", logger=record.name, message=record.getMessage()[:300], error=error)
