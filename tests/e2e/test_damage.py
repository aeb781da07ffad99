"""docs/runbooks/mismatch.md, walked from an edit by a superuser that nobody reports to the reopening of the stream."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import grpc
import psycopg
import pytest
from corrections.audit.v1 import service_pb2 as audit
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as intake
from eventcore import ids
from guitu_cli.client import OPERATOR, explained
from guitu_cli.main import app

from tests.commands import CliRunner
from tests.e2e.world import COUNTY, World, judgment, wait

COURT = "damaged-court"
_LIMIT_S = 180.0
_DECISION = "甬司矫决〔2026〕7号"


def test_damage_is_found_contained_mended_and_reopened_by_the_runbook(world: World):
    world.register({COURT: "丁法院"})
    for number in (1, 2):
        world.submit(COURT, judgment(COURT, number))
    world.settled()
    case, neighbour = (world.case_id(COURT, f"{COURT}/{number}") for number in (1, 2))
    stream = str(ids.stream_id(world.system.topology.installation, "intake", "case", case))
    seq, *place, true = _term(world, UUID(case))
    entry = ("log", "entry", "intake", str(seq))
    wait(lambda: _guitu(world, *entry)[0] == 0, "the event is published", _LIMIT_S)
    _edit(world, place, true.replace(b"2027-02-24", b"2026-03-24"))

    # nobody asks
    wait(lambda: stream in _intake(world)["stopped"], "the altered event is found", _LIMIT_S)
    assert [(one["seq"], one["finding"]) for one in _intake(world)["found"]] == [(str(seq), "BYTES_CHANGED")]
    wait(lambda: world.positions("intake").stopped == 1, "intake has heard of the stop")
    sentence, code = _refusal(world, case)
    assert code == 3
    assert "STREAM_STOPPED" in sentence
    _report_in(world, neighbour)
    assert _proofs(world, case)[seq] == "MISMATCH"
    assert _guitu(world, "log", "list")[0] == 1
    assert _guitu(world, "fsck", code=1)["intake"]["audit"] == f"{seq} BYTES_CHANGED; streams stopped: 1"

    reopening = ("log", "reopen", "intake", stream, "--decision", _DECISION, "--name", "qian", "--unit")
    assert _guitu(world, *reopening, "3302")[0] == 3  # not before it is mended
    statement = json.loads(_guitu(world, *entry, "--json")[1])["sql"]
    with world.superuser("intake") as connection:
        _run(connection, statement)
    assert _guitu(world, "log", "verify", "intake", "--at", str(seq), "--json")[0] == 0
    assert _guitu(world, *reopening, COUNTY)[0] == 3  # the county itself never
    assert _guitu(world, *reopening, "3302")[0] == 0
    wait(lambda: world.positions("intake").stopped == 0, "intake has heard of the reopening")
    _report_in(world, case)
    wait(lambda: _guitu(world, "log", "list")[0] == 0, "audit's lists say so")
    assert not any(one["fault"] for one in _guitu(world, "fsck", code=0).values())
    assert _guitu(world, "log", "verify", "intake")[0] == 0


def _term(world: World, case_id: UUID) -> tuple[Any, ...]:
    """The event that computed the case's term: position, stream, version, content."""
    with world.superuser("intake") as connection:
        row = connection.execute(
            """
            select l.seq, e.stream_id, e.version, e.data from es.event e join es.log l using (stream_id, version)
            where e.subject = %s and e.type like '%%.TermComputed'
            """,
            [case_id],
        ).fetchone()
    assert row is not None
    return row


def _edit(world: World, place: list[Any], content: bytes) -> None:
    with world.superuser("intake") as connection, connection.transaction():
        connection.execute("alter table es.event disable trigger history")
        change = "update es.event set data = %s where stream_id = %s and version = %s"
        assert connection.execute(change, [content, *place]).rowcount == 1
        connection.execute("alter table es.event enable always trigger history")


def _run(connection: psycopg.Connection, script: str) -> None:
    connection.execute(script.encode())


def _guitu(world: World, *arguments: str, code: int | None = None) -> Any:
    """Exit code and output; with `code`, which it must have, the JSON by service."""
    with_json = (*arguments, "--json") if code is not None else arguments
    ended = CliRunner().invoke(app, with_json, env=dict(world.environment))
    if code is None:
        return ended.exit_code, ended.stdout
    assert ended.exit_code == code, ended.output
    return {one["service"]: one for one in json.loads(ended.stdout)}


def _intake(world: World) -> Any:
    listed = json.loads(_guitu(world, "log", "list", "--json")[1])
    return next(one for one in listed if one["log"] == "intake")


def _report_in(world: World, case_id: str) -> None:
    request = intake.RecordReportingInRequest(
        request_id=f"damage/{case_id}", case_id=case_id, mode=ev.RECEPTION_MODE_AT_OFFICE
    )
    world.by(f"staff/{COUNTY}/COUNTY_CCI/li").call(request, intake.RecordReportingInResponse)


def _refusal(world: World, case_id: str) -> tuple[str, int]:
    with pytest.raises(grpc.RpcError) as refused:
        _report_in(world, case_id)
    return explained(refused.value)


def _proofs(world: World, case_id: str) -> dict[int, str]:
    request = audit.GetCaseTrailRequest(case_id=case_id)
    steps = world.by(OPERATOR).call(request, audit.GetCaseTrailResponse).steps
    return {one.seq: one.proof for one in steps if one.service == "intake"}
