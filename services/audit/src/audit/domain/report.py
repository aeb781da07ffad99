"""A report of figures: what was issued, and how its parameters and counts become bytes. 衔接配合意见 第十五条.

The bytes of a format never change: a report that was issued comes out again from its parameters, for ever.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import prepared_pb2 as cmd
from corrections.common.v1.common_pb2 import Figure
from eventcore import meta
from eventcore.decider import (
    SHANGHAI,
    Caller,
    Context,
    Decider,
    Decision,
    Decisions,
    Invalid,
    Stamp,
    StreamKey,
    by_type,
    day,
    evolving,
)

COUNTED = ("intake", "supervision")
"""Services that count, in the order in which the report has their figures."""


@dataclass(frozen=True, slots=True)
class Report:
    """An issued report, and who issued it when."""

    issued: ev.ReportIssued | None = None
    at: datetime | None = None


def stream_of(report_id: str) -> StreamKey:
    """Stream of a report."""
    return StreamKey("report", report_id)


def must_be_over(first_day: str, last_day: str, known_at: datetime | None, now: datetime) -> None:
    """The period is one, its last day has come, and the known moment is past; Invalid names the field and what is wanted."""
    first, last, today = (
        day("first_day", first_day),
        day("last_day", last_day),
        now.astimezone(SHANGHAI).date(),
    )
    if first > last:
        raise Invalid("first_day", f"got {first}, want no day after the last one, {last}")
    if last > today:
        raise Invalid("last_day", f"got {last}, want no day after today, {today}")
    if known_at is not None and known_at > now:
        raise Invalid("known_at", f"got {known_at.isoformat()}, want no moment after now, {now.isoformat()}")


def rendered(issued: ev.ReportIssued, figures: Sequence[Figure]) -> bytes:
    """The report in the format that the event names, UTF-8 JSON. The digest in the event is not part of it."""
    found = {
        "format": issued.format,
        "unit": issued.unit,
        "first_day": issued.first_day,
        "last_day": issued.last_day,
        "known_at": meta.instant(issued.known_at).isoformat() if issued.HasField("known_at") else "",
        "logs": {one.service: one.size for one in issued.logs},
        "rule_set": issued.ruleset_digest,
        "figures": [{"name": f.name, "kind": f.kind, "count": f.count} for f in figures],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest(report: bytes) -> bytes:
    """What the event holds of the bytes."""
    return sha256(report).digest()


def _issued(_: Report, c: cmd.PreparedReport, __: Context) -> Decision:
    return [c.report]


def _recorded(_: Report, e: ev.ReportIssued, stamp: Stamp) -> Report:
    return Report(e, stamp.recorded_at)


def _visible(report: Report, caller: Caller) -> bool:
    """The territory that is counted lies in the caller's."""
    return report.issued is not None and (
        caller.of_the_platform or report.issued.unit.startswith(caller.county)
    )


DECISIONS: Decisions[Report] = {cmd.PreparedReport: _issued}

REPORT = Decider(
    initial=Report(),
    evolve=evolving({ev.ReportIssued: _recorded}),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.PreparedReport}),
    visible=_visible,
)
