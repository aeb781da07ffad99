"""The dispatcher sends the commands of process managers until they are answered (eventstore.md section 7).

Per subject in order: the next command of a subject waits for the answer to the one before. The command id is the
request id, so sending twice has one effect. A refusal is an answer and a work item.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from eventcore.link import NOT_AWAITED, Connection, Link
from eventcore.relay import nothing_between

log = logging.getLogger(__name__)

REFUSALS = frozenset({
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.OUT_OF_RANGE,
})  # fmt: skip
"""Codes that answer. Every other code says that nobody decided: the command is sent again."""

NOT_YET_DUE = "NOT_YET_DUE"
STREAM_STOPPED = "STREAM_STOPPED"
"""Nobody decided: the command is sent again until an officer has reopened the stream. Only its subject waits."""
NOT_YET_HAPPENED = "NOT_YET_HAPPENED"
"""Nobody decided: another service's clock is ahead of the one that was asked, which is asked again until it gets there."""
_STATUS_DETAILS = "grpc-status-details-bin"

# The first open command of each subject, oldest first.
_NEXT = """
with first as (
  select distinct on (subject) command_id, ord, target, request, purpose, correlation, causation, trace, next_try
  from es.command where answer is null and refusal is null order by subject, ord)
select command_id, target, request, purpose, correlation, causation, trace from first
where (next_try is null or next_try <= clock_timestamp()) and not command_id = any(%s)
order by ord limit %s
"""
# lost in a crash, the command is sent again and gets the same answer
_ANSWERED = f"""
update es.command c set answer = u.answer, attempts = attempts + 1, last_error = null
from unnest(%s::uuid[], %s::bytea[]) as u(command_id, answer)
where c.command_id = u.command_id and c.answer is null and c.refusal is null
returning {NOT_AWAITED}
"""
_REFUSED = """
update es.command set refusal = %s, refusal_status = %s, attempts = attempts + 1, last_error = null
where command_id = %s and answer is null and refusal is null
"""
# Wall time, for no retry waits for a simulated clock: 50 ms, 100 ms, ... 5 s.
_AGAIN = """
update es.command set attempts = attempts + 1, last_error = %s,
  next_try = clock_timestamp() + least(0.05 * power(2, least(attempts, 10)), 5) * interval '1 second'
where command_id = %s and answer is null and refusal is null
"""
_RETRIES = """
select exists (select from es.command where answer is null and refusal is null and next_try > clock_timestamp())
"""
# The clock came too early: nothing was decided and nothing stored, so the row goes and the clock is armed again.
# If the due time has changed meanwhile, the deadline has another command id and is armed already.
_TOO_EARLY = """
with gone as (
  delete from es.command where command_id = %s and deadline_id is not null and answer is null and refusal is null
  returning command_id, deadline_id),
armed as (
update es.deadline d set handed_over_for = null, too_early = too_early + 1,
  not_before = clock_timestamp() + least(0.05 * power(2, least(too_early, 12)), 30) * interval '1 second'
from gone where d.deadline_id = gone.deadline_id and d.command_id = gone.command_id)
select count(*) from gone
"""


class Future(Protocol):
    """A call under way, as grpcio gives it."""

    def done(self) -> bool:
        """True when there is a result or an error."""
        ...

    def result(self) -> bytes:
        """The response; raises grpc.RpcError."""
        ...

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        """`fn` is called, in another thread, when the call is done."""
        ...


Metadata = tuple[tuple[str, str], ...]
Call = Callable[[str, bytes, Metadata, float], Future]
"""(method path, request, metadata, timeout in seconds) -> future. Response bytes are not parsed."""


class _Command(NamedTuple):
    command_id: UUID
    target: str
    request: bytes
    purpose: str
    correlation: UUID
    causation: UUID | None
    trace: str | None

    def metadata(self) -> Metadata:
        pairs = [("guitu-correlation", str(self.correlation)), ("guitu-purpose", self.purpose)]
        if self.causation is not None:
            pairs.append(("guitu-causation", str(self.causation)))
        if self.trace:
            pairs.append(("traceparent", self.trace))
        return tuple(pairs)


