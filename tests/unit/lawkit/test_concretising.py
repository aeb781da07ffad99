"""A local rule that restricts a person loads only within what a national rule leaves open; service always loads."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.concretising import faults, restrictions
from lawkit.model import RegionRule
from lawkit.rules import ALL_KINDS, Citation, Rule

LAW = load_law()
SERVICE = replace(
    LAW.rule("local.yuxi.monthly-meeting"), id="local.x.visit", type="duty", phase="supervision", title_zh="例会", title_en="meeting",
    actor=("JO",), kinds=(), quote=None, trigger="a new case", action="meet at the office", duration=None, unit=None, bound=None, note=None,
    in_force_from=date(2026, 1, 1),
)  # fmt: skip
# what an organ does towards a person, within verify.methods
VISIT = replace(
    SERVICE, title_zh="走访", title_en="visit", action="visit the family", kinds=ALL_KINDS, quote=None
)
# within report.regular: what is reported, not how often
WITHIN = replace(SERVICE, kinds=ALL_KINDS, type="interval", actor=("SUBJECT",), title_zh="定期报告", title_en="regular report",
                 trigger="period set by the institution", action="report on work and housing", on_breach="none stated")  # fmt: skip
NUMBERED = sorted({rule.id for rule in LAW.catalogue.rules if rule.duration and rule.binding == "national"})
DECIDING = ["approval", "ground", "liability", "prohibition", "threshold", "definition", "counting", "competence", "convention"]  # fmt: skip


def said(rule: Rule, ground: str | None = None) -> str:
    """Why the local rule does not load; empty when it does."""
    return "\n".join(map(str, faults(RegionRule(rule, ground), LAW, ("rules", 0))))


def test_service_and_what_offices_owe_needs_no_ground() -> None:
    assert said(SERVICE) == ""
    papers = {"type": "copy", "kinds": ALL_KINDS, "actor": ("JO",), "copy_to": ("COUNTY_CCI",)}
    assert said(replace(SERVICE, **papers, action="file the result")) == ""
    assert "ground: got None" in said(replace(SERVICE, **{**papers, "copy_to": ("UNIT",)}))
    assert "ground: got None" in said(replace(SERVICE, type="document", kinds=ALL_KINDS))
    assert said(replace(SERVICE, type="right", actor=("SUBJECT",), action="may ask for a course")) == ""


def quarterly(**changes: object) -> Rule:
    """A visit of the institution each quarter, as its cited text says."""
    counting = LAW.rule("local.yuxi.inspection").counting
    made = replace(VISIT, type="local", phase="local", actor=("COUNTY_CCI", "JO"), title_zh="每季度走访帮扶",
                   title_en="quarterly help visit", trigger="each quarter", action="help", duration=3, unit="month", bound="every",
                   counting=counting, quote="每季度对社区矫正对象开展一次考核评议")  # fmt: skip
    return replace(made, **changes)


ACTS = [
    ("每周家访", "weekly home visit with photographs of the home"), ("每周入户走访", "weekly visit at home"),
    ("看望家人", "drop in on the family"), ("帮扶", "help"), ("核对去向", "compare the ticket lists"), ("见面", "meet the person"),
]  # fmt: skip


@pytest.mark.parametrize(("title_zh", "action"), ACTS)
@pytest.mark.parametrize("rule_type", ["duty", "local", "interval", "document"])
def test_an_organs_act_towards_a_person_needs_a_ground_whatever_its_words(
    title_zh: str, action: str, rule_type: str
) -> None:
    found = said(replace(VISIT, type=rule_type, title_zh=title_zh, action=action, actor=("COUNTY_CCI",)))
    assert "local.x.visit.ground: got None, want a national rule that allows the restriction" in found
    assert "社区矫正法 第四条、第二十六条" in found
    assert "remedy: name in `ground`" in found


def test_an_act_loads_with_a_national_rule_that_leaves_it_open() -> None:
    assert said(replace(VISIT, type="duty"), "verify.methods") == ""
    assert said(quarterly(), "verify.methods") == ""
    assert "ground: got None" in said(quarterly())


@pytest.mark.parametrize(
    ("changes", "ground", "why"),
    [
        ({"title_zh": "每周走访帮扶"}, "verify.methods", "want words of the cited text that say weekly: 每周"),
        ({"title_en": "weekly help visit"}, "verify.methods", "say weekly"),
        ({"duration": 7, "unit": "day"}, "verify.methods", "say weekly"),
        ({"duration": 10, "unit": "day"}, "verify.methods", "got every 10 day"),
        ({"quote": None}, "verify.methods", "quote: got None, want words of the cited text that say quarterly"),
        ({"action": "help, with photographs of the home"}, "verify.methods", "says nothing of image"),
        ({"actor": ("COUNTY_CCI", "VC")}, "verify.methods", "which gives nothing to VC"),
        ({}, "group.tasks", "which gives nothing to COUNTY_CCI, JO"),
        ({}, "leave.return", "says nothing of visit"),
        ({"phase": "leave"}, "verify.methods", "verify.methods, of supervision"),
    ],
)  # fmt: skip
def test_a_ground_of_another_matter_or_a_frequency_that_nobody_wrote_carries_no_act(
    changes: dict[str, object], ground: str, why: str
) -> None:
    assert why in said(quarterly(**changes), ground)


def test_the_list_of_words_stays_a_second_net_for_rules_about_nobody() -> None:
    assert "its words say image, visit" in said(
        replace(SERVICE, action="visit the home and take photographs")
    )


@pytest.mark.parametrize("rule_type", DECIDING)
def test_what_decides_or_is_read_by_others_needs_a_ground(rule_type: str) -> None:
    assert "ground: got None" in said(replace(SERVICE, type=rule_type))


@pytest.mark.parametrize("bearer", ["SUBJECT", "GUARDIAN", "GUARANTOR"])
@pytest.mark.parametrize("rule_type", ["duty", "interval", "deadline", "document", "local", "copy"])
def test_what_a_person_bears_needs_a_ground(bearer: str, rule_type: str) -> None:
    assert f"for {bearer} bears it" in said(replace(SERVICE, type=rule_type, actor=("JO", bearer)))


TAKING = [
    "refuse every leave over 3 days", "call the person every day", "summon each person", "forbid leaving in the Spring Festival",
    "the person hands over the passport", "wear a bracelet", "submit a certificate of income", "spot checks at night", "report weekly",
    "the person must ask before any journey", "pay a deposit", "counts as leaving the city", "visit every family daily", "monitor the phone",
    "no leave in key periods", "a guarantor is needed", "postpone the answer", "decide later, when convenient", "punish lateness",
    "不得外出", "每日电话核查本人", "每周当面报告", "外出最多三日", "夜间抽查", "缴纳保证金", "提交思想汇报", "视为外出", "须经批准", "从严审批外出",
    "佩戴手环", "随传随到", "护照交司法所保管", "延长审批", "迟到一次即警告", "暂缓办理", "每天打卡", "补充材料后受理", "禁止会客", "限制出行", "责令检讨",
]  # fmt: skip


@pytest.mark.parametrize("text", TAKING)
def test_words_that_take_something_from_a_person_need_a_ground_in_whatever_field(text: str) -> None:
    for field in ("title_zh", "title_en", "trigger", "action", "on_breach", "note"):
        for rule_type in ("duty", "local", "interval", "document", "right"):
            rule = replace(SERVICE, type=rule_type, **{field: text})
            assert "ground: got None, want a national rule that allows the restriction" in said(rule)


def test_a_period_for_an_organs_decision_names_the_rule_that_it_concretises() -> None:
    wait = replace(SERVICE, type="deadline", action="answer the application", duration=30, unit="day", bound="at_most",
                   counting=LAW.rule("decision.notify-institution").counting)  # fmt: skip
    assert "it sets a period for an organ's decision" in said(wait)
    assert "got 30 day at_most, want 2 day of set.leave.decision-days" in said(
        wait, "leave.must-approve-justified"
    )
    assert said(replace(wait, duration=1), "leave.must-approve-justified") == ""


def test_an_organs_own_period_may_be_shorter_never_longer() -> None:
    national = LAW.rule("decision.notify-institution")
    local = replace(national, id="local.x.notify", binding="local", in_force_from=date(2026, 1, 1))
    assert said(replace(local, duration=3), national.id) == ""
    assert said(replace(local, duration=5), national.id) == ""
    assert "got 6 day at_most, want 5 day at_most" in said(replace(local, duration=6), national.id)
    # five working days are longer than five days
    other = replace(local, unit="working_day", counting=LAW.rule("assessment.term.ordinary").counting)
    assert "got 5 working_day at_most, want 5 day" in said(other, national.id)


def test_a_person_keeps_the_time_that_the_law_gives() -> None:
    national = LAW.rule("intake.report.deadline")
    for days in (3, 9, 11):
        local = replace(national, id="local.x.report", binding="local", duration=days)
        assert f"got {days} day at_most, want 10 day at_most of intake.report.deadline" in said(
            local, national.id
        )


def test_what_the_national_rule_leaves_open_may_be_concretised() -> None:
    assert said(WITHIN, "report.regular") == ""
    assert said(replace(WITHIN, type="local"), "report.regular") == ""


@pytest.mark.parametrize(
    ("changes", "ground", "why"),
    [
        ({}, "release.summary", "want a national rule of the same matter"),
        ({}, "leave.must-approve-justified", "want a national rule of the same matter"),
        ({}, "health.monthly-report", "which leaves nothing open"),
        ({}, "local.yuxi.inspection", "a national rule that is in force"),
        ({}, "history.2012.office-report-three-days", "a national rule that is in force"),
        ({}, "no.such.rule", "got 'no.such.rule'"),
        ({"type": "prohibition"}, "report.regular", "want a national rule of the same matter"),
        ({"actor": ("SUBJECT", "GUARDIAN")}, "report.regular", "which does not bind GUARDIAN"),
        ({"action": "report on work every day"}, "report.regular", "no number or frequency in words"),
        ({"action": "每周报告"}, "report.regular", "no number or frequency in words"),
        ({"duration": 7, "unit": "day", "bound": "every"}, "report.regular", "report.regular has none"),
        ({"threshold": {"op": "gte", "value": 2}}, "report.regular", "report.regular has none"),
        ({"documents": ("doc.leave.application",)}, "report.regular", "documents of report.regular"),
        ({"in_force_from": date(2019, 1, 1)}, "report.regular", "in force as long as the local one"),
    ],
)  # fmt: skip
def test_a_ground_that_does_not_carry_the_restriction_is_none(
    changes: dict[str, object], ground: str, why: str
) -> None:
    assert why in said(replace(WITHIN, **changes), ground)


def test_a_lower_line_does_not_load_with_the_line_itself_as_ground() -> None:
    for rule_id in (
        "warning.ground.two-admonitions",
        "revoke.probation.ground.two-warnings",
        "injunction.breach.serious-count",
    ):
        national = LAW.rule(rule_id)
        lower = replace(
            national, id="local.x.line", binding="local", threshold={**national.threshold, "value": 1}
        )
        assert "threshold: got value 1" in said(lower, rule_id)
        assert "which leaves nothing open" in said(lower, rule_id)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(NUMBERED), st.integers(1, 400), st.sampled_from([None, "local", "duty"]))
def test_no_number_of_the_law_moves_against_a_person(rule_id: str, length: int, as_type: str | None) -> None:
    national = LAW.rule(rule_id)
    local = replace(
        national, id="local.x.rule", binding="local", duration=length, type=as_type or national.type
    )
    found = said(local, rule_id)
    bears = {"SUBJECT", "GUARDIAN", "GUARANTOR"} & set(national.actor)
    assert national.duration is not None
    if length > national.duration or (length < national.duration and (bears or national.bound != "at_most")):
        assert found, "a longer wait, a shorter time, a lower line or a longer duty loads"
    if length != national.duration and (bears or next(restrictions(local), None)):
        assert found


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LAW.catalogue.rules), st.sampled_from(TAKING), st.sampled_from(["duty", "local", *DECIDING]),
    st.sampled_from(["SUBJECT", "JO", "COUNTY_CCI"]),
)  # fmt: skip
def test_a_restriction_loads_with_no_ground_but_an_open_one_of_its_own_matter(
    ground: Rule, text: str, rule_type: str, actor: str
) -> None:
    rule = replace(SERVICE, type=rule_type, actor=(actor,), action=text, kinds=ALL_KINDS)
    if said(rule, ground.id) == "":
        assert ground.binding == "national"
        assert ground.phase == rule.phase
        assert any(LAW.setting(one).guitu is not None for one in ground.settings)
        assert rule_type in {ground.type, "local"}


def test_local_rules_of_the_catalogue_restrict_nobody() -> None:
    local = [rule for rule in LAW.catalogue.rules if rule.binding == "local"]
    assert local
    assert {rule.id: list(restrictions(rule)) for rule in local} == {rule.id: [] for rule in local}


def test_the_source_of_a_local_rule_is_no_ground() -> None:
    cited = replace(WITHIN, source=(Citation("MEA", 24),))
    assert "ground: got None" in said(cited)
