"""What a draft of the rules would change in invented cases: exact lists, by the services' own deciders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from eventcore.event import Event
from guitu_cli.law_differences import Change, Laws, unlike
from guitu_cli.law_simulating import Simulation, draft_of
from lawkit import Law, load_law
from lawkit.errors import WrongFile

from tests.bench.histories import Life, county, known_services

RULES = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
TODAY = load_law()
NOW = datetime(2026, 12, 31, tzinfo=UTC)
WARNING = "warning.ground.other-serious"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def drafted(rule: str, was: str, becomes: str, rules: str = RULES) -> str:
    """The rules with this one thing said otherwise in one rule."""
    head, begin, rest = rules.partition(f"\n- id: {rule}\n")
    body, end, tail = rest.partition("\n- id: ")
    assert body.count(was) == 1
    return head + begin + body.replace(was, becomes) + end + tail


def law(rule: str, was: str, becomes: str) -> Law:
    return draft_of(drafted(rule, was, becomes).encode(), "draft.yaml", TODAY)


SEVEN_DAYS = law("intake.report.deadline", "duration: 10", "duration: 7")
ONE_WARNING = law("revoke.probation.ground.two-warnings", "value: 2", "value: 1")
THREE_WARNINGS = law("revoke.probation.ground.two-warnings", "value: 2", "value: 3")


def changed(life: Life, draft: Law, days: tuple[date, date] = YEAR, now: datetime = NOW) -> Sequence[Change]:
    simulation = Simulation(known_services(), Laws(TODAY, draft), *days)
    try:
        found = simulation.case(life.case_id, life.events(), now)
        assert simulation.summary.unlike == []
        return found
    finally:
        simulation.close()


def told(found: Sequence[Change]) -> list[tuple[str, str, str, str]]:
    return [(str(c.day), c.what, c.was, c.becomes) for c in found]


CLOCK = "期限：判决、裁定生效之日起十日内报到"


def test_a_shorter_time_for_reporting_in_moves_the_clock():
    assert told(changed(Life(1).opened().reported(3), SEVEN_DAYS)) == [
        ("2026-01-05", CLOCK, "2026-01-15 24:00", "2026-01-12 24:00")
    ]


def test_who_came_in_time_is_late_under_the_draft_and_every_service_draws_its_consequence():
    found = told(changed(Life(1).opened().reported(9), SEVEN_DAYS))
    assert [(what, was, becomes) for _, what, was, becomes in found[:1]] == [
        (CLOCK, "2026-01-15 24:00", "2026-01-12 24:00")
    ]
    assert {(day, what): (was, becomes) for day, what, was, becomes in found[1:]} == {
        ("2026-01-13", "逾期未报到"): ("—", "2026-01-13 期限日=2026-01-12"),
        ("2026-01-14", "已报到登记"): ("迟到天数=0", "迟到天数=2"),
        ("2026-01-14", "处置建议已提出"): (
            "—",
            "2026-01-14 依据=社区矫正法实施办法 第三十四条第一项(admonition.ground.late-or-out-ten-days) 措施=ADMONITION",
        ),
    }


def test_a_draft_that_begins_later_changes_nothing_before_it():
    rule = re.search(r"\n- id: intake\.report\.deadline\n.*?(?=\n- id: )", RULES, re.S)
    count = re.search(r"counts: \{rules: (\d+)", RULES)
    assert rule is not None
    assert count is not None
    old = rule[0].replace("in_force_to: null", 'in_force_to: "2026-01-31"')
    new = rule[0].replace("duration: 10", "duration: 7").replace('"2020-07-01"', '"2026-02-01"')
    text = RULES.replace(rule[0], old + new)
    text = text.replace(count[0], f"counts: {{rules: {int(count[1]) + 1}")
    february = draft_of(text.encode(), "draft.yaml", TODAY)

    assert changed(Life(1).opened().reported(9), february) == []
    after = Life(2, datetime(2026, 2, 2, 1, tzinfo=UTC)).opened().reported(3)
    assert told(changed(after, february)) == [("2026-02-02", CLOCK, "2026-02-12 24:00", "2026-02-09 24:00")]


def test_fewer_warnings_open_the_proposal_earlier():
    life = Life(1).opened().reported(3).warned(40, WARNING).warned(60, WARNING)
    assert [(str(c.day), c.what, c.was, c.rule, c.tasks) for c in changed(life, ONE_WARNING)] == [
        ("2026-02-14", "可以：提请撤销缓刑或者假释", "—", "revoke.probation.ground.two-warnings", 1)
    ]


def test_more_warnings_close_what_was_open():
    life = Life(1).opened().reported(3).warned(40, WARNING).warned(60, WARNING)
    found = changed(life, THREE_WARNINGS)
    assert [(str(c.day), c.what, c.becomes, c.tasks) for c in found] == [
        ("2026-03-06", "可以：提请撤销缓刑或者假释", "—", -1)
    ]


def test_an_act_that_the_draft_refuses_is_told_and_goes_on_as_it_happened():
    # one line moved alone would contradict the others of its ladder
    text = drafted("leave.higher-approval.single", "duration: 30", "duration: 2")
    for rule, was, becomes in (
        ("leave.county-approval.max-days", "duration: 30", "duration: 2"),
        ("leave.higher-approval.two-months", "duration: 30", "duration: 2"),
        ("leave.higher-approval.two-months", "value: 30", "value: 2"),
        ("leave.county-approval.over-seven-days", "duration: 7", "duration: 1"),
        ("leave.office-approval.max-days", "duration: 7", "duration: 1"),
    ):
        text = drafted(rule, was, becomes, text)
    two_days = draft_of(text.encode(), "draft.yaml", TODAY)
    life = Life(1).opened().reported(3).away(20, 3, 23, approver="COUNTY_CCI")
    assert [(c.what, c.was, c.becomes) for c in changed(life, two_days)] == [
        ("已提出外出申请", "批准人=APPROVER_COUNTY", "批准人=APPROVER_HIGHER"),
        ("不准：外出申请批准", "—", "LEAVE_NEEDS_HIGHER_APPROVER"),
    ]


def test_facts_outside_of_the_days_are_not_listed():
    days = (date(2026, 2, 1), date(2026, 12, 31))
    assert changed(Life(1).opened().reported(9), SEVEN_DAYS, days) == []


def test_what_became_known_after_the_last_day_is_not_known():
    days = (date(2026, 1, 1), date(2026, 1, 10))
    assert [c.what for c in changed(Life(1).opened().reported(9), SEVEN_DAYS, days)] == [CLOCK]


def test_the_same_rules_change_nothing():
    same = draft_of(RULES.encode(), "draft.yaml", TODAY)
    assert changed(Life(1).opened().reported(9).warned(40, WARNING), same) == []


def test_a_draft_that_does_not_load_names_line_and_field():
    text = drafted("intake.report.deadline", "duration: 10", "duration: ten")
    with pytest.raises(WrongFile, match=r"line \d+: intake\.report\.deadline\.duration"):
        draft_of(text.encode(), "draft.yaml", TODAY)


def test_todays_law_leads_to_the_record_of_every_invented_life():
    simulation = Simulation(known_services(), Laws(TODAY, TODAY), *YEAR)
    for case_id, events in county(40):
        assert simulation.case(case_id, events, events[-1].recorded_at) == []
    simulation.close()
    assert (simulation.summary.cases, simulation.summary.unlike) == (40, [])


def test_what_was_decided_under_an_older_rule_set_is_replayed_under_it():
    life = Life(1).opened().reported(9)
    same = draft_of(RULES.encode(), "draft.yaml", TODAY)
    laws = Laws(SEVEN_DAYS, same)
    as_recorded = Simulation(known_services(), laws, *YEAR, lambda _: TODAY)
    by_todays = Simulation(known_services(), laws, *YEAR)
    assert as_recorded.case(life.case_id, life.events(), NOW) == []
    assert as_recorded.summary.unlike == []
    # the rules of now would make a late comer of who came in time
    by_todays.case(life.case_id, life.events(), NOW)
    assert by_todays.summary.unlike == [life.case_id]
    as_recorded.close()
    by_todays.close()


def test_a_rule_set_that_began_between_two_acts_decides_from_then_on():
    life = Life(1).opened().reported(9).warned(40, WARNING).warned(60, WARNING)
    began = datetime(2026, 2, 1, tzinfo=UTC)

    def then(event: Event) -> Law:
        return TODAY if event.recorded_at < began else SEVEN_DAYS

    simulation = Simulation(known_services(), Laws(SEVEN_DAYS, SEVEN_DAYS), *YEAR, then)
    # the draft moves the clock that the older rules had set, and nothing that the newer ones decided
    found = told(simulation.case(life.case_id, life.events(), NOW))
    assert (found[0][1:], simulation.summary.unlike) == ((CLOCK, "2026-01-15 24:00", "2026-01-12 24:00"), [])
    simulation.close()


def test_a_clock_that_is_only_watched_is_set_anew_as_well():
    rule = "release.summary"
    sixty = law(rule, "duration: 30", "duration: 60")
    [found] = changed(Life(1).opened().reported(3), sixty)
    assert (found.rule, found.what, found.deadline) == (rule, f"期限：{TODAY.rule(rule).title_zh}", True)
    assert (found.was, found.becomes) == ("2026-12-05 24:00", "2026-11-05 24:00")


def test_a_record_that_the_law_does_not_lead_to_is_named():
    events = list(Life(1).opened().reported(9).events())
    services = known_services()
    assert unlike(events, events[:-1], services)[0].startswith("- ")
    assert unlike(events[:-1], events, services)[0].startswith("+ ")