class Dispatcher:
    """Sends one service's commands, up to `window` subjects at once. One thread."""

    def __init__(
        self,
        link: Link,
        call: Call,
        *,
        window: int = 16,
        timeout_s: float = 10.0,
        on_done: Callable[[], None] = lambda: None,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        self._link = link
        self._call = call
        self._window = window
        self._timeout_s = timeout_s
        self._on_done = on_done
        self._between = between
        self._under_way: dict[UUID, Future] = {}
        self._retries = True  # until looked at: an earlier process may have left some

    def turn(self) -> int:
        """Answers that came are stored, free places are filled; the number of both. `on_done` tells of a new answer."""
        conn = self._link.conn
        settled = self._settle(conn)
        free = self._window - len(self._under_way)
        if free <= 0:
            return settled
        rows = conn.execute(_NEXT, (list(self._under_way), free), binary=True).fetchall()
        for row in rows:
            self._send(_Command(*row))
        if self._retries and not rows:
            row = conn.execute(_RETRIES).fetchone()
            self._retries = row is not None and bool(row[0])
        return settled + len(rows)

    def unready(self) -> bool:
        """A command waits to be sent again."""
        return self._retries

    def close(self) -> None:
        """The connection is closed. Calls under way are forgotten: they will be sent again, with one effect."""
        self._under_way.clear()
        self._link.close()

    def _send(self, command: _Command) -> None:
        future = self._call(command.target, command.request, command.metadata(), self._timeout_s)
        self._under_way[command.command_id] = future
        future.add_done_callback(lambda _: self._on_done())
        self._between("sent")

    def _settle(self, conn: Connection) -> int:
        done = {key: future for key, future in self._under_way.items() if future.done()}
        answers: dict[UUID, bytes] = {}
        failed: dict[UUID, grpc.RpcError] = {}
        for key, future in done.items():
            try:
                answers[key] = future.result()
            except grpc.RpcError as error:
                failed[key] = error
        if done:
            self._between("answered")
        if answers:
            conn.execute(_ANSWERED, (list(answers), list(answers.values())))
        for key, error in failed.items():
            _store_failure(conn, key, error)
            self._retries = True
        for key in done:
            del self._under_way[key]
        if done:
            self._between("stored")
        return len(done)


def _store_failure(conn: Connection, command_id: UUID, error: grpc.RpcError) -> None:
    code, status = _code(error), _status(error)
    reason = _reason(status)
    if code is grpc.StatusCode.FAILED_PRECONDITION and reason == NOT_YET_DUE and _rearm(conn, command_id):
        return
    if reason in (STREAM_STOPPED, NOT_YET_HAPPENED):
        conn.execute(_AGAIN, (reason, command_id))
    elif code in REFUSALS:
        text = f"{code.name} {reason}".strip()
        log.warning("command refused: command=%s reason=%s", command_id, text)
        conn.execute(_REFUSED, (text, status.SerializeToString() if status else None, command_id))
    else:
        conn.execute(_AGAIN, (code.name, command_id))


def _rearm(conn: Connection, command_id: UUID) -> bool:
    """True when the command was of a clock, which is armed again; a plain command that says NOT_YET_DUE is refused."""
    row = conn.execute(_TOO_EARLY, (command_id,)).fetchone()
    return row is not None and row[0] == 1


def _code(error: grpc.RpcError) -> grpc.StatusCode:
    code: object = getattr(error, "code", lambda: None)()
    return code if isinstance(code, grpc.StatusCode) else grpc.StatusCode.UNKNOWN


def _status(error: grpc.RpcError) -> Status | None:
    trailing: object = getattr(error, "trailing_metadata", lambda: ())()
    details = dict(cast("Sequence[tuple[str, bytes]]", trailing or ()))
    try:
        return Status.FromString(details[_STATUS_DETAILS])
    except (KeyError, DecodeError):
        return None


def _reason(status: Status | None) -> str:
    for detail in status.details if status else ():
        info = ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return ""
