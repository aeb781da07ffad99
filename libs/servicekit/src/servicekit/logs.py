"""Structured logs: one JSON line an event, English keys, ids only.

A warning means that someone must act. Personal data never reaches a log: pass ids, codes, counts and class
names.
"""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger


def configure(*, service: str, level: str = "INFO") -> None:
    """Every log line of this process is one JSON object on stderr with time, level, event and service."""

    def name_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            name_service,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries that log by themselves (kafka, grpc): warnings only, in the same shape.
    logging.basicConfig(level=logging.WARNING, handlers=[_Forward()], force=True)
    # kafka-python warns of every rebalance and errs at every shutdown; what matters eventcore raises and logs itself.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def log() -> FilteringBoundLogger:
    """The process's logger: `log().info("event.name", key=value)`."""
    return structlog.get_logger()


class _Forward(logging.Handler):
    """Hands lines of the standard logging module to structlog, without their arguments' content."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        method = log().error if record.levelno >= logging.ERROR else log().warning
        method("library", logger=record.name, message=str(record.msg)[:300], error=error)
