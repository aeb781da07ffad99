"""The real judgments, pushed by their courts over the public contract: 104 persons come under supervision.

A published judgment does not say everything: what is the same for all and invented, the fixed day of those without a
date among it, is told in tests/unit/handoff/judgments.py. Skips where the data are not beside the repository.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pytest
from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1 import messages_pb2 as msg
from lawkit import load_law
from lawkit.terms import Length, term

from tests.e2e.world import COUNTY, World
from tests.unit.handoff import judgments

pytestmark = pytest.mark.skipif(
    not judgments.FOLDER.is_dir(), reason="the data are not beside the repository"
)
SUPERVISED = 104
ALL = 122


@dataclass(frozen=True)
class Pushed:
    """What was sent, by (court, message id), and the first answer."""

    courts: Mapping[str, str]
    records: Mapping[tuple[str, str], judgments.Record]
    receipts: Mapping[tuple[str, str], list[msg.Receipt]]


@pytest.fixture(scope="module")
def pushed(world: World) -> Pushed:
    """Every judgment was sent once by its own court, and the system has come to rest."""
    records = list(judgments.records())
    names = sorted({record.get("court") or "未署名法院" for record in records})
    codes = {name: f"court-{number:03}" for number, name in enumerate(names, start=1)}
    world.register({code: name for name, code in codes.items()})
    by_court = {(codes[one.get("court") or "未署名法院"], one["id"]): one for one in records}

    def push(key: tuple[str, str]) -> list[msg.Receipt]:
        court, _ = key
        return world.submit(court, judgments.message(by_court[key], organ_code=court, county=COUNTY))

    with ThreadPoolExecutor(4) as pool:
        receipts = dict(zip(by_court, pool.map(push, by_court), strict=True))
    world.settled()
    return Pushed({code: name for name, code in codes.items()}, by_court, receipts)


def test_each_judgment_is_answered_by_signed_receipts_and_only_those_with_a_subject_are_accepted(
    pushed: Pushed,
):
    assert len(pushed.receipts) == ALL
    for key, receipts in pushed.receipts.items():
        assert {(one.message_id, one.sender) for one in receipts} == {(key[1], key[0])}
        stages = [one.stage for one in receipts]
        if pushed.records[key]["persons"]:
            assert stages == [msg.STAGE_RECEIVED, msg.STAGE_ACCEPTED], key
        else:
            assert stages == [msg.STAGE_RECEIVED, msg.STAGE_REFUSED], key
            assert receipts[-1].refusal.code == "NO_SUBJECT"
            assert receipts[-1].refusal.article
            assert receipts[-1].refusal.remedy_zh


def test_104_cases_are_opened_and_none_from_the_other_judgments(world: World, pushed: Pushed):
    cases = world.cases(pushed.courts)
    wanted = {
        world.case_id(court, message_id, number)
        for (court, message_id), record in pushed.records.items()
        for number in range(1, len(record["persons"]) + 1)
    }
    assert len(cases) == SUPERVISED
    assert {case.case_id for case in cases} == wanted
    assert Counter(case.county for case in cases) == {COUNTY: SUPERVISED}


def test_each_term_is_the_one_that_the_law_computes(world: World, pushed: Pushed):
    law = load_law()
    exchanges = {world.exchange(*key): record for key, record in pushed.records.items()}
    for case in world.cases(pushed.courts):
        record = exchanges[case.exchange_id]
        person = record["persons"][case.defendant_number - 1]
        start = date.fromisoformat(record.get("judgment_date") or judgments.FIXED_DAY)
        on_probation = person["probation_or_control"] == "缓刑"
        months = person["probation_months"] if on_probation else person["term_months"]
        days = person["probation_days"] if on_probation else person["term_days"]
        kind = "PROBATION" if on_probation else "PUBLIC_SURVEILLANCE"
        due = term(law, kind, start, Length(months=months, days=days))
        assert facts.SubjectKind.Name(case.kind) == f"SUBJECT_KIND_{kind}"
        assert (case.start_date, case.end_date) == (due.start.isoformat(), due.end.isoformat()), record["id"]


def test_the_courts_hear_of_every_case_that_their_judgment_opened(world: World, pushed: Pushed):
    for (court, message_id), record in pushed.records.items():
        last = world.receipts(court, message_id)[-1]
        if record["persons"]:
            assert last.stage == msg.STAGE_EFFECTED
            numbers = range(1, len(record["persons"]) + 1)
            assert set(last.case_ids) == {world.case_id(court, message_id, number) for number in numbers}
        else:
            assert last.stage == msg.STAGE_REFUSED
