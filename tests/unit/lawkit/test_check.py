"""A file of worked examples is checked whole; whatever is wrong with one example is its own failure."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.check import Difference, Result, check, check_file, check_one, examples_of
from lawkit.errors import WrongData
from lawkit.loading_yaml import marked

LAW = load_law()


def example(fn: str, expect: dict[str, Any], **compute: Any) -> Result:
    raw = {
        "id": "ex.1",
        "rules": ["general.scope.four-kinds"],
        "compute": {"fn": fn, **compute},
        "expect": expect,
        "articles": "CCL 20",
    }
    return check_one(LAW, raw)


def test_a_difference_names_what_was_expected_and_what_came_out() -> None:
    result = example("due_days", {"nominal_due": "2026-03-16"}, start="2026-03-10", n=5)
    assert not result.passed
    assert [str(d.got) for d in result.differences] == ["2026-03-15"]
    assert (result.id, result.articles, result.differences[0].expected) == ("ex.1", "CCL 20", "2026-03-16")


def test_an_unknown_computation_is_a_failure() -> None:
    result = example("guess", {"due": "2026-03-16"})
    assert not result.passed
    assert result.error == "no such computation: guess"
    again = example("duedays", {"error": "no such computation: duedays"}, start="2026-03-10", n=5)
    assert (again.passed, again.error) == (False, "no such computation: duedays (meant due_days?)")
    assert again.differences == ()


@pytest.mark.parametrize("lacking", ["rules", "articles"])
def test_an_example_names_its_rule_and_its_article(lacking: str) -> None:
    said = f"no {lacking.removesuffix('s')} is named"
    assert failed({lacking: []}).startswith(said)
    assert str(check_one(LAW, {k: v for k, v in DUE.items() if k != lacking}).error).startswith(said)


@pytest.mark.parametrize(
    "cited",
    ["CCL 999", "CCL", "OP2026 form 13", "CPL 105; CL 9999", "MEA 46(4), 99", "XYZ 1", "x", "CCL 二(一)"],
)
def test_an_article_that_its_source_does_not_have_is_a_failure(cited: str) -> None:
    if cited == "CCL":
        assert check_one(LAW, {**DUE, "articles": cited}).passed
    else:
        assert "articles: got" in failed({"articles": cited})


@pytest.mark.parametrize(
    "cited", ["MEA 46(4), 59", "OP2026 form 6", "SEED2 二(一)", "PS2019 19", "CL 17-1", "TEM2023 999"]
)
def test_a_source_without_its_whole_text_here_is_believed_about_its_articles(cited: str) -> None:
    assert check_one(LAW, {**DUE, "articles": cited}).passed


def test_a_missing_fact_is_named() -> None:
    result = example("minor_regime", {"minor_regime": True}, birth="2008-06-15", term_start="2026-06-10")
    assert (result.passed, result.error) == (False, "missing fact: reception")
    place = {"province": "广东", "city": "潮州", "unit": "饶平县", "type": "county"}
    partial = {"province": "广东", "city": "潮州", "unit": "湘桥区"}
    assert example("is_leave", {"leave": True}, origin=place, dest=partial).error == "missing fact: dest.type"


LATE = {"start": "2026-03-11", "fact": "2026-03-11", "kind": "PAROLE"}
DUE = {"id": "ex.1", "rules": ["counting.start-excluded"], "compute": {"fn": "due_days", "start": "2026-03-10", "n": 5},
       "expect": {"nominal_due": "2026-03-15"}, "articles": "CCL 20"}  # fmt: skip


def failed(changes: dict[str, Any]) -> str:
    """Why the example about a due day fails once changed."""
    assert check_one(LAW, DUE).passed
    result = check_one(LAW, {**DUE, **changes})
    assert not result.passed
    return str(result.error)


def test_a_fact_that_nobody_reads_is_a_failure() -> None:
    result = example("late", {"measure": "none"}, mood="bad", **LATE)
    assert (result.passed, result.unused) == (False, ("mood",))
    assert result.error == "the computation reads no fact mood"
    result = example("late", {"measure": "none"}, justifed=True, **LATE)
    assert result.error == "the computation reads no fact justifed (meant justified?)"


def test_a_misspelt_fact_inside_a_record_is_a_failure() -> None:
    place = {"province": "广东", "city": "潮州", "unit": "饶平县", "type": "county"}
    assert example("is_leave", {"leave": False}, origin=place, dest=place).passed
    result = example("is_leave", {"leave": False}, origin=place, dest={**place, "citty": "潮州"})
    assert result.error == "the computation reads no fact dest.citty (meant city?)"


def test_an_expected_key_that_nobody_answers_is_a_failure_also_when_nothing_is_expected_of_it() -> None:
    for nothing in (None, "none", "no", False, []):
        result = example("late", {"measur": nothing}, **LATE)
        assert result.differences == (Difference("measur", nothing, "not answered"),)
    assert example("late", {"measure": "none"}, **LATE).passed


@pytest.mark.parametrize("expect", [{}, {"outcome": "the office answers within five days"}])
def test_an_example_that_expects_nothing_is_a_failure(expect: dict[str, Any]) -> None:
    assert failed({"expect": expect}).startswith("nothing is expected")


@pytest.mark.parametrize(
    "rule", ["no.such.rule", "decision.notify-institutio", "set.nothing", "trap.nothing"]
)
def test_a_rule_that_does_not_exist_is_a_failure(rule: str) -> None:
    assert f"no such rule: {rule}" in failed({"rules": [rule]})


def test_a_misspelt_rule_is_told_its_neighbour() -> None:
    assert "(meant decision.notify-institution?)" in failed({"rules": ["decision.notify-institutio"]})


def test_a_field_that_examples_do_not_have_is_a_failure() -> None:
    assert failed({"expects": {"nominal_due": 1}}) == "no field of an example: expects (meant expect?)"


def test_an_id_given_twice_is_a_failure_of_the_second() -> None:
    report = check(LAW, [DUE, {**DUE, "id": "ex.2"}, DUE])
    assert [one.passed for one in report.results] == [True, True, False]
    assert report.results[2].error == "the id ex.1 was given before, example 1 of the file"


@pytest.mark.parametrize(
    ("rule", "fn", "facts", "said"),
    [
        ("decision.notify-institution", "due_days", {"n": 10}, "want 5 day of decision.notify-institution"),
        ("decision.notify-institution", "due_working_days", {"n": 5}, "got '5 working_day', want 5 day of"),
        ("assessment.term.fast-track", "due_days", {"n": 5}, "got '5 day', want 5 working_day of"),
        ("absconded.out-of-contact", "hours_due", {"hours": 24}, "want 48 hour of absconded.out-of-contact"),
        ("travel.regular.validity", "permit_end", {"months": 7}, "want 6 month of travel.regular.validity"),
    ],
)
def test_another_length_than_that_of_the_rule_is_a_failure(
    rule: str, fn: str, facts: dict[str, Any], said: str
) -> None:
    start = "2026-03-10T08:00" if fn == "hours_due" else "2026-03-10"
    assert said in failed({"rules": [rule], "compute": {"fn": fn, "start": start, **facts}})


@pytest.mark.parametrize("length", [-3, 0])
def test_a_period_has_a_length(length: int) -> None:
    assert "want 1 or more" in failed({"compute": {"fn": "due_days", "start": "2026-03-10", "n": length}})


def test_a_file_is_checked_with_the_line_of_each_example_and_difference() -> None:
    text = """\
