"""One checker over any history: what must hold whatever happened (eventstore.md section 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from eventcore.fsck import fsck
from eventcore.link import Connection

_LOG = """
select l.seq, l.stream_id, l.version, e.gen, e.xid::text::bigint, e.ord
from es.log l join es.event e using (stream_id, version) order by l.seq
"""


def check(
    connection: Connection, *, acknowledged: Iterable[tuple[UUID, int]] = (), drained: bool = True
) -> list[tuple[UUID, int]]:
    """The history is sound; the answer is the log as (stream, version).

    Every leaf, number, checkpoint and head agrees; the log is dense, keeps stream order and commit order; what was
    acknowledged is stored once. drained: nothing waits for the sequencer.
    """
    report = fsck(connection)
    assert report.fault is None, report.fault
    rows = connection.execute(_LOG).fetchall()
    assert [row[0] for row in rows] == list(range(len(rows))), "the log is not dense"
    order = [row[3:] for row in rows]
    assert order == sorted(order), "the log is not in the order of transactions"
    versions: dict[UUID, list[int]] = defaultdict(list)
    for _, stream, version, *_ in rows:
        versions[stream].append(version)
    for stream, seen in versions.items():
        assert seen == list(range(1, len(seen) + 1)), f"stream {stream} is out of order in the log"
    log = [(row[1], row[2]) for row in rows]
    if drained:
        assert report.events == len(log), f"got {len(log)} in the log, want {report.events}"
        lost = set(acknowledged) - set(log)
        assert not lost, f"{len(lost)} acknowledged events are lost"
    return log


def one_effect(effects: Iterable[tuple[UUID, int]]) -> None:
    """No event had two effects."""
    seen: set[tuple[UUID, int]] = set()
    for effect in effects:
        assert effect not in seen, f"two effects of {effect}"
        seen.add(effect)
