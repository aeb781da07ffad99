"""A year without the State Council's notice: missing or provisional, and asked again when the notice is there."""

import json
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.calendar import Calendar
from lawkit.counting import Due
from lawkit.errors import WrongData
from lawkit.recompute import Clock, Missing, due_or_missing, is_final, recomputed

LAW = load_law()
FLAGGED = LAW.with_settings({"set.counting.missing-calendar": "statutory-days-only-flagged"})
STATUTORY = (files("lawkit") / "data" / "statutory-days.json").read_bytes()
RULES = ("intake.report.deadline", "assessment.term.ordinary", "oversight.suggestion", "arrest.custody-max",
         "reimprison.take-in.prison", "health.recheck", "release.summary")  # fmt: skip
YEAR_ENDS = st.dates(date(2026, 10, 1), date(2026, 12, 31))


def notice(off: set[date], make_up: set[date], year: int = 2027) -> bytes:
    """A calendar file of one year as the State Council could arrange it."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days)]
    kinds = {d: "off" for d in off if d.weekday() < 5} | {
        d: "make_up_workday" for d in make_up if d.weekday() > 4
    }
    works = sum((d.weekday() < 5) != (d in kinds) for d in days)
    listed = [{"date": str(d), "kind": kind, "name": "节日"} for d, kind in sorted(kinds.items())]
    return json.dumps({"years": {str(year): {"workdays_in_year": works, "exceptions": listed}}}).encode()


DAYS_OF_2027 = st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40)
NOTICES = st.builds(notice, DAYS_OF_2027, DAYS_OF_2027)


def test_a_period_in_working_days_names_the_missing_year() -> None:
    clock = Clock("assessment.term.ordinary", date(2026, 12, 25))
    assert due_or_missing(LAW, clock) == Missing("assessment.term.ordinary", 2027)
    assert not is_final(due_or_missing(LAW, clock))


def test_with_the_setting_the_statutory_days_stand_in_and_the_answer_is_marked() -> None:
    due = FLAGGED.due("assessment.term.ordinary", date(2026, 12, 25))
    assert (due.extended, due.provisional_year) == (date(2027, 1, 11), 2027)
    assert not due.final
    assert FLAGGED.due("intake.report.deadline", date(2027, 1, 27)).extended == date(2027, 2, 9)
    assert FLAGGED.calendar_version == f"{LAW.calendar_version}~2028"


def test_without_the_setting_again_the_year_is_missing_again() -> None:
    strict = FLAGGED.with_settings({"set.counting.missing-calendar": "error"})
    assert strict.calendar == LAW.calendar


@given(st.sampled_from(RULES), st.dates(date(2020, 7, 1), date(2026, 8, 31)))
def test_standing_in_changes_no_answer_of_a_known_year(rule_id: str, start: date) -> None:
    assert FLAGGED.due(rule_id, start, date(2026, 11, 21)) == LAW.due(rule_id, start, date(2026, 11, 21))


@given(st.sampled_from(RULES), YEAR_ENDS, NOTICES)
def test_a_final_answer_stays_and_an_open_one_becomes_final(rule_id: str, start: date, raw: bytes) -> None:
    new = LAW.with_calendar(LAW.calendar.with_years(raw))
    clock = Clock(rule_id, start)
    before, after = due_or_missing(LAW, clock), due_or_missing(new, clock)
    assert isinstance(after, Due)
    assert after.final
    if isinstance(before, Due):
        assert before.nominal == after.nominal
        assert not before.final or before == after
    assert [change.after for change in recomputed(new, [(clock, before)])] == (
        [] if before == after else [after]
    )


@given(st.sampled_from(RULES), YEAR_ENDS, NOTICES)
def test_a_provisional_answer_is_replaced_when_the_year_arrives(
    rule_id: str, start: date, raw: bytes
) -> None:
    arrived = FLAGGED.with_calendar(LAW.calendar.with_years(raw))
    plain = LAW.with_calendar(LAW.calendar.with_years(raw))
    assert arrived.due(rule_id, start) == plain.due(rule_id, start)
    assert arrived.calendar.provisional == {2028}


@given(NOTICES, NOTICES)
def test_a_corrected_notice_replaces_the_first_one_whole(first: bytes, second: bytes) -> None:
    corrected = LAW.calendar.with_years(first).with_years(second)
    assert corrected == LAW.calendar.with_years(second)


def test_the_order_of_imports_does_not_matter() -> None:
    one, two = notice({date(2027, 1, 1)}, set()), notice({date(2028, 1, 3)}, set(), 2028)
    assert LAW.calendar.with_years(one).with_years(two) == LAW.calendar.with_years(two).with_years(one)


def test_a_notice_that_does_not_add_up_is_refused() -> None:
    raw = json.loads(notice({date(2027, 1, 1)}, set()))
    raw["years"]["2027"]["workdays_in_year"] += 1
    with pytest.raises(WrongData, match="2027"):
        LAW.calendar.with_years(json.dumps(raw).encode())


def test_a_statutory_day_of_another_year_is_refused() -> None:
    with pytest.raises(WrongData, match="2027"):
        LAW.calendar.with_statutory_days(b'{"years": {"2027": ["2028-01-01"]}}')


def test_statutory_days_are_as_many_as_the_regulation_gives() -> None:
    # thirteen days a year; in 2028 Mid-Autumn falls on a National Day
    calendar = Calendar.with_statutory_days(LAW.calendar, STATUTORY)
    counts = {year: sum(day.year == year for day in calendar.off) for year in calendar.provisional}
    assert counts == {2027: 13, 2028: 12}