examples:
- id: a
  rules: [counting.start-excluded]
  articles: CPL 105
  compute: {fn: due_days, start: 2026-03-10, n: 5}
  expect:
    nominal_due: 2026-03-15
    extended_due: 2026-03-17
- {id: b, compute: {fn: due_days, start: 2026-03-10, n: 5}, expect: {}}
"""
    report = check_file(LAW, marked(text, "mine.yaml"))
    assert [one.line for one in report.results] == [2, 9]
    assert [(d.key, d.line) for d in report.results[0].differences] == [("extended_due", 8)]


def test_an_expected_error_passes_and_an_unexpected_one_does_not() -> None:
    facts = {"received": "2026-12-25", "fast_track": False, "minor": False}
    assert example("fast_track_due", {"error": "calendar-missing 2027"}, **facts).passed
    failed = example("fast_track_due", {"due": "2027-01-08"}, **facts)
    assert failed.differences == (Difference("due", "2027-01-08", None),)
    assert failed.error == "calendar-missing 2027"


@pytest.mark.parametrize(
    "raw", [None, "text", {}, {"id": "ex.2"}, {"id": "ex.2", "compute": {}, "expect": {}}]
)
def test_a_record_that_is_no_example_is_a_failure(raw: object) -> None:
    report = check(LAW, [raw])
    assert report.closing == "0 passed, 1 failed"
    assert report.results[0].error


def test_days_may_stand_unquoted_and_on_too() -> None:
    text = """
    - {id: a, rules: [commend.may-six-months], compute: {fn: commend, reception: 2026-01-15, on: 2026-07-14, four_conditions: true},
       expect: {commend: no}, articles: MEA 33}
    - {id: b, rules: [counting.start-excluded], articles: [CPL 105],
       compute: {fn: due_days, start: 2026-03-10, n: 5}, expect: {nominal_due: 2026-03-15}}
    """
    assert check(LAW, examples_of(yaml.safe_load(text))).closing == "2 passed, 0 failed"


def test_the_order_of_copies_carries_no_meaning_but_their_number_does() -> None:
    roles = ["PRISON", "PROC_COURT_LEVEL", "PSB_COUNTY"]
    assert example("copies", {"copy_to": roles}, kind="PAROLE", step="ruling").passed
    assert not example("copies", {"copy_to": roles[1:]}, kind="PAROLE", step="ruling").passed


def test_24_00_is_the_first_instant_of_the_next_day() -> None:
    facts = {"limb": "overdue-return", "start": "2026-06-10T24:00"}
    assert example("absconded", {"absconded": False}, at="2026-06-12T24:00", **facts).passed
    assert example("absconded", {"absconded": True}, at="2026-06-13T00:01", **facts).passed


@pytest.mark.parametrize("document", [None, {}, {"examples": {}}, "text"])
def test_a_file_without_examples_is_refused(document: object) -> None:
    with pytest.raises(WrongData):
        examples_of(document)


FILE = Path(__file__).parents[2] / "data" / "law" / "examples.yaml"
EXAMPLES = examples_of(yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-400, 4000), st.floats(-5, 500), st.text(max_size=8),
    st.dates(), st.datetimes(), st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["2026-02-29", "9999-12-31", "0001-01-01", "2026-06-10T24:00", "PAROLE", "none", "date"]),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_whatever_an_example_says_the_check_goes_on(raw: dict[str, Any], data: st.DataObject) -> None:
    facts = {name: value for name, value in raw["compute"].items() if name != "fn"}
    changed = data.draw(st.sampled_from(sorted(facts)))
    value = data.draw(ODD)
    compute = {**raw["compute"], changed: value}
    if data.draw(st.booleans()):
        del compute[changed]
    result = check_one(LAW, {**raw, "compute": compute})
    assert isinstance(result.passed, bool)
    assert result.passed or result.error or result.differences


def test_a_fact_before_the_law_is_not_judged_by_it() -> None:
    """社区矫正法 第二十九条、第六十三条: no device of 2019 is measured by the law of 2020."""
    device = {"ground": "unapproved-departure", "approved_by": "JUSTICE_DEPT_HEAD", "months": 3}
    old = example("device", {"allowed": True}, kind="PAROLE", start="2019-05-01", **device)
    assert (old.passed, old.got) == (False, {"error": "not-in-force"})
    assert "device.max-term" in (old.error or "")
    new = example("device", {"allowed": True}, kind="PAROLE", start="2020-07-01", **device)
    assert new.passed


def test_a_leave_of_2019_is_judged_by_the_measures_of_2012() -> None:
    expect = {"approver": "JUSTICE_DEPT_COUNTY", "rule": "history.2012.leave-county-over-seven-days"}
    assert example("leave", expect, first="2019-05-01", last="2019-05-31").passed
    assert example("leave", {"approver": "none"}, first="2019-05-01", last="2019-06-01").passed


def test_only_a_published_case_is_asked_by_a_later_law() -> None:
    raw = {
        "id": "ex.1",
        "rules": ["warning.ground.late-or-out-over-ten-days"],
        "compute": {"fn": "late", "kind": "PROBATION", "start": "2018-05-01", "fact": "2018-05-20"},
        "expect": {"measure": "warning"},
        "articles": "MEA 35(1)",
    }
    assert check_one(LAW, raw).error is not None
    official = check_one(LAW, {**raw, "official": True})
    assert (official.passed, official.read_back) == (True, date(2020, 7, 1))
