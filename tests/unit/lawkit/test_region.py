"""A region adds within what the law leaves open, and never restricts anybody without a national ground."""

import re
from datetime import date
from pathlib import Path

import pytest
from lawkit import load_law
from lawkit.errors import WrongFile
from lawkit.region import in_region, read_region

from tests.unit.lawkit.regions import REPLY

LAW = load_law()
DAY = date(2026, 6, 1)
HEAD = 'code: "5304"\ntitle_zh: 玉溪市\n'
CITED = "source: {text: SEED2, article: 二(一)}"
RULE = """\
rules:
- rule:
    id: local.yuxi.visit
    type: local
    phase: local
    title_zh: 例会
    title_en: meeting
    actor: [COUNTY_CCI]
    kinds: []
    trigger: a new case
    action: meet at the office
    duration: null
    unit: null
    counting: {profile: P-NONE, first_day: not_applicable, holiday_roll: not_applicable}
    on_breach: none stated
    source:
    - {text: SEED2, article: 二(一)}
    quote: null
    in_force_from: "2022-09-18"
    in_force_to: null
    binding: local
    seen: true
    value_seen: null
    verification: seed
"""


def setting(setting_id: str, value: str, ground: str = "") -> str:
    """A region's file that sets one setting."""
    grounded = f", ground: {ground}" if ground else ""
    return f"{HEAD}settings:\n- {{id: {setting_id}, value: {value}, {CITED}{grounded}}}\n"


def refused(text: str) -> str:
    """Why the region's file does not load."""
    with pytest.raises(WrongFile) as caught:
        read_region(text, LAW)
    return str(caught.value)


def test_a_region_may_add_service() -> None:
    here = in_region(LAW, read_region(setting("set.leave.decision-days", "1"), LAW))
    assert here.setting("set.leave.decision-days").number == 1
    assert LAW.setting("set.leave.decision-days").number == 2


@pytest.mark.parametrize(
    ("setting_id", "value"),
    [
        ("set.leave.decision-days", "3"),
        ("set.aftercare.years", "2"),
        ("set.report.regular.frequency", "weekly"),
        ("set.leave.count-regular-travel", "true"),
        ("set.reimprison.two-warnings", "warnings-only"),
        ("set.release.temporary-pending", "hold-for-decision-organ-instruction"),
    ],
)
def test_a_setting_that_restricts_needs_a_national_ground(setting_id: str, value: str) -> None:
    assert f"line 4: {setting_id}.value: got the restricting value" in refused(setting(setting_id, value))
    # a national rule that has nothing to do with the setting is no ground, nor is the one that leaves it open
    elsewhere = refused(setting(setting_id, value, ground="warning.ground.two-admonitions"))
    assert "want a national ground among" in elsewhere
    opening = LAW.setting(setting_id).used_by[0]
    assert "want a national ground among" in refused(setting(setting_id, value, ground=opening))


def test_a_restriction_with_its_national_ground_loads() -> None:
    region = read_region(setting("set.report.regular.frequency", "weekly", ground="report.injunction"), LAW)
    assert in_region(LAW, region).setting("set.report.regular.frequency").choice == "weekly"


def test_what_the_law_settles_is_not_open_to_a_region() -> None:
    assert "the law is not open" in refused(setting("set.counting.holiday-roll", "false"))
    assert "want one of" in refused(setting("set.leave.day-count", "never"))
    assert "an unknown setting" in refused(setting("set.leave.for-ever", "1"))


def test_local_rules_are_off_unless_the_region_loads_them() -> None:
    rule_id = "local.yuxi.quarterly-rating"
    assert not LAW.in_force(rule_id, DAY)
    here = in_region(LAW, read_region(f"{HEAD}adopts: [{rule_id}]\n", LAW))
    assert here.in_force(rule_id, DAY)
    assert not here.in_force("local.raoping.ratio", DAY)
    assert "want a local rule" in refused(f"{HEAD}adopts: [leave.return]\n")


