"""Audit finds what was altered, shows a case across services and proves it. 社区矫正法 第六十二条; G31."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from audit.domain.logs import LOGS, OWN
from audit.keys import write_log_vkeys
from audit.processes.links import Links
from audit.queries import Queries
from audit.trees import Trees
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.education.v1 import events_pb2 as education
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import ids, store
from eventcore.decider import StreamKey
from eventcore.link import Link, connecting
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from lawkit.counting import day_of
from proofs.note import parse_vkeys
from proofs.verify import main as verify_offline
from proofs.verify import verify_bundle
from servicekit.testing import INSTALLATION

from tests.integration.audit.world import PURPOSE, World, case, open_world

CASE, NEIGHBOUR = case("one"), case("two")
EXCHANGE = case("judgment")
JUDGMENT = StreamKey("exchange", str(EXCHANGE))


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "education", "handoff", OWN), database_factory, topic, tmp_path) as made:
        yield made


def opened() -> intake.CaseOpened:
    return intake.CaseOpened(exchange_id=str(EXCHANGE), county="330203")


async def lived(world: World) -> None:
    """One judgment opens two cases; the first one has sessions, between those of the second."""
    court, register, school = world.logs["handoff"], world.logs["intake"], world.logs["education"]
    await court.write(JUDGMENT, EXCHANGE, handoff.MessageReceived(message_id="m", body_bytes=7))
    accepted = await court.write(JUDGMENT, EXCHANGE, handoff.MessageAccepted(defendant_numbers=[1, 2]))
    for case_id in (CASE, NEIGHBOUR):
        key = StreamKey("case", str(case_id))
        cause = await register.write(key, case_id, opened(), cause=accepted)
        noted = handoff.EffectNoted(defendant_number=1, case_id=str(case_id))
        await court.write(JUDGMENT, EXCHANGE, noted, cause=cause)
        start = education.EducationOpened(county="330203", end_date="2027-03-01")
        await school.write(key, case_id, start, cause=cause)
    for number in range(3):
        for case_id in (CASE, NEIGHBOUR):
            held = education.SessionArranged(session_id=f"s{number}", on="2026-03-02")
            await school.write(StreamKey("case", str(case_id)), case_id, held)
    await world.settle()


def kind(message: type[Message]) -> str:
    return message.DESCRIPTOR.full_name


def refusal(error: grpc.aio.AioRpcError) -> ErrorInfo:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            info = ErrorInfo()
            assert Status.FromString(bytes(value)).details[0].Unpack(info)  # pyright: ignore[reportArgumentType]
            return info
    raise AssertionError(error.details())


async def test_every_log_is_kept_once_and_verified(world: World) -> None:
    await lived(world)
    counts = world.rows(
        "select service, count(*), max(seq) + 1 from log_entry group by service order by service"
    )
    assert counts == [("education", 8, 8), ("handoff", 4, 4), ("intake", 2, 2)]
    for log in ("intake", "education", "handoff"):
        answer = await world.verify(log, f"first {log}")
        assert [e.type for e in answer.outcome.events] == [kind(ev.CheckpointVerified)]
        assert (answer.state.verified, answer.state.mismatches) == (answer.state.read, 0)
    assert not (await world.verify("intake", "again")).outcome.events
    await world.settle()
    own = await world.verify(OWN, "own")
    assert (own.state.verified, own.state.read) == (3, 3)
    await world.settle()
    listed = (await world.clerk.ListLogs(pb.ListLogsRequest(), timeout=10)).logs
    state = {log.log: (log.read, log.verified, log.mismatches) for log in listed}
    assert state["education"] == (8, 8, 0)
    assert state[OWN] == (4, 3, 0)
    assert state["supervision"] == (0, 0, 0)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.verify("sandbox", "no log")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


CHANGE = "update es.event set data = %s where stream_id = %s and version = 2"


async def test_an_edited_row_is_found_and_named(world: World) -> None:
    await lived(world)
    await world.verify("education", "before")
    school = world.logs["education"]
    stream = ids.stream_id(INSTALLATION, "education", "case", str(CASE))
    forged = education.SessionArranged(session_id="s0", on="2026-03-03").SerializeToString()
    school.tamper(CHANGE, forged, stream)
    assert not (await world.verify("education", "tail", tail_only=True)).outcome.events
    answer = await world.verify("education", "after")
    [found] = answer.state.found
    assert (found.seq, found.finding) == (2, "BYTES_CHANGED")
    assert (found.event_id, found.type) == (str(ids.event_id(stream, 2)), kind(education.SessionArranged))
    assert [e.type for e in answer.outcome.events] == [kind(ev.MismatchFound), kind(ev.StreamStopped)]
    await world.settle()
    proofs = {step.seq: step.proof for step in await world.trail(CASE) if step.service == "education"}
    assert proofs[2] == "MISMATCH"
    assert {proofs[seq] for seq in proofs if seq != 2} == {"LOGGED"}

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.export(CASE)
    info = refusal(refused.value)
    assert info.reason == "CASE_NOT_PROVABLE"
    assert (info.metadata["log"], info.metadata["finding"], info.metadata["seq"]) == (
        "education", "EVENT_NOT_IN_LOG", "2",
    )  # fmt: skip
    keys = parse_vkeys(write_log_vkeys(world.home, INSTALLATION, LOGS).read_text(encoding="utf-8"))
    assert not verify_bundle(await world.export(NEIGHBOUR), keys).findings  # other cases go on


async def test_a_row_with_leaves_hashed_anew_is_found(world: World) -> None:
    await lived(world)
    school = world.logs["education"]
    school.tamper("update es.event set data = '\\x0a0178' where stream_id = (select stream_id from es.log where seq = 5)"
                  " and version = (select version from es.log where seq = 5)")  # fmt: skip
    school.tamper("update es.log set leaf_sha256 = sha256('x') where seq = 5")
    [found] = (await world.verify("education", "v")).state.found
    assert (found.seq, found.finding) == (5, "BYTES_CHANGED")


async def test_a_deleted_event_is_found_at_the_end_and_inside(world: World) -> None:
    await lived(world)
    for seq in (7, 3):
        world.logs["education"].tamper("delete from es.log where seq = %s", seq)
        found = (await world.verify("education", f"without {seq}")).state.found[0]
        assert (found.seq, found.finding) == (seq, "EVENT_MISSING")


async def test_a_checkpoint_by_another_key_is_found(world: World) -> None:
    await lived(world)
    key = world.home / "keys" / "education.ed25519.pub"
    key.write_text((world.home / "keys" / "intake.ed25519.pub").read_text())
    [found] = (await world.verify("education", "v")).state.found
    assert (found.seq, found.finding) == (0, "CHECKPOINT_NOT_SIGNED")


async def test_an_edit_that_was_mended_is_cleared_by_a_look_at_the_whole_log(world: World) -> None:
    await lived(world)
    register = world.logs["intake"]
    register.tamper("update es.event set data = data || '\\x00'::bytea where version = 1")
    assert (await world.verify("intake", "bad")).state.mismatches == 1
    register.tamper("update es.event set data = substr(data, 1, length(data) - 1) where version = 1")
    assert (await world.verify("intake", "good")).state.mismatches == 0


async def test_the_trail_leads_through_all_services_causes_first(world: World) -> None:
    await lived(world)
    await world.verify("intake", "v")
    await world.settle()
    steps = await world.trail(CASE)
    assert [(s.service, s.type.rsplit(".", 1)[1]) for s in steps][:3] == [
        ("handoff", "MessageReceived"),
        ("handoff", "MessageAccepted"),
        ("intake", "CaseOpened"),
    ]
    assert {s.seq for s in steps if s.service == "education"} == {0, 2, 4, 6}
    first = next(s for s in steps if s.service == "intake")
    assert (first.title_zh, first.proof, first.role) == ("社区矫正案件已建档", "LOGGED", "COUNTY_CCI")
    assert list(first.law) == ["社区矫正法 第二十条", "社区矫正法实施办法 第十六条"]
    assert first.causation_id == next(s for s in steps if s.type.endswith("Accepted")).event_id
    assert {s.proof for s in steps if s.service == "handoff"} == {"STORED"}
    assert await world.trail(CASE, known_at=first.recorded_at) == [
        s for s in steps if s.recorded_at.ToNanoseconds() <= first.recorded_at.ToNanoseconds()
    ]


async def test_a_trail_is_cut_at_a_day_and_refuses_a_moment_that_cannot_be_asked_about(world: World) -> None:
    await lived(world)
    steps = await world.trail(CASE)
    [today] = {day_of(s.since.ToDatetime(UTC)) for s in steps}
    yesterday, tomorrow = (str(today + timedelta(days=days)) for days in (-1, 1))
    assert await world.trail(CASE, as_of=str(today)) == steps
    assert await world.trail(CASE, as_of=yesterday) == []
    first = min(s.recorded_at.ToDatetime(UTC) for s in steps)
    for field, asked in (
        ("as_of", {"as_of": tomorrow}),
        ("as_of", {"as_of": "2026-3-1"}),
        ("known_at", {"known_at": first + timedelta(days=1)}),
        ("known_at", {"known_at": first - timedelta(seconds=1)}),
    ):
        with pytest.raises(grpc.aio.AioRpcError, match=f"INVALID_FIELD: {field}:") as refused:
            await world.trail(CASE, **asked)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_step_whose_cause_no_log_holds_is_named(world: World) -> None:
    await lived(world)
    before = {step.event_id: step.cause for step in await world.trail(CASE)}
    assert "MISSING" not in before.values()
    assert "IN_TRAIL" in before.values()
    world.logs[OWN].tamper("delete from log_entry where type like '%%MessageAccepted'")
    lost = [step for step in await world.trail(CASE) if step.cause == "MISSING"]
    assert [step.type.rsplit(".", 1)[1] for step in lost][:1] == ["CaseOpened"]


async def test_the_lost_head_of_a_stream_is_named_and_what_is_about_another_case_is_told_apart(
    world: World,
) -> None:
    await lived(world)
    request = pb.GetCaseTrailRequest(case_id=str(CASE))

    async def gaps() -> list[tuple[str, int, int, bool]]:
        answer = await world.clerk.GetCaseTrail(request, metadata=PURPOSE, timeout=10)
        return [(gap.service, gap.first, gap.last, gap.hidden) for gap in answer.gaps]

    assert await gaps() == []
    own = world.logs[OWN]
    own.tamper(
        "update log_entry set subject = (select case_id from audited_case where case_id <> subject limit 1)"
        f" where subject = '{CASE}' and service = 'education' and version = 2"
    )
    own.tamper(f"delete from log_entry where subject = '{CASE}' and service = 'education' and version = 1")
    assert await gaps() == [("education", 1, 1, False), ("education", 2, 2, True)]


async def test_a_link_that_an_exchange_has_not_made_is_named_and_missing_after_an_hour(world: World) -> None:
    court, register, own = world.logs["handoff"], world.logs["intake"], world.logs[OWN]
    accepted = await court.write(JUDGMENT, EXCHANGE, handoff.MessageAccepted(defendant_numbers=[1, 2]))
    await register.write(StreamKey("case", str(CASE)), CASE, opened(), cause=accepted)
    await world.settle()

    stream = str(ids.stream_id(INSTALLATION, "handoff", "exchange", str(EXCHANGE)))

    async def links(**known: Any) -> list[str]:
        asked = pb.GetCaseTrailRequest(case_id=str(CASE), **known)
        answer = await world.clerk.GetCaseTrail(asked, metadata=PURPOSE, timeout=10)
        return [one.state for one in answer.links]

    async def listed(by: Any) -> list[tuple[str, str]]:
        answer = await by.ListLogs(pb.ListLogsRequest(), timeout=10)
        return [(one.stream_id, one.state) for log in answer.logs for one in log.links]

    assert await links() == ["NOT_YET_MADE"]
    with closing(Links(Link(connecting(own.database.dsn, "links")))) as watch:
        assert watch.look() == frozenset()
        own.tamper("update stream_case set opened_at = opened_at - interval '2 hours'")
        assert await links() == ["MISSING"]
        assert [one.case_id for one in watch.look()] == [CASE]
        assert await listed(world.clerk) == [(stream, "MISSING")]
        assert await listed(world.stub("staff", "110105/COUNTY_CCI/zhao")) == []

        [at] = [s.recorded_at for s in await world.trail(CASE) if s.service == "intake"]
        await court.write(JUDGMENT, EXCHANGE, handoff.EffectNoted(defendant_number=1, case_id=str(CASE)))
        await world.settle()
        assert (await links(), watch.look(), await listed(world.clerk)) == ([], frozenset(), [])
        assert await links(known_at=at) == ["MISSING"]  # as it was known then


async def test_a_trail_names_nothing_of_a_codefendant_whom_the_caller_may_not_see(world: World) -> None:
    court, register = world.logs["handoff"], world.logs["intake"]
    accepted = await court.write(JUDGMENT, EXCHANGE, handoff.MessageAccepted(defendant_numbers=[1, 2]))
    for case_id, county in ((CASE, "330203"), (NEIGHBOUR, "110105")):
        case_opened = intake.CaseOpened(exchange_id=str(EXCHANGE), county=county)
        cause = await register.write(StreamKey("case", str(case_id)), case_id, case_opened, cause=accepted)
        await court.write(JUDGMENT, EXCHANGE, handoff.EffectNoted(case_id=str(case_id)), cause=cause)
    last = handoff.MessageEffected(case_ids=[str(CASE), str(NEIGHBOUR)])
    await court.write(JUDGMENT, EXCHANGE, last, cause=cause)
    await world.settle()
    request = pb.GetCaseTrailRequest(case_id=str(CASE))
    whole = await world.stub("operator", "wang").GetCaseTrail(request, metadata=PURPOSE, timeout=10)
    assert [(s.causation_id, s.cause) for s in whole.steps if s.type.endswith("Effected")] == [
        (str(cause), "ELSEWHERE")
    ]
    told = await world.clerk.GetCaseTrail(request, metadata=PURPOSE, timeout=10)
    assert [(s.causation_id, s.cause) for s in told.steps if s.type.endswith("Effected")] == [
        ("", "ELSEWHERE")
    ]
    stream = ids.stream_id(INSTALLATION, "intake", "case", str(NEIGHBOUR))
    assert not any(str(one) in str(told) for one in (NEIGHBOUR, cause, stream))
    assert len(told.steps) == len(whole.steps)


async def test_a_case_of_another_county_does_not_exist(world: World) -> None:
    await lived(world)
    stranger = world.stub("staff", "110105/COUNTY_CCI/zhao")
    for ask in (
        stranger.GetCaseTrail(pb.GetCaseTrailRequest(case_id=str(CASE)), metadata=PURPOSE, timeout=10),
        stranger.ExportBundle(pb.ExportBundleRequest(case_id=str(CASE)), metadata=PURPOSE, timeout=10),
        world.clerk.GetCaseTrail(
            pb.GetCaseTrailRequest(case_id=str(case("none"))), metadata=PURPOSE, timeout=10
        ),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ask
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.clerk.ExportBundle(pb.ExportBundleRequest(case_id=str(CASE)), timeout=10)
    assert refused.value.code() != grpc.StatusCode.OK  # no purpose named


async def test_a_bundle_verifies_offline_and_a_tampered_copy_is_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await lived(world)
    bundle = await world.export(CASE)
    file, keys = tmp_path / "case.json", write_log_vkeys(world.home, INSTALLATION, LOGS)
    file.write_bytes(bundle)
    assert verify_offline([str(file), "--keys", str(keys), "--case", str(CASE)]) == 3  # no witness
    parsed = json.loads(bundle)
    assert {log["service"]: [len(s["events"]) for s in log["streams"]] for log in parsed["logs"]} == {
        "audit": [],
        "education": [4],
        "handoff": [4],
        "intake": [1],
    }
    event = parsed["logs"][1]["streams"][0]["events"][2]
    event["data"] = parsed["logs"][1]["streams"][0]["events"][1]["data"]
    file.write_text(json.dumps(parsed), encoding="utf-8")
    capsys.readouterr()
    assert verify_offline([str(file), "--keys", str(keys)]) == 1
    said = capsys.readouterr().out
    assert f"education，日志序号 {event['seq']}，版本 3，{kind(education.SessionArranged)}" in said


async def test_a_bundle_holds_what_audit_was_not_told_yet(world: World) -> None:
    await lived(world)
    register = world.logs["intake"]
    key = StreamKey("case", str(CASE))
    term = intake.TermComputed(start_date="2026-03-02", end_date="2027-03-01")
    await register.write(key, CASE, term)
    while register.sequencer.turn():
        pass
    register.checkpoints.turn()
    parsed = json.loads(await world.export(CASE))
    [log] = [log for log in parsed["logs"] if log["service"] == "intake"]
    assert len(log["streams"][0]["events"]) == 2
    assert (await world.verify("intake", "late")).state.verified == 3


async def test_an_event_that_comes_late_over_another_partition_bends_no_map(world: World) -> None:
    await lived(world)
    database, log = world.logs[OWN].database, "handoff"
    async with store.pool(database.dsn, service=OWN, min_size=1, max_size=2) as pool:
        queries = Queries(pool)
        size = len(await queries.entries(log, 0))
        assert size > 2
        whole = await Trees(queries).maps(log, size)
        for missing in (0, 1, size - 1):
            trees = Trees(queries)
            with world.logs[OWN].owner() as connection:
                connection.execute("create temp table kept (like log_entry)")
                connection.execute(
                    "with gone as (delete from log_entry where service = %s and seq >= %s returning *)"
                    " insert into kept select * from gone",
                    [log, missing],
                )
                assert (await trees.maps(log, size)).size == missing
                connection.execute("insert into log_entry select * from kept where seq > %s", [missing])
                assert (await trees.maps(log, size)).size == missing
                connection.execute("insert into log_entry select * from kept where seq = %s", [missing])
            assert (await trees.maps(log, size)).lines() == whole.lines()
