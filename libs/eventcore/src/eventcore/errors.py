"""What a command can end with besides an outcome; servicekit translates each to a gRPC status."""

from __future__ import annotations

from datetime import date, datetime


class Refused(Exception):
    """The law or the state forbids it: stable code, rule id, facts that decided. FAILED_PRECONDITION.

    on: the day of the act, whose law judges; the handler sets it. The fact `since`, a day or an instant as ISO 8601, is
    what the rule counts from.
    """

    on: date | None = None

    def __init__(self, code: str, rule: str, **facts: str) -> None:
        super().__init__(f"{code} by {rule or 'no rule'}" + "".join(f", {k}={v}" for k, v in facts.items()))
        self.code = code
        self.rule = rule
        self.facts = facts


class Stopped(Refused):
    """A record of the stream does not agree with what was published: it is read-only until an officer decides."""

    def __init__(self, stream: str, seq: str, finding: str) -> None:
        super().__init__("STREAM_STOPPED", "oversight.scope", stream=stream, seq=seq, finding=finding)


class NotYetDue(Refused):
    """The deadline lapses later than now. Alone among refusals it is no answer."""

    def __init__(self, rule: str, **facts: str) -> None:
        super().__init__("NOT_YET_DUE", rule, **facts)


class NotFound(Exception):
    """It does not exist, or the caller may not see it, which looks the same. NOT_FOUND."""


class Invalid(Exception):
    """A field of the request cannot be what it is. INVALID_ARGUMENT with a field violation."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}")
        self.field = field
        self.description = description


class NotYetHappened(Invalid):
    """The field says a time that this service's clock has not reached; only another one's clock has. INVALID_ARGUMENT.

    No answer to a command of a process manager: what one service knows has happened reaches another one whose clock is a
    moment behind.
    """

    def __init__(self, field: str, got: datetime | date, now: datetime | date) -> None:
        super().__init__(field, f"got {got.isoformat()}, want no later than {now.isoformat()}")


class AlreadyExists(Exception):
    """The same request id came with other content, or another stream holds the value. ALREADY_EXISTS."""


class Claimed(AlreadyExists):
    """The value is held by another stream. ALREADY_EXISTS."""


class Aborted(Exception):
    """The stream changed twice while the command was decided; the client may send it again. ABORTED."""


class Busy(Exception):
    """As much waits as may wait; nothing was done and the client may try again. RESOURCE_EXHAUSTED."""


class Conflict(Exception):
    """A stream is not as the decision saw it, or the fence refused: load, decide and append once more."""


class TooLarge(Invalid):
    """An event is larger than a log entry may be; documents live outside, sealed, by digest. INVALID_ARGUMENT."""

    def __init__(self, type_name: str, size: int, limit: int) -> None:
        super().__init__("", f"{type_name} would take {size} bytes, want at most {limit}: attach by digest")


class UnknownEventType(LookupError):
    """These contracts know no such event: the record waits until a release that does."""

    def __init__(self, type_name: str) -> None:
        super().__init__(f"unknown event type {type_name}")
        self.type_name = type_name
