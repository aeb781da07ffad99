"""Reads that the services hand over become events of audit's own log, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import pytest
from audit import sealed
from audit.main import SERVICE
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import EventMeta
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import meta
from eventcore.decider import StreamKey
from eventcore.link import Link, connecting
from eventcore.rebuild import Rebuild
from eventcore.testing import instant
from servicekit.sealing import FileKey, KeyFileLost
from servicekit.testing import INSTALLATION

from tests.integration.audit.world import PURPOSE, World, case, open_world


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "handoff", "audit"), database_factory, topic, tmp_path) as made:
        yield made


def read(role: str, *, refused: str = "", service: str = "intake") -> pb.ReadAt:
    shown = ev.RecordRead(
        service=service,
        method="GetCase",
        reads="case",
        fields=["case"],
        actor=f"spiffe://guitu-test/staff/330203/{role}/li",
        unit="330203",
        role=role,
        purpose="review",
        cases=case("one").bytes + case("two").bytes,
        refused=refused,
    )
    return pb.ReadAt(at=meta.timestamp(instant("2026-03-01T09:00")), read=shown)


def procuratorate(world: World) -> Any:
    """Audit as the county's procuratorate sees it."""
    return world.stub("agency", "proc")


async def test_a_batch_sent_twice_is_one_event_a_read_and_the_person_is_told_what_the_law_allows(
    world: World,
):
    one = case("one")
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    await world.settle()
    reads = [read("COUNTY_CCI"), read("PROC_COUNTY"), read("JO", refused="NOT_FOUND")]
    request = pb.RecordReadsRequest(request_id="batch", reads=reads)
    stub = world.stub("service", "intake")
    first = await stub.RecordReads(request, timeout=10)
    assert await stub.RecordReads(request, timeout=10) == first
    await world.settle()
    assert world.rows("select type, count(*) from es.event group by 1") == [
        ("corrections.audit.v1.RecordRead", 1)
    ]
    assert world.rows("select count(*), count(distinct case_key) from case_read") == [(6, 2)]
    asked = pb.ListPersonReadsRequest(case_id=str(one))
    told = (await world.clerk.ListPersonReads(asked, metadata=PURPOSE, timeout=10)).reads
    assert [(r.reads, r.role, r.purpose, r.actor, r.refused) for r in told] == [
        ("case", "COUNTY_CCI", "review", "", "")
    ]
    # asking was recorded beside the data, before the answer
    assert world.rows("select count(*) from es.read_record") == [(1,)]


async def test_the_log_tells_nobody_who_read_whose_record(world: World):
    """Neither the events nor the tables, the topic's rows or the waiting reads hold a word of it."""
    one = case("one")
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    await world.settle()
    request = pb.RecordReadsRequest(request_id="batch", reads=[read("COUNTY_CCI"), read("PSB_COUNTY")])
    await world.stub("service", "intake").RecordReads(request, timeout=10)
    await world.settle()
    asked = pb.ListPersonReadsRequest(case_id=str(one))
    told = (await world.clerk.ListPersonReads(asked, metadata=PURPOSE, timeout=10)).reads
    assert [r.at for r in told] == [request.reads[0].at]  # what is hidden can still be read by who may
    secrets = [b"GetCase", b"/li", b"PSB_COUNTY", b"review", *(case(name).bytes for name in ("one", "two"))]
    tables = ("es.event", "es.log", "es.read_record", "own_entry", "case_read", "es.parked")
    for table in tables:
        for (row,) in world.rows(f"select convert_to(t::text, 'UTF8') from {table} t"):
            written = [form for secret in secrets for form in (secret, secret.hex().encode())]
            assert not [form for form in written if form in row], table
    [(meta_, subject, stream)] = world.rows("select meta, subject, stream_id from es.event")
    said = EventMeta.FromString(meta_)
    assert (said.actor.rsplit("/", 1)[-1], said.role, subject) == ("intake", "SERVICE", stream)