def test_a_region_brings_its_own_local_rule() -> None:
    here = in_region(LAW, read_region(HEAD + RULE, LAW))
    assert here.in_force("local.yuxi.visit", DAY)
    assert here.rule("local.yuxi.visit", DAY).title_zh == "例会"
    assert "local.yuxi.visit" not in LAW.rule_ids


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("binding: local", "binding: national", "binding: got national, want local"),
        ("id: local.yuxi.visit", "id: leave.return", "want a new id"),
        ("type: local", "type: ground", "local.yuxi.visit.ground: got None"),
        ("actor: [COUNTY_CCI]", "actor: [SUBJECT]", "local.yuxi.visit.ground: got None"),
        ("trigger: a new case", "trigger: 户籍在外省", "want nothing that forbid.hukou-logic forbids"),
        (
            "action: meet at the office",
            "action: 按民族排查",
            "want nothing that forbid.profiling-origin forbids",
        ),
        ("text: SEED2", "text: SEED9", "want a source of this file"),
    ],
)
def test_a_local_rule_that_restricts_or_profiles_does_not_load(wrong: str, right: str, said: str) -> None:
    assert said in refused(HEAD + RULE.replace(wrong, right))


def test_a_local_rule_with_a_national_ground_and_a_condition_loads() -> None:
    facts = "facts: {warnings: {type: int, title_zh: 警告次数}}\n"
    rule = RULE.replace("actor: [COUNTY_CCI]", "actor: [SUBJECT]").replace(
        "phase: local", "phase: supervision"
    )
    rule = rule.replace("action: meet at the office", "action: report on work and housing")
    extra = '  ground: report.regular\n  when: "warnings >= 1"\n'
    region = read_region(HEAD + facts + rule + extra, LAW)
    assert region.conditions["local.yuxi.visit"].holds({"warnings": 1})
    assert not region.conditions["local.yuxi.visit"].holds({"warnings": 0})
    assert "undeclared" in refused(HEAD + rule + extra)


@pytest.mark.parametrize(
    ("facts", "condition", "said"),
    [
        ("{mz: {type: string, title_zh: 代码}}", "mz == '01'", "region.facts: got 'mz'"),
        ("{code: {type: string, title_zh: 代码, derived_from: [id_prefix]}}", "code == '65'", "facts: got 'code'"),
        ("{a: {type: int, title_zh: 甲, derived_from: [b]}, b: {type: int, title_zh: 乙, derived_from: [mz]}}",
         "a > 1", "facts: got 'a'"),
        ("{label: {type: string, title_zh: 标签}}", "label == '民族'", "local.yuxi.visit.when: got '民族'"),
        ("{label: {type: string, title_zh: 籍贯}}", "label == '1'", "region.facts: got 'label'"),
        ("{n: {type: int, title_zh: 次数}}", "n", "want yes or no"),
        ("{n: {type: int, title_zh: 次数}}", "n >", "want CEL over the declared facts"),
    ],
)  # fmt: skip
def test_a_condition_over_forbidden_or_derived_fields_does_not_load(
    facts: str, condition: str, said: str
) -> None:
    assert said in refused(f'{HEAD}facts: {facts}\n{RULE}  when: "{condition}"\n')


def test_a_local_rule_answers_for_the_national_one_that_it_concretises() -> None:
    here = in_region(LAW, read_region(HEAD + REPLY, LAW))
    asked = "oversight.written-correction"
    before, after = date(2026, 2, 27), date(2026, 3, 2)
    assert (here.due(asked, before).nominal, here.due(asked, after).nominal) == (
        date(2026, 3, 14),
        date(2026, 3, 9),
    )
    assert LAW.due(asked, after).nominal == date(2026, 3, 17)
    assert here.rule(asked, after).title_zh == "纠正意见七日内回复"
    assert here.rule(asked, after).id == asked
    assert here.threshold(asked) == 7
    assert here.article_zh(asked, after) != here.article_zh(asked, before) == LAW.article_zh(asked, after)
    assert here.in_force(asked, before)


