"""`guitu tiles export` says which log it could not export, and why."""

from __future__ import annotations

import pytest
from corrections.audit.v1.service_pb2 import LogState
from guitu_cli.tiles import left_out


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (LogState(log="law"), ""),
        (LogState(log="intake", read=5, mismatches=1), "has a mismatch"),
        (LogState(log="intake", read=5), "no checkpoint fits its 5 events"),
    ],
)
def test_a_log_of_events_that_is_not_exported_is_named(
    log: LogState, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUITU_LANG", "en")
    found = left_out(log)
    assert len(found) == bool(said)
    assert all(said in one for one in found)
