"""Which event tells whom (notices.yaml), and who is meant by a role and a county."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from contracts import registry
from corrections.common.v1.common_pb2 import LawRef
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision
from google.protobuf.message import Message
from handoff.notices import addressee
from handoff.processes.notices import TABLE, Case, Entry, Told, requests
from lawkit import load_law
from servicekit.agencies import Agencies

ENTRIES = [(event, entry) for event, entries in TABLE.items() for entry in entries]
IDS = [f"{event.DESCRIPTOR.name} {entry.to[0]} {entry.rule}" for event, entry in ENTRIES]
AT = datetime(2026, 3, 2, tzinfo=UTC)


def told(event: Message, kind: str = "PROBATION") -> list[tuple[str, str, bool]]:
    """Addressee, rule and whether it is a copy, of each notice."""
    case = Case("330203", "court", kind)
    found = requests(Told(UUID(int=1), UUID(int=2), AT, event), case)
    return [(request.to, request.rule, request.copy) for request in found]


@pytest.mark.parametrize(("event", "entry"), ENTRIES, ids=IDS)
def test_every_notice_rests_on_a_rule_and_tells_existing_facts(event: type[Message], entry: Entry):
    rule = load_law().rule(entry.rule)
    assert rule.title_zh
    assert set(entry.facts) <= set(event.DESCRIPTOR.fields_by_name)
    assert set(entry.when) <= {"kind", *event.DESCRIPTOR.fields_by_name}


@pytest.mark.parametrize(("event", "entry"), ENTRIES, ids=IDS)
def test_free_text_about_a_person_goes_along_sealed(event: type[Message], entry: Entry):
    sealed = {f.name for f in event.DESCRIPTOR.fields if registry.personal(f)}
    assert not sealed & set(entry.facts)
    assert set(entry.texts) <= sealed


@pytest.mark.parametrize(("event", "entry"), ENTRIES, ids=IDS)
def test_whom_the_rule_names_to_be_copied_is_told(event: type[Message], entry: Entry):
    """Copies that a rule of this event demands from a county institution, as far as the addressee can be known."""
    wanted = set(load_law().rule(entry.rule).copy_to)
    # which prison held a parolee stands in no contract yet
    wanted -= {"PRISON", "COURT_ORIGINAL", "IMMIG"}
    told_roles = {one.to[0] for one in TABLE[event]}
    if "PROC_CITY" in told_roles:
        # reductions are ruled on by the intermediate court: the city's procuratorate has its level
        told_roles.add("PROC_COURT_LEVEL")
    assert wanted <= told_roles, wanted - told_roles


@pytest.mark.parametrize("event", TABLE, ids=[event.DESCRIPTOR.name for event in TABLE])
@pytest.mark.parametrize("filled", [False, True])
def test_every_fact_can_be_written(event: type[Message], filled: bool):
    made = event()
    for field in event.DESCRIPTOR.fields if filled else []:
        if field.enum_type is not None:
            value = field.enum_type.values[1].number
            made.MergeFrom(event(**{field.name: [value, value] if field.is_repeated else value}))
    for kind in ("PROBATION", "PAROLE"):
        told(made, kind)


def test_a_lost_contact_is_told_to_the_procuratorate_at_once():
    assert told(supervision.ContactLost()) == [("PROC_COUNTY@330203", "missing.notify-procuratorate", False)]


def test_a_short_leave_is_told_to_nobody_and_one_of_the_higher_office_to_the_procuratorate():
    assert told(supervision.LeaveApproved(approver=supervision.APPROVER_COUNTY)) == []
    [(to, rule, _)] = told(supervision.LeaveApproved(approver=supervision.APPROVER_HIGHER))
    assert (to, rule) == ("PROC_COUNTY@330203", "leave.higher-approval.notify-procuratorate")


def test_a_revocation_of_parole_is_also_copied_to_the_police():
    proposed = supervision.RevocationProposed(ground=LawRef(rule="r", article="a"), ruling_due="2026-04-01")
    level = "PROC_COURT_LEVEL@330203/court"
    assert [to for to, _, _ in told(proposed)] == ["court", f"{level},PROC_COUNTY@330203"]
    assert [to for to, _, _ in told(proposed, "PAROLE")] == [
        "court",
        f"{level},PROC_CITY@330203,PROC_COUNTY@330203",
        "PSB_COUNTY@330203",
    ]


def test_a_death_is_notified_like_a_release_and_a_revocation_is_the_courts_own_word():
    died = intake.Terminated(ground=intake.TERMINATION_GROUND_DIED, on="2026-03-01")
    assert [to for to, _, _ in told(died)] == ["court", "PROC_COUNTY@330203", "PSB_COUNTY@330203"]
    assert told(intake.Terminated(ground=intake.TERMINATION_GROUND_REVOKED)) == []


def test_the_same_event_asks_for_the_same_exchanges():
    case = Case("330203", "court", "PROBATION")
    twice = [
        [r.exchange_id for r in requests(Told(UUID(int=1), UUID(int=2), AT, intake.Released()), case)]
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) == 3


@pytest.fixture
def agencies(tmp_path: Path) -> Agencies:
    """Agencies of a county and its city."""
    entries = [
        {"code": "proc", "kind": "PROC_COUNTY", "name_zh": "区检察院", "unit": "330203"},
        {
            "code": "court",
            "kind": "COURT",
            "name_zh": "区法院",
            "unit": "330203",
            "speaks_for": ["old-court"],
        },
        {"code": "city-court", "kind": "COURT", "name_zh": "中级法院", "unit": "3302"},
        {"code": "city-proc", "kind": "PROC", "name_zh": "市检察院", "unit": "3302"},
    ]
    (tmp_path / "agencies.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    return Agencies.of(tmp_path)


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        ("PROC_COUNTY@330203", "proc"),
        ("PROC_COUNTY@330205", "PROC_COUNTY@330205"),
        ("PSB_COUNTY@330203", "PSB_COUNTY@330203"),
        ("court", "court"),
        ("old-court", "court"),
        ("elsewhere", "elsewhere"),
        ("COURT_CITY@330203,court", "city-court"),
        ("PROC_COURT_LEVEL@330203/court", "proc"),
        ("PROC_COURT_LEVEL@330203/city-court", "city-proc"),
        ("PROC_COURT_LEVEL@330203/elsewhere,PROC_COUNTY@330203", "proc"),
        ("PROC_CITY@330203,PROC_COUNTY@330203", "city-proc"),
        ("PROC_CITY@440305,court", "court"),
        ("COURT_CITY@440305,court", "court"),
        ("COURT_CITY@440305,elsewhere", "COURT_CITY@440305"),
    ],
)
def test_an_addressee_is_the_first_that_is_registered(agencies: Agencies, candidates: str, found: str):
    assert addressee(agencies, candidates) == found
