"""A log that does not answer is left alone for a time, and the others are read meanwhile."""

from __future__ import annotations

from typing import Any, cast

import grpc
import pytest
from audit.processes import rereading
from audit.processes.rereading import Rereading
from corrections.audit.v1.service_pb2 import VerifyLogRequest, VerifyLogResponse
from eventcore.link import Link

_HANGS_S, _ANSWERS_S, _SHARE = 60.0, 1.0, 0.05


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class _Database:
    """Each log is being read; no bundle was refused."""

    conn = property(lambda self: self)

    def __init__(self) -> None:
        self._row: tuple[int, int, int] | None = None

    def execute(self, query: str, _: object = ()) -> _Database:
        self._row = (1, 0, 1 << 40) if query.startswith("select pass") else None
        return self

    def fetchone(self) -> tuple[int, int, int] | None:
        return self._row

    def fetchall(self) -> list[object]:
        return []


def test_a_log_that_hangs_holds_up_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = _Clock(), list[tuple[str, float]]()

    class Audit:
        def __init__(self, _: object) -> None: ...

        def VerifyLog(self, request: VerifyLogRequest, timeout: float) -> VerifyLogResponse:
            asked.append((request.log, clock.now))
            clock.now += _HANGS_S if request.log == "hangs" else _ANSWERS_S
            if request.log == "hangs":
                raise grpc.RpcError
            return VerifyLogResponse(next_seq=request.from_seq + request.limit)

    monkeypatch.setattr(rereading, "time", clock)
    monkeypatch.setattr(rereading, "AuditServiceStub", Audit)
    process = Rereading(
        cast("Link", _Database()), cast("Any", object), cast("Any", object),
        every_s=3600.0, share=_SHARE, logs=["answers", "hangs"],
    )  # fmt: skip
    while clock.now < 3600.0:
        process.turn()
        clock.now += 0.5
    hangs = [at for log, at in asked if log == "hangs"]
    assert len(hangs) * _HANGS_S <= 2 * _SHARE * 3600.0
    # a slice and its rest take 20 s: those of the log that answers go on but for the calls that hang
    assert sum(log == "answers" for log, _ in asked) >= 120
