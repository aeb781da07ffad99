"""Scenarios say exactly what is wrong with them, and the official cases are read whole."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent

import pytest
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.supervision.v1 import events_pb2 as events
from corrections.supervision.v1 import service_pb2 as supervision
from sandbox.ids import case_id, exchange_id
from sandbox.registry import entries
from sandbox.requests import Cast
from sandbox.scenario import Scenario, ScenarioError, county_frame, load_text, official

FRAME = """
    title: t
    source: s
    credit: c
    agencies: [{code: court-1, kind: COURT, name_zh: 法院, unit: "330203"}]
    cases: {a: {title: 甲, organ_code: court-1, case_number: n1, county: "330203"}}
    acts:
"""


def scenario(*acts: str) -> Scenario:
    return load_text("x", dedent(FRAME) + "".join(f"  - {a}\n" for a in acts))


PUSH = (
    "{at: 2026-03-02, case: a, do: push, as: court-1, message: Judgment, with: {decision_date: 2026-03-01}}"
)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            "{at: 2026-03-02, case: b, do: push, as: c, message: Judgment}",
            r"acts\[0\].case: got b, want one of a",
        ),
        ("{at: 2026-03-02, case: a, do: dance, as: c, message: Judgment}", "do: got dance"),
        ("{at: 2026-03-02, case: a, do: push, as: c, message: Poem}", "message: got Poem"),
        ("{at: 2026-03-02, case: a, do: call, as: c, call: intake.Close}", "call: got intake.Close"),
        ("{at: 2026-03-02, case: a, do: expect, event: intake.Slept}", "event: got intake.Slept"),
        (
            "{at: 2026-03-02 10:30:00, case: a, do: push, as: c, message: Judgment}",
            "got 10:30, want one of 09:00",
        ),
        ("{at: soon, case: a, do: push, as: c, message: Judgment}", "got 'soon', want a date"),
        ("{at: 2026-03-02, case: a, do: push, as: c, message: Judgment, mood: bad}", "got mood, want only"),
        ("{at: 2026-03-02, case: a, do: push, as: c, message: Judgment, expect: maybe}", "got 'maybe'"),
        ("{at: 2026-03-02, case: a, do: push, message: Judgment}", "as: got None, want a text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(act: str, said: str):
    with pytest.raises(ScenarioError, match=said):
        scenario(act)


def test_acts_stand_in_the_order_of_time():
    with pytest.raises(ScenarioError, match="no earlier than the act before"):
        scenario(PUSH, PUSH.replace("2026-03-02", "2026-03-01"))


def test_a_day_means_nine_in_the_morning_in_shanghai():
    assert scenario(PUSH).acts[0].at == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_ids_come_from_scenario_case_and_number():
    found = scenario(PUSH)
    message = Cast([found], "guitu-test").prepare(found.acts[0]).message
    assert message == msg.Judgment(message_id="x/a/1", decision_date="2026-03-01")


def test_a_call_names_the_case_that_its_judgment_opens():
    found = scenario(
        PUSH,
        "{at: 2026-03-03, case: a, do: call, as: JO@330203001, call: supervision.RecordReport,"
        " with: {method: REPORT_METHOD_PHONE}}",
    )
    case = case_id(exchange_id("guitu-test", "court-1", "x/a/1"), 1)
    assert Cast([found], "guitu-test").prepare(found.acts[1]).message == supervision.RecordReportRequest(
        request_id="x/a/2", case_id=str(case), method=events.REPORT_METHOD_PHONE
    )


def test_an_act_may_refer_to_the_exchange_of_another():
    found = scenario(
        PUSH,
        "{at: 2026-03-03, case: a, do: push, as: proc-1, message: CorrectionOpinion, label: opinion}",
        "{at: 2026-03-04, case: a, do: call, as: X@1, call: supervision.AnswerCorrectionOpinion,"
        " with: {exchange_id: {act: opinion}, answer: 好}}",
    )
    message = Cast([found], "guitu-test").prepare(found.acts[2]).message
    assert isinstance(message, supervision.AnswerCorrectionOpinionRequest)
    assert message.exchange_id == str(exchange_id("guitu-test", "proc-1", "x/a/opinion"))


def test_a_field_that_the_contract_does_not_have_is_named():
    found = scenario(PUSH.replace("decision_date", "mood"))
    with pytest.raises(ScenarioError, match=r"x/a #1 2026-03-02 09:00 push Judgment: .*mood"):
        Cast([found], "guitu-test").prepare(found.acts[0])


@pytest.mark.parametrize("found", official(), ids=lambda s: s.name)
def test_an_official_case_fits_the_contracts_and_marks_what_is_invented(found: Scenario):
    everyone = Cast([found], "guitu-test")
    prepared = [everyone.prepare(act) for act in found.acts]
    assert any(act.do == "expect" for act in found.acts)
    assert any(act.invented for act in found.acts)
    assert len({p.act.id for p in prepared}) == len(prepared)
    known = {a.code for a in found.agencies}
    assert all("@" in a.principal or a.principal in known for a in found.acts if a.principal)


def test_agencies_of_all_scenarios_agree():
    codes = [e.code for e in entries((*official(), county_frame()))]
    assert codes == sorted(set(codes))
