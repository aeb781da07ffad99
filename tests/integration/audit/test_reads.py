"""Reads that the services hand over become events of audit's own log, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.intake.v1 import events_pb2 as intake
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import meta
from eventcore.decider import StreamKey
from eventcore.testing import instant

from tests.integration.audit.world import PURPOSE, World, case, open_world


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "audit"), database_factory, topic, tmp_path) as made:
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
    stored = world.rows("select type, occurred_at from es.event where type like '%RecordRead'")
    assert [(kind, at) for kind, at in stored] == [
        ("corrections.audit.v1.RecordRead", instant("2026-03-01T09:00"))
    ] * 3
    assert world.rows("select count(*), count(distinct case_id) from case_read") == [(6, 2)]
    asked = pb.ListPersonReadsRequest(case_id=str(one))
    told = (await world.clerk.ListPersonReads(asked, metadata=PURPOSE, timeout=10)).reads
    assert [(r.reads, r.role, r.purpose, r.actor, r.refused) for r in told] == [
        ("case", "COUNTY_CCI", "review", "", "")
    ]
    # asking was recorded beside the data, before the answer
    assert world.rows("select count(*) from es.read_record") == [(1,)]


async def test_a_service_speaks_only_of_reads_at_itself(world: World):
    request = pb.RecordReadsRequest(request_id="batch", reads=[read("JO", service="education")])
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.stub("service", "intake").RecordReads(request, timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