async def test_refused_attempts_alike_of_one_caller_are_counted(world: World):
    one = case("one")
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    await world.settle()
    attempts = [read("JO", refused="NOT_FOUND") for _ in range(150)]
    for number, attempt in enumerate(attempts[1:]):
        attempt.read.cases = case(f"no case {number}").bytes
    request = pb.RecordReadsRequest(request_id="batch", reads=[*attempts, read("JO")])
    await world.stub("service", "intake").RecordReads(request, timeout=10)
    await world.settle()
    found = (
        await procuratorate(world).ListReads(
            pb.ListReadsRequest(case_id=str(one)), metadata=PURPOSE, timeout=10
        )
    ).reads
    assert [(r.refused, r.times, r.shown) for r in found] == [("NOT_FOUND", 150, 151), ("", 0, 2)]


async def test_reads_that_an_older_release_stored_in_the_clear_are_still_told(world: World):
    one = case("one")
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    await world.logs["audit"].write(StreamKey("reads", "old"), one, read("COUNTY_CCI").read)
    request = pb.RecordReadsRequest(request_id="batch", reads=[read("JO")] * 3)
    await world.stub("service", "intake").RecordReads(request, timeout=10)
    await world.settle()
    stub, roles, token = procuratorate(world), list[str](), ""
    while not roles or token:
        asked = pb.ListReadsRequest(case_id=str(one), page_size=1, page_token=token)
        answer = await stub.ListReads(asked, metadata=PURPOSE, timeout=10)
        roles += [r.role for r in answer.reads]
        token = answer.next_page_token
    assert roles == ["COUNTY_CCI", "JO", "JO", "JO"]


async def test_a_read_of_an_exchange_is_found_by_the_readers_of_its_case(world: World):
    one, exchange = case("one"), case("exchange")
    key = StreamKey("exchange", str(exchange))
    opened = intake.CaseOpened(county="330203", exchange_id=str(exchange))
    await world.logs["intake"].write(StreamKey("case", str(one)), one, opened)
    effect = handoff.EffectNoted(case_id=str(one))
    await world.logs["handoff"].write(key, exchange, effect)
    await world.settle()
    of_exchange = read("OPERATOR", service="handoff")
    of_exchange.read.cases = exchange.bytes
    request = pb.RecordReadsRequest(request_id="batch", reads=[of_exchange])
    await world.stub("service", "handoff").RecordReads(request, timeout=10)
    await world.settle()
    asked = pb.ListReadsRequest(case_id=str(one))
    found = (await procuratorate(world).ListReads(asked, metadata=PURPOSE, timeout=10)).reads
    assert [(r.service, r.role) for r in found] == [("handoff", "OPERATOR")]


async def test_a_judicial_office_hands_out_the_reads_of_its_own_cases_and_no_others(world: World):
    one, two = case("one"), case("two")
    for id_, office in ((one, "330203002"), (two, "330203004")):
        opened = intake.CaseOpened(county="330203", office=office)
        await world.logs["intake"].write(StreamKey("case", str(id_)), id_, opened)
    request = pb.RecordReadsRequest(request_id="batch", reads=[read("COUNTY_CCI")])
    await world.stub("service", "intake").RecordReads(request, timeout=10)
    await world.settle()
    office = world.stub("staff", "330203002/JO/chen")
    asked = pb.ListPersonReadsRequest(case_id=str(one))
    told = (await office.ListPersonReads(asked, metadata=PURPOSE, timeout=10)).reads
    assert [r.role for r in told] == ["COUNTY_CCI"]
    other = pb.ListPersonReadsRequest(case_id=str(two))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await office.ListPersonReads(other, metadata=PURPOSE, timeout=10)
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND


