"""A person is erased by two people: the keys go, readers are told so, and the number finds nobody. Over real servers."""

from __future__ import annotations

from uuid import UUID

import grpc
import psycopg
import pytest
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from intake.domain.ids import key_id_of
from psycopg.conninfo import make_conninfo

from tests.integration.intake.test_intake import opened, person
from tests.integration.intake.world import World
from tests.integration.one_service import COUNTY, wait

SECOND = "staff/330203/COUNTY_CCI/zhou"
NUMBER = "330203199103030034"
PAPER, REASON = "缺少执行通知书第三联", "保管期限届满,经鉴定批准销毁"


def refused(world: World, method: str, request: object, *, by: str = COUNTY) -> str:
    with pytest.raises(grpc.RpcError) as error:
        world.call(method, request, by=by)  # pyright: ignore[reportArgumentType]
    return str(error.value.details()).partition(":")[0]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_person_is_erased_by_two_people_and_readers_are_told_so(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(
        world, "销毁一", person(name="欧阳销毁", identity_number=NUMBER, address="宁波市海曙区药行街")
    )
    came = pb.RecordReportingInRequest(
        request_id="来", case_id=str(case), missing_documents=[PAPER], mode=ev.RECEPTION_MODE_AT_OFFICE
    )
    world.call("RecordReportingIn", came)
    found = world.call("GetCase", pb.GetCaseRequest(case_id=str(case)))
    person_id, texts = found.case.person_id, found.texts

    def propose(id_: str, until: str = "2030-03-01") -> pb.ProposeErasureRequest:
        return pb.ProposeErasureRequest(request_id=id_, person_id=person_id, kept_until=until, reason=REASON)

    approve = pb.ApproveErasureRequest(request_id="b", person_id=person_id)
    assert refused(world, "ProposeErasure", propose("1")) == "CASE_RUNNING"
    world.at("2027-03-02T00:00")
    world.listed(case, "RELEASED")
    assert refused(world, "ProposeErasure", propose("2")) == "KEEPING_PERIOD_RUNS"
    world.at("2030-03-02T09:00")
    assert refused(world, "ApproveErasure", approve) == "ERASURE_NOT_PROPOSED"
    stranger = "staff/330205/COUNTY_CCI/zhao"
    assert refused(world, "ProposeErasure", propose("3"), by=stranger) == "NOT_FOUND"
    world.call("ProposeErasure", propose("4"))
    assert refused(world, "ApproveErasure", approve) == "ERASURE_NEEDS_SECOND_PERSON"
    read = pb.GetPersonRequest(request_id="r", person_id=person_id)
    assert world.call("GetPerson", read).identity_number == NUMBER
    only = pb.GetPersonRequest(request_id="only", person_id=person_id, erasure_only=True)
    unopened = world.call("GetPerson", only)
    assert (unopened.name, unopened.identity_number, unopened.address) == ("", "", "")
    assert unopened.erased.kept_until == "2030-03-01"
    assert not unopened.erased.HasField("at")
    world.call("ApproveErasure", approve, by=SECOND)
    wait(lambda: world.call("GetPerson", only).erased.HasField("at"), "erased")

    ask = pb.GetPersonRequest(request_id="after", person_id=person_id)
    wait(lambda: world.call("GetPerson", ask).erased.HasField("at"), "erased")
    told = world.call("GetPerson", ask)
    assert (told.name, told.identity_number, told.address) == ("", "", "")
    assert told.erased.reason == REASON
    assert (told.erased.proposed_by[-4:], told.erased.approved_by[-4:]) == ("wang", "zhou")
    again = world.call("GetCase", pb.GetCaseRequest(case_id=str(case)))
    assert (again.case.state, list(again.texts)) == ("RELEASED", list(texts))
    sealed = pb.OpenTextsRequest(request_id="o", case_id=str(case), texts=texts)
    opened_ = world.call("OpenTexts", sealed)
    assert (list(opened_.texts), opened_.erased) == ([], True)
    find = pb.FindCasesRequest(identity_number=NUMBER)
    assert list(world.call("FindCases", find, by="service/handoff").cases) == []
    assert world.query("select count(*) from es.event where type like %s", "%PersonErased") == [(1,)]
    with psycopg.connect(make_conninfo(world.dsn, dbname=f"intake_{world.suffix}_keys")) as keys:
        row = keys.execute(
            "select secret, destroyed_at is not null from key where key_id = %s", [key_id_of(UUID(person_id))]
        ).fetchone()
    assert row == (None, True)

    # a new decision about the same number opens the case of a new person
    world.at("2030-04-01T09:00")
    (back,) = opened(
        world, "销毁二", person(identity_number=NUMBER, effective_date="2030-03-20"), decided="2030-03-10"
    )
    assert world.case(back).person_id != person_id


def approved(world: World, name: str, number: str) -> str:
    """A person whose erasure is proposed and, by another officer, approved."""
    world.at("2031-03-03T09:00")
    one = person(effective_date="2031-03-02", identity_number=number)
    (case,) = opened(world, name, one, decided="2031-02-20")
    died = pb.RecordDeathRequest(request_id=f"died {name}", case_id=str(case), died_on="2031-03-02")
    world.call("RecordDeath", died)
    person_id: str = world.case(case).person_id
    proposal = pb.ProposeErasureRequest(
        request_id=f"p {name}", person_id=person_id, kept_until="2031-03-02", reason=REASON
    )
    world.call("ProposeErasure", proposal)
    return person_id


def is_erased(world: World, person_id: str) -> bool:
    found = world.query(
        "select 1 from es.event where subject = %s and type like '%%PersonErased'", UUID(person_id)
    )
    return bool(found)


def test_a_crash_after_the_keys_were_destroyed_is_followed_by_the_record(world: World):
    person_id = approved(world, "销毁三", "330203199404040040")
    with psycopg.connect(
        make_conninfo(world.dsn, dbname=f"intake_{world.suffix}_keys"), autocommit=True
    ) as keys:
        # as a process left it that died before it could write the record
        keys.execute(
            "update key set secret = null, destroyed_at = now() where key_id = %s",
            [key_id_of(UUID(person_id))],
        )
    world.call("ApproveErasure", pb.ApproveErasureRequest(request_id="c", person_id=person_id), by=SECOND)
    wait(lambda: is_erased(world, person_id), "recorded")


def test_an_erasure_waits_for_the_key_store_and_is_carried_out_once(world: World):
    person_id = approved(world, "销毁四", "330203199505050050")
    with psycopg.connect(make_conninfo(world.dsn, dbname=f"intake_{world.suffix}_keys")) as keys:
        # a lock that needs no transaction id: one would hold back the sequencer, and with it the command
        keys.execute("lock table key in share mode")
        approve = pb.ApproveErasureRequest(request_id="d", person_id=person_id)
        world.call("ApproveErasure", approve, by=SECOND)
        sent = "select 1 from es.command where subject = %s and answer is null"
        wait(lambda: bool(world.query(sent, UUID(person_id))), "sent and not answered")
        blocked = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
        wait(lambda: bool(world.query(blocked, f"intake_{world.suffix}_keys")), "waits for the keys")
        assert not is_erased(world, person_id)
    wait(lambda: is_erased(world, person_id), "carried out")
    kept = "select count(*) from es.event where subject = %s and type like '%%PersonErased'"
    assert world.query(kept, UUID(person_id)) == [(1,)]
