"""A row that a superuser edits in PostgreSQL is found and named, by the store's own check and by audit."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from corrections.audit.v1 import service_pb2 as audit
from eventcore import ids
from guitu_cli.checking import check_log
from guitu_cli.client import OPERATOR
from guitu_cli.running import services

from tests.e2e.world import World, judgment

COURT = "tampered-court"
_LIMIT = timedelta(minutes=2)


def test_an_event_that_a_superuser_edits_is_named_and_the_other_logs_stay_good(world: World):
    world.register({COURT: "乙法院"})
    world.submit(COURT, judgment(COURT, 1))
    world.settled()
    assert {name: check_log(world.system, name)["fault"] for name in services()} == dict.fromkeys(
        services(), ""
    )

    with _edited(world, UUID(world.case_id(COURT, f"{COURT}/1"))) as (seq, stream_id, version):
        event_id = str(ids.event_id(stream_id, version))
        faults = {name: str(check_log(world.system, name)["fault"]) for name in services()}
        assert f"event {seq} (stream {stream_id} version {version})" in faults["intake"]
        states = {name: _verified(world, name, "edited") for name in services()}
        [found] = states["intake"].found
        assert (found.seq, found.event_id, found.type) == (
            seq,
            event_id,
            "corrections.intake.v1.TermComputed",
        )
        for name in services():
            if name != "intake":
                assert not faults[name]
                assert not states[name].mismatches

    assert not check_log(world.system, "intake")["fault"]
    assert not _verified(world, "intake", "mended").mismatches


@contextmanager
def _edited(world: World, case_id: UUID) -> Generator[tuple[int, UUID, int]]:
    """Inside the block the case's term is one that no court ruled; its place in log and stream."""
    with world.superuser("intake") as connection:
        row = connection.execute(
            """
            select l.seq, e.stream_id, e.version, e.data from es.event e join es.log l using (stream_id, version)
            where e.subject = %s and e.type like '%%.TermComputed'
            """,
            [case_id],
        ).fetchone()
        assert row is not None
        seq, stream_id, version, data = row

        def write(content: bytes) -> None:
            with connection.transaction():
                connection.execute("alter table es.event disable trigger history")
                changed = connection.execute(
                    "update es.event set data = %s where stream_id = %s and version = %s",
                    [content, stream_id, version],
                )
                connection.execute("alter table es.event enable always trigger history")
            assert changed.rowcount == 1

        write(data.replace(b"2027-02-24", b"2026-03-24"))
        try:
            yield seq, stream_id, version
        finally:
            write(data)


def _verified(world: World, log: str, label: str) -> audit.LogState:
    request = audit.VerifyLogRequest(request_id=f"e2e/{label}/{log}", log=log)
    return world.by(OPERATOR).call(request, audit.VerifyLogResponse, timeout=_LIMIT).state