def test_what_decides_is_named_by_both_texts() -> None:
    region = read_region(HEAD + REPLY, LAW)
    here = in_region(LAW, region)
    assert (LAW.identity, here.identity) == (LAW.digest, f"{LAW.digest}+{region.digest}")
    assert here.digest == LAW.digest


def test_two_local_rules_do_not_answer_for_one_rule_on_one_day() -> None:
    again = REPLY.removeprefix("rules:\n").replace("correction-reply", "correction-again")
    later = again.replace('in_force_from: "2026-03-01"', 'in_force_from: "2026-06-01"')
    assert "concretises on the same days" in refused(HEAD + REPLY + again)
    assert "concretises on the same days" in refused(HEAD + REPLY + later)
    ended = REPLY.replace("in_force_to: null", 'in_force_to: "2026-05-31"')
    here = in_region(LAW, read_region(HEAD + ended + later.replace("duration: 7", "duration: 5"), LAW))
    days = [here.threshold("oversight.written-correction", on=date(2026, month, 1)) for month in (2, 4, 7)]
    assert days == [15, 7, 5]


def test_a_longer_period_of_an_office_answers_for_nothing() -> None:
    assert "15 day at_most" in refused(HEAD + REPLY.replace("duration: 7", "duration: 16"))


HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "change-a-rule.md"


def shown() -> str:
    """The region's file that the how-to shows."""
    found = re.search(r"```yaml\n(code: .*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_file_that_the_how_to_shows_loads() -> None:
    region = read_region(shown(), LAW)
    assert [one.rule.id for one in region.file.rules] == ["local.yuxi.quarterly-visit"]
    assert region.file.rules[0].ground == "verify.methods"
    assert region.conditions["local.yuxi.quarterly-visit"].holds({"late_reports": 1})
    assert in_region(LAW, region).in_force("local.yuxi.quarterly-visit", DAY)
    # a day without quotes is a day
    assert read_region(shown().replace('"2022-09-18"', "2022-09-18"), LAW).file == region.file


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("    actor: [", "    actors: [", "no such field here; did you mean `actor`?"),
        (
            "    actor: [",
            "    actors: [",
            "actor: got nothing, want this field; null where the text has none",
        ),
        ("type: local\n", "type: locale\n", "want one of 'approval'"),
        ("duration: 3", "duration: three", "duration: got 'three', want a whole number"),
        ('code: "5304"', "code: 5304", "want text, in quotes where it looks like a number"),
        ('code: "5304"', 'code: "53044"', "want the unit's code of 2, 4 or 6 digits in quotes"),
        ('"2022-09-18"', '"2022-9-18"', 'want a day, "2026-01-01"'),
        ("seen: true\n", "seen: yep\n", "want true or false"),
        ("kinds: [ALL]", "kinds: ALL", "want a list"),
        ("id: local.yuxi.quarterly-visit", "id: Visit", "want an id in small letters"),
    ],
)
def test_a_wrong_field_is_said_in_our_own_words(wrong: str, right: str, said: str) -> None:
    found = refused(shown().replace(wrong, right, 1))
    assert said in found
    assert all(re.match(r"region\.yaml: line \d+: \S+: got .+, want .+", line) for line in found.splitlines())
    for foreign in ("keyword argument", "Field required", "Input should", "valid", "dataclass"):
        assert foreign not in found


def test_a_rule_whose_fields_stand_one_level_too_high_is_one_fault() -> None:
    flat = re.sub(r"\n    ", "\n  ", shown().replace("  rule:\n", ""))
    found = refused(flat)
    assert len(found.splitlines()) == 1
    assert "got the rule's fields in its place, want them under the key `rule`" in found
