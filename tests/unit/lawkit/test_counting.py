"""Periods start after the fact, end at 24:00 in Shanghai, and roll only where the law rolls."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.counting import add_months, add_years, day_of, end_of_day, span
from lawkit.errors import CalendarMissing, NotAPeriod, NotInForce

LAW = load_law()
SHANGHAI_NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAYS = st.dates(date(2020, 7, 1), date(2025, 12, 31))
FORWARD = ("intake.report.deadline", "intake.documents.receipt", "assessment.term.ordinary", "health.recheck",
           "oversight.suggestion", "arrest.custody-max", "transfer.report")  # fmt: skip


def test_a_day_ends_at_24_00_in_shanghai() -> None:
    assert end_of_day(date(2026, 3, 11)) == datetime(2026, 3, 11, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 3, 11, 15, 59, tzinfo=UTC)) == date(2026, 3, 11)
    assert day_of(datetime(2026, 3, 11, 16, tzinfo=UTC)) == date(2026, 3, 12)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 3, 11))


def test_the_alarm_rings_before_the_breach_over_a_festival() -> None:
    due = LAW.due("intake.report.deadline", date(2026, 2, 6))
    assert (due.nominal, due.extended) == (date(2026, 2, 16), date(2026, 2, 24))
    assert due.skipped == tuple(date(2026, 2, day) for day in range(16, 24))
    assert due.alarm_at == end_of_day(date(2026, 2, 16))
    assert not due.overdue(end_of_day(date(2026, 2, 24)) - timedelta(seconds=1))
    assert due.overdue(end_of_day(date(2026, 2, 24)))
    assert due.wake_at == due.breach_at == end_of_day(date(2026, 2, 24))


def test_a_missing_year_leaves_the_extended_day_open() -> None:
    due = LAW.due("intake.report.deadline", date(2026, 12, 25))
    assert (due.nominal, due.extended, due.missing_year) == (date(2027, 1, 4), None, 2027)
    assert due.breach_at is due.wake_at is None
    assert not due.overdue(due.alarm_at - timedelta(seconds=1))
    with pytest.raises(CalendarMissing, match="2027"):
        due.overdue(due.alarm_at)


def test_a_roll_that_stays_inside_the_known_years_needs_no_later_year() -> None:
    due = LAW.due("intake.report.deadline", date(2026, 12, 17))
    assert (due.nominal, due.extended) == (date(2026, 12, 27), date(2026, 12, 28))


def test_without_the_setting_nothing_rolls() -> None:
    strict = LAW.with_settings({"set.counting.holiday-roll": False})
    due = strict.due("intake.report.deadline", date(2026, 2, 6))
    assert due.extended == due.nominal == date(2026, 2, 16)


def test_hours_run_by_the_instant_and_are_over_only_after_it() -> None:
    due = LAW.due("arrest.decision-time", SHANGHAI_NOON)
    end = datetime(2026, 3, 3, 4, tzinfo=UTC)
    just_after = end + timedelta(microseconds=1)
    assert due.instant == due.alarm_at == end
    assert due.wake_at == just_after
    assert not due.overdue(end)
    assert due.overdue(just_after)


def test_hours_cannot_start_on_a_bare_day() -> None:
    with pytest.raises(NotAPeriod, match="hours"):
        LAW.due("arrest.decision-time", date(2026, 3, 1))


def test_a_rule_without_a_period_is_refused() -> None:
    for rule_id in ("group.woman-member", "injunction.term.probation"):
        with pytest.raises(NotAPeriod, match=rule_id):
            LAW.due(rule_id, date(2026, 3, 1))


def test_a_fact_before_the_rule_is_refused_unless_the_day_is_given() -> None:
    start = date(2016, 7, 16)
    with pytest.raises(NotInForce):
        LAW.due("intake.report.deadline", start)
    assert LAW.due("intake.report.deadline", start, on=date(2020, 7, 1)).nominal == date(2016, 7, 26)


def test_a_period_the_texts_leave_open_comes_from_its_setting() -> None:
    due = LAW.due("plan.make", date(2026, 3, 2))
    assert due == LAW.due("plan.make", datetime(2026, 3, 2, 1, tzinfo=UTC))
    assert (due.extended, due.setting_id) == (date(2026, 3, 16), "set.plan.days")
    assert LAW.due_by_setting("set.plan.days", date(2026, 3, 2)).extended == due.extended
    assert LAW.due_by_setting("set.aftercare.years", date(2026, 3, 2)).nominal == date(2029, 3, 2)
    with pytest.raises(NotAPeriod):
        LAW.due_by_setting("set.class.names", date(2026, 3, 2))


def test_a_window_before_the_end_has_both_its_days() -> None:
    due = LAW.due("release.temporary.prison-notice", date(2026, 12, 15))
    assert (due.nominal, due.window_last) == (date(2026, 11, 15), date(2026, 12, 15))


def test_an_age_is_reached_on_the_day_after_the_birthday() -> None:
    birth = date(2010, 6, 15)
    assert LAW.due("minor.job-16", birth, on=date(2026, 1, 1)).nominal == date(2026, 6, 16)


def test_a_parole_from_life_runs_ten_years() -> None:
    assert LAW.due("counting.parole.life-ten-years", date(2026, 6, 1)).nominal == date(2036, 5, 31)


def test_rest_days_in_a_working_day_period_are_named() -> None:
    due = LAW.due("assessment.term.fast-track", date(2025, 9, 26))
    assert due.extended == date(2025, 10, 10)
    assert date(2025, 9, 28) not in due.skipped  # make-up Sunday
    assert date(2025, 10, 8) in due.skipped


@given(st.sampled_from(FORWARD), DAYS)
def test_a_due_day_is_never_before_its_start(rule_id: str, start: date) -> None:
    due = LAW.due(rule_id, start, on=date(2026, 11, 21))
    assert start < due.nominal
    assert due.extended is not None
    assert due.nominal <= due.extended


@given(st.sampled_from(FORWARD), DAYS, st.integers(0, 40))
def test_a_later_start_is_never_due_earlier(rule_id: str, start: date, later: int) -> None:
    on = date(2026, 11, 21)
    first, second = LAW.due(rule_id, start, on), LAW.due(rule_id, start + timedelta(days=later), on)
    assert first.nominal <= second.nominal
    assert (first.extended or date.max) <= (second.extended or date.max)


@given(DAYS)
def test_a_rolled_day_is_a_working_day(start: date) -> None:
    due = LAW.due("intake.report.deadline", start)
    assert due.extended is not None
    assert LAW.calendar.is_working_day(due.extended)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_land_in_the_right_month(day: date, months: int) -> None:
    there = add_months(day, months)
    assert there.year * 12 + there.month == day.year * 12 + day.month + months
    assert there.day <= 31


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 20_000))
def test_a_span_is_what_years_months_and_days_add_up_to(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    years, months, rest = span(first, last)
    assert add_months(first, years * 12 + months) + timedelta(days=rest) == last


def test_years_have_no_clause_for_the_last_day() -> None:
    assert add_years(date(2023, 2, 28), 1) == date(2024, 2, 28)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_months(date(2023, 2, 28), 12) == date(2024, 2, 29)
