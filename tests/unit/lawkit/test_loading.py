"""A wrong or contradictory catalogue does not load; the error names line and field."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from lawkit.errors import WrongFile
from lawkit.forbidden import touched
from lawkit.law import load_law
from lawkit.loading import catalogue
from lawkit.loading_checks import contradictions
from lawkit.loading_file import checked
from lawkit.loading_yaml import Marked, marked

SOURCE = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
LAW = load_law()

# a whole catalogue of few records: the real one needs a second to be read as YAML
SMALL = """\
meta: {title: t, version: 1, as_of: "2026-01-01", time_zone: Asia/Shanghai, counts: {rules: 2}, keys: {}}
counting_profiles:
- {id: P-DAY, first_day: excluded, holiday_roll: setting, text: days}
sources:
- {id: CCL, title_zh: 社区矫正法, title_en: Law, number: null, in_force_from: "2020-07-01", in_force_to: null, status: in_force, file: null, verification: shared_text}
roles:
- {code: COUNTY_CCI, title_zh: 县级机构, title_en: county institution}
kinds: []
settings:
- id: set.leave.decision-days
  title_zh: 外出审批时限
  title_en: Days to answer
  kind: days
  default: 2
  options: null
  why: no number
  used_by: []
rules:
- id: leave.answer
  type: deadline
  phase: leave
  title_zh: 答复
  title_en: answer
  actor: [COUNTY_CCI]
  kinds: []
  trigger: application
  action: answer
  duration: 5
  unit: day
  counting: {profile: P-DAY, first_day: excluded, holiday_roll: setting}
  on_breach: none stated
  bound: at_most
  source:
  - {text: CCL, article: 27}
  quote: 离开所居住的市、县
  in_force_from: "2020-07-01"
  in_force_to: "2025-12-31"
  binding: national
  seen: true
  value_seen: true
  verification: shared_text
- id: leave.answer
  type: deadline
  phase: leave
  title_zh: 答复
  title_en: answer
  actor: [COUNTY_CCI]
  kinds: []
  trigger: application
  action: answer
  duration: 3
  unit: day
  counting: {profile: P-DAY, first_day: excluded, holiday_roll: setting}
  on_breach: none stated
  bound: at_most
  source:
  - {text: CCL, article: 27}
  quote: 离开所居住的市、县
  in_force_from: "2026-01-01"
  in_force_to: null
  binding: national
  seen: true
  value_seen: true
  verification: shared_text
states: []
flags: []
transitions: []
approvals: []
documents: []
quarterly_assessment: {id: local.x.table, title_zh: 表, title_en: table, source: s, in_force_from: "2022-01-01", in_force_to: null, setting: set.leave.decision-days, period: quarter, ratings: [], derived: [], hit_policy: all, rows: [], open_readings: []}
forbidden_features:
- id: forbid.profiling-origin
  title_zh: 不得筛查
  title_en: no profiling
  reason: ethics
  allowed_instead: behaviour
  test: none
  guitu: {keys: [mz, native_place, id_prefix, 民族]}