async def test_a_service_speaks_only_of_reads_at_itself(world: World):
    request = pb.RecordReadsRequest(request_id="batch", reads=[read("JO", service="education")])
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.stub("service", "intake").RecordReads(request, timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_without_the_key_of_the_log_nobody_is_told_that_nobody_has_read(world: World, tmp_path: Path):
    """A restore without the keys' half: no new key is made, lists and new reads are refused, all else goes on."""
    one, keys = case("one"), tmp_path / "keys"
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    [batch] = sealed.sealed([read("JO")], FileKey.load(world.home, sealed.NAME)).batches
    await world.logs["audit"].write(StreamKey("reads", "first"), one, ev.RecordRead(sealed=batch))
    await world.settle()
    file = keys / "audit-reads.master"
    kept = file.read_bytes()
    proc, service = procuratorate(world), world.stub("service", "intake")
    asked, person = pb.ListReadsRequest(case_id=str(one)), pb.ListPersonReadsRequest(case_id=str(one))
    more = pb.RecordReadsRequest(request_id="more", reads=[read("COUNTY_CCI")])
    for wrong in (None, bytes(32), b"short"):
        file.unlink(missing_ok=True)
        if wrong is not None:
            file.write_bytes(wrong)
            file.chmod(0o600)
        for call in (
            proc.ListReads(asked, metadata=PURPOSE, timeout=10),
            world.clerk.ListPersonReads(person, metadata=PURPOSE, timeout=10),
            service.RecordReads(more, timeout=10),
        ):
            with pytest.raises(grpc.aio.AioRpcError, match="READS_NOT_READABLE") as refused:
                await call
            assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
        await world.stub("operator", "wang").ListLogs(pb.ListLogsRequest(), timeout=10)
        assert file.exists() == (wrong is not None)
        [projection] = [p for p in SERVICE.projections_of(world.home) if p.name == "reads"]
        link = Link(connecting(world.logs["audit"].database.dsn, "rebuild"))
        with (
            closing(Rebuild(link, projection, installation=INSTALLATION, service="audit")) as rebuild,
            pytest.raises(KeyFileLost, match=file.name),
        ):
            rebuild.check()
    file.write_bytes(kept)
    await service.RecordReads(more, timeout=10)  # it waited, and nothing was lost
    await world.settle()
    answer = await proc.ListReads(asked, metadata=PURPOSE, timeout=10)
    assert ([r.role for r in answer.reads], answer.incomplete) == (["JO", "COUNTY_CCI"], False)
    with world.logs["audit"].owner() as connection:
        connection.execute(
            "insert into es.parked select 'reads', '', stream_id, 1, '', 1, es.now() from es.event limit 1"
        )
    assert (await proc.ListReads(asked, metadata=PURPOSE, timeout=10)).incomplete


ALTERED = {
    "update es.event set data = set_byte(data, 40, get_byte(data, 40) # 255)": "BYTES_CHANGED",
    "update es.event set data = ''": "BYTES_CHANGED",
    "update es.event set data = substring(data for 30)": "BYTES_CHANGED",
    "delete from es.event": "EVENT_MISSING",
    "delete from es.log": "EVENT_MISSING",
}
"""What a superuser does to an event, and what is found."""


async def test_batches_that_a_superuser_altered_are_named_in_their_place_and_all_other_reads_are_told(
    world: World,
):
    """The first is among them, by which a new process of audit knows its key."""
    one = case("one")
    await world.logs["intake"].write(StreamKey("case", str(one)), one, intake.CaseOpened(county="330203"))
    service = world.stub("service", "intake")
    for number in range(len(ALTERED) + 1):
        reads = [read("JO"), read("PSB_COUNTY")]
        await service.RecordReads(pb.RecordReadsRequest(request_id=f"{number}", reads=reads), timeout=10)
    await world.settle()
    places = world.rows("select seq, stream_id from es.log order by seq")
    for (_, stream), statement in zip(places, ALTERED, strict=False):
        world.logs["audit"].tamper(f"{statement} where stream_id = %s", stream)
    proc, told, token = procuratorate(world), list[pb.CaseRead](), ""
    while not told or token:
        asked = pb.ListReadsRequest(case_id=str(one), page_size=5, page_token=token)
        answer = await proc.ListReads(asked, metadata=PURPOSE, timeout=10)
        told += answer.reads
        token = answer.next_page_token
    damaged = [
        pb.CaseRead(seq=seq, finding=found) for (seq, _), found in zip(places, ALTERED.values(), strict=False)
    ]
    assert told[:-2] == [row for row in damaged for _ in ("JO", "PSB_COUNTY")]
    assert [(r.role, r.finding) for r in told[-2:]] == [("JO", ""), ("PSB_COUNTY", "")]
    person = pb.ListPersonReadsRequest(case_id=str(one))
    handed_out = (await world.clerk.ListPersonReads(person, metadata=PURPOSE, timeout=10)).reads
    assert handed_out[:-1] == damaged
    assert [(r.role, r.finding) for r in handed_out[-1:]] == [("JO", "")]
    assert ("audit", places[0][0]) in world.rows("select log, seq from doubt")  # audit looks at it by itself
    batches = (row[0] for row in world.rows(sealed.BATCHES))
    assert sealed.reads_key(world.home, batches).key_id == FileKey.load(world.home, sealed.NAME).key_id