traps: []
policy_presets: []
"""


def fault(text: str) -> str:
    """What loading the text says."""
    with pytest.raises(WrongFile) as caught:
        checked(marked(text, "rules.yaml"), "rules.yaml")
    return str(caught.value)


def small() -> Marked:
    return marked(SMALL, "rules.yaml")


def line_of(text: str, part: str, nth: int = 1) -> int:
    """The line (from 1) of the n-th occurrence."""
    return [at for at, line in enumerate(text.splitlines(), 1) if part in line][nth - 1]


def test_two_versions_of_a_rule_for_different_days_load() -> None:
    found = checked(small(), "rules.yaml")
    assert [rule.duration for rule in found.rules] == [5, 3]


def test_the_catalogue_of_this_release_contradicts_nothing_and_touches_nothing_forbidden() -> None:
    assert list(contradictions(LAW.catalogue)) == []
    assert list(touched(LAW.catalogue)) == []


def test_two_rules_for_one_id_and_day_are_an_error() -> None:
    text = SMALL.replace('in_force_to: "2025-12-31"', 'in_force_to: "2026-01-01"')
    line = line_of(SMALL, "- id: leave.answer", 2)
    assert f"line {line}: leave.answer.in_force_from: got two rules for 2026-01-01" in fault(text)


@pytest.mark.parametrize(
    ("wrong", "right", "at", "said"),
    [
        ("  duration: 5", "  duration: five", "duration", "leave.answer.duration: got 'five'"),
        ("  duration: 5", "  duration: true", "duration", "leave.answer.duration: got True"),
        ("  unit: day", "  unit: days", "unit", "leave.answer.unit: got 'days'"),
        ("  type: deadline", "  typ: deadline", "typ: deadline", "leave.answer.typ: got 'deadline'"),
        ("  unit: day", "  unit: month", "unit", "leave.answer.unit: got month, want day with P-DAY"),
        ("  bound: at_most", "  timing: prompt", "", "leave.answer.bound: got None"),
        ("  - {text: CCL", "  - {text: CCX", "source:", "leave.answer.source: got 'CCX'"),
        ("actor: [COUNTY_CCI]", "actor: [COUNTY]", "actor", "leave.answer.actor: got 'COUNTY'"),
        ("roll: setting}\n  on", "roll: never}\n  on", "counting:", "leave.answer.counting: got first_day"),
        ("  default: 2", "  default: soon", "default", "set.leave.decision-days.default: got 'soon'"),
        ("counts: {rules: 2}", "counts: {rules: 3}", "counts", "meta.counts.rules: got 3, want 2 records"),
        ("  trigger: application", "  trigger: 民族", "trigger", "leave.answer.trigger: got '民族'"),
        ("  bound: at_most", "  bound: at_most\n  threshold: {mz: 1}", "", "leave.answer.threshold: got 'mz'"),
        ("article: 27", "article: 999", "article: 999", "leave.answer.source: got CCL article 999, want an article"),
        ("article: 27}", "article: 27, item: 9}", "item: 9", "got CCL article 27 item 9, want an item that"),
        ("  quote: 离开所居住的市、县", "  quote: 随便编的", "quote", "leave.answer.quote: got '随便编的', want words of CCL article 27"),
        ("  duration: 5", "  duration: 5\n  threshold: {op: lte, value: 6}", "threshold",
         "leave.answer.threshold: got duration 5 beside a threshold of 6, want one number"),
        ("  duration: 5", "  duration: 5\n  threshold: {op: gt, value: 5}", "bound",
         "leave.answer.bound: got at_most beside gt"),
        ("  duration: 5", "  duration: 5\n  threshold: {min: 6, max: 5}", "threshold", "got min 6 beside max 5"),
        ('  in_force_from: "2020-07-01"\n  in_force_to: "2025', '  in_force_from: "2010-07-01"\n  in_force_to: "2025',
         'in_force_from: "2010-07-01"', "leave.answer.in_force_from: got 2010-07-01, before or after its sources"),
        ("  kind: days\n  default: 2", "  kind: list\n  default: [native_place]", "default",
         "set.leave.decision-days.default: got 'native_place', want nothing that forbid.profiling-origin"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_line(wrong: str, right: str, at: str, said: str) -> None:
    text = SMALL.replace(wrong, right, 1)
    assert text != SMALL
    got = fault(text)
    assert said in got
    if at:
        assert f"line {line_of(text, at)}: " in got


def test_a_rule_that_ends_before_it_begins_is_refused() -> None:
    text = SMALL.replace('in_force_to: "2025-12-31"', 'in_force_to: "2020-06-30"')
    assert "leave.answer.in_force_to: got 2020-06-30, want 2020-07-01 or later" in fault(text)


def test_a_key_given_twice_is_refused() -> None:
    text = SMALL.replace("  duration: 5\n", "  duration: 5\n  duration: 6\n")
    assert f"line {line_of(text, 'duration: 6')}: duration: got a key given twice" in fault(text)


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "a: 1"])
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    assert "rules.yaml: " in fault(text)


def test_every_fault_is_named_at_once() -> None:
    text = SMALL.replace("  duration: 5", "  duration: five").replace("  unit: day", "  unit: days")
    assert len(fault(text).splitlines()) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{id: qa.x, facts: [merit]}", ""),
        ("{id: qa.y, facts: [merit]}", "local.x.table.guitu.rows: got qa.y, want a row of this table"),
        ("{id: qa.x, facts: [mz]}", "qa.x: got 'mz', want nothing that forbid.profiling-origin forbids"),
        ("{id: qa.x, facts: [native_place_code]}", "qa.x: got 'native_place_code'"),
    ],
)
def test_a_row_of_the_table_that_reads_a_forbidden_field_does_not_load(row: str, said: str) -> None:
    table = (
        f"rows: [{{id: qa.x, when: w, then: t, quote: null}}], guitu: {{rated_from_days: 1, rows: [{row}]}}"
    )
    text = SMALL.replace("rows: []", table, 1)
    if said:
        assert said in fault(text)
    else:
        assert len(checked(marked(text, "rules.yaml"), "rules.yaml").quarterly_assessment.rows) == 1


def break_first_rule(change: Callable[[str], str]) -> str:
    head, mark, rest = SOURCE.partition("\nrules:\n")
    return head + mark + change(rest)


def test_the_line_of_the_real_catalogue_is_right() -> None:
    text = break_first_rule(lambda rules: rules.replace("duration: null", "duration: none", 1))
    line = line_of(text, "duration: none")
    assert f"line {line}: general.scope.four-kinds.duration: got 'none'" in fault(text)


def test_json_without_lines_is_named_by_record() -> None:
    with pytest.raises(WrongFile, match=r"rules: meta: got nothing"):
        catalogue("{}")
