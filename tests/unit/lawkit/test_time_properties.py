"""What holds for every day: rolls, months' ends, counting backward, hours, 24:00 in Shanghai, terms."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.counting import SHANGHAI, Due, Period, add_months, add_years, count, day_of, end_of_day
from lawkit.ladders import late_report_measure, leave_days_in_window
from lawkit.rules import ALL_KINDS
from lawkit.terms import Length, credited, extend, shorten, term

LAW = load_law()
TODAY = date(2026, 11, 21)
ONE = timedelta(days=1)
TICK = timedelta(microseconds=1)
DAYS = st.dates(date(2004, 2, 1), date(2026, 5, 31))
ROLLING = (
    "intake.report.deadline",
    "decision.notify-institution",
    "revoke.ruling-time",
    "oversight.suggestion",
)
NEVER_ROLLED = ("arrest.custody-max", "reimprison.take-in.prison", "sealing.term", "device.max-term",
                "health.recheck", "travel.regular.validity", "reimprison.term-end-letter", "release.summary",
                "transfer.application.lead-time", "release.foreigner.documents")  # fmt: skip
WORKING = ("assessment.term.ordinary", "assessment.term.fast-track", "reimprison.supplement")
INSTANTS = st.datetimes(datetime(2020, 7, 2), datetime(2026, 5, 31), timezones=st.just(SHANGHAI))
PROFILES = ("P-DAY", "P-DAY-STRICT", "P-WD", "P-MONTH", "P-MONTH-STRICT", "P-INTERVAL", "P-LATE")


def last_of_month(day: date) -> bool:
    return (day + ONE).day == 1


@given(st.sampled_from(NEVER_ROLLED), DAYS)
def test_custody_terms_permits_and_backward_periods_never_roll(rule_id: str, start: date) -> None:
    due = LAW.due(rule_id, start, TODAY)
    assert due.extended == due.nominal
    assert due.skipped == ()


@given(st.sampled_from(ROLLING), DAYS)
def test_a_roll_skips_exactly_the_rest_days_after_the_last_day(rule_id: str, start: date) -> None:
    due = LAW.due(rule_id, start, TODAY)
    assert due.extended is not None
    assert due.skipped == tuple(due.nominal + i * ONE for i in range((due.extended - due.nominal).days))
    assert not any(map(LAW.calendar.is_working_day, due.skipped))
    assert LAW.calendar.is_working_day(due.extended)


@given(st.sampled_from(WORKING), DAYS)
def test_between_start_and_due_lie_as_many_working_days_as_the_rule_says(rule_id: str, start: date) -> None:
    due = LAW.due(rule_id, start, TODAY)
    between = (start + i * ONE for i in range(1, (due.nominal - start).days + 1))
    assert sum(map(LAW.calendar.is_working_day, between)) == LAW.threshold(rule_id)
    assert LAW.calendar.is_working_day(due.nominal)


@given(st.sampled_from(PROFILES), st.integers(1, 40), DAYS, st.integers(0, 40))
def test_every_profile_counts_a_later_start_no_earlier(profile: str, n: int, start: date, later: int) -> None:
    unit = "month" if "MONTH" in profile or profile == "P-INTERVAL" else "day"
    assume(unit == "day" or n <= 6)
    period = Period("x", profile, n, unit, roll=profile in {"P-DAY", "P-MONTH"})
    first, second = (count(period, start + days * ONE, LAW.calendar) for days in (0, later))
    assert first.nominal <= second.nominal
    assert (first.extended or date.max) <= (second.extended or date.max)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 240))
def test_a_month_from_a_last_day_ends_on_a_last_day_and_others_keep_their_day(day: date, months: int) -> None:
    there = add_months(day, months)
    if last_of_month(day):
        assert last_of_month(there)
    else:
        assert there.day == day.day or (last_of_month(there) and there.day < day.day)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 240))
def test_counting_months_back_never_passes_the_months_counted_forward(end: date, months: int) -> None:
    latest = add_months(end, -months)
    assert latest < end
    assert last_of_month(latest) or add_months(latest, months).day == end.day
    assert abs((add_months(latest, months) - end).days) <= 3


@given(st.integers(1, 400), DAYS)
def test_counting_days_back_and_forward_meet(n: int, end: date) -> None:
    back = count(Period("x", "P-BACK-DAY", n, "day", roll=False), end, LAW.calendar)
    there = count(Period("x", "P-DAY-STRICT", n, "day", roll=False), back.nominal, LAW.calendar)
    assert there.nominal == end


@given(INSTANTS, st.integers(-12, 14))
def test_hours_are_exact_in_every_time_zone(start: datetime, offset: int) -> None:
    elsewhere = start.astimezone(timezone(timedelta(hours=offset)))
    due = LAW.due("arrest.decision-time", start)
    assert due == LAW.due("arrest.decision-time", elsewhere)
    assert due.instant == start + timedelta(hours=LAW.rule("arrest.decision-time").duration or 0)


@given(st.sampled_from(ROLLING + WORKING), INSTANTS)
def test_the_hour_of_the_start_changes_nothing_for_days(rule_id: str, start: datetime) -> None:
    day = start.date()
    midnight = datetime.combine(day, time.min, SHANGHAI)
    by_day = LAW.due(rule_id, day, TODAY)
    assert by_day == LAW.due(rule_id, start, TODAY) == LAW.due(rule_id, midnight, TODAY)
    assert by_day == LAW.due(rule_id, midnight.astimezone(UTC), TODAY)


@given(DAYS)
def test_24_00_is_the_first_instant_that_is_no_longer_the_day(day: date) -> None:
    end = end_of_day(day)
    assert day_of(end - TICK) == day
    assert day_of(end) == day + ONE
    assert end - end_of_day(day - ONE) == timedelta(hours=24)


@given(st.sampled_from((*ROLLING, *WORKING, "arrest.custody-max")), DAYS, st.integers(-90, 90))
def test_overdue_begins_at_the_wake_up_and_never_ends(rule_id: str, start: date, away: int) -> None:
    due = LAW.due(rule_id, start, TODAY)
    assert due.wake_at is not None
    assert not due.overdue(due.wake_at - TICK)
    assert due.overdue(due.wake_at)
    assert due.overdue(due.wake_at + away * ONE) == (away >= 0)


@given(DAYS, st.integers(0, 10), st.integers(0, 11), st.integers(0, 29))
def test_a_term_ends_the_day_before_the_same_day(start: date, years: int, months: int, days: int) -> None:
    assume(years + months + days)
    got = term(LAW, "PROBATION", start, Length(years, months, days))
    assert got.end + ONE == add_months(add_years(start, years), months) + days * ONE
    assert got.start <= got.end
    assert got.ends_at == end_of_day(got.end)


@given(DAYS, st.integers(1, 8), st.integers(1, 8))
def test_a_term_of_more_years_never_ends_earlier(start: date, years: int, more: int) -> None:
    ends = [term(LAW, "PAROLE", start, Length(years=y)).end for y in (years, years + more)]
    assert ends[0] < ends[1]


@given(DAYS, st.integers(1, 5), st.integers(1, 200))
def test_time_that_does_not_count_moves_the_end_by_itself(start: date, years: int, days: int) -> None:
    served = term(LAW, "TEMPORARY_SERVICE", start, Length(years=years))
    longer = extend(LAW, served, Length(days=days))
    assert longer.end == served.end + days * ONE
    assert shorten(LAW, longer, Length(days=days)).end == served.end


@given(DAYS, st.integers(1, 5), st.integers(1, 5))
def test_parts_that_do_not_count_add_up_in_any_order(start: date, first: int, second: int) -> None:
    served = term(LAW, "TEMPORARY_SERVICE", start, Length(years=5))
    one = extend(LAW, extend(LAW, served, Length(days=first)), Length(days=second))
    other = extend(LAW, extend(LAW, served, Length(days=second)), Length(days=first))
    assert one.end == other.end == served.end + (first + second) * ONE


@given(DAYS, st.integers(0, 80))
def test_custody_shortens_by_its_rate_and_never_twice(start: date, custody: int) -> None:
    whole = term(LAW, "PUBLIC_SURVEILLANCE", start, Length(years=1))
    got = term(LAW, "PUBLIC_SURVEILLANCE", start, Length(years=1), custody_days=custody)
    rate = int(LAW.threshold("counting.credit.surveillance", "credit_days_per_custody_day"))
    assert whole.end - got.end == rate * custody * ONE
    assert credited(LAW, whole, "counting.credit.surveillance", custody).end == got.end
    assert term(LAW, "PROBATION", start, Length(years=1), custody_days=custody).end == whole.end


@given(st.sampled_from(ALL_KINDS), DAYS, st.integers(0, 70))
def test_the_measure_never_gets_milder_with_the_days(kind: str, due: date, days: int) -> None:
    order = ["none", "admonition", "warning"]
    now, next_day = (late_report_measure(LAW, kind, due, due + d * ONE, on=TODAY) for d in (days, days + 1))
    assert order.index(now.measure) <= order.index(next_day.measure)
    assert bool(now.revocation_rule) <= bool(next_day.revocation_rule)


@given(
    st.dates(date(2020, 7, 1), date(2040, 1, 1)), st.integers(1, 30), st.integers(0, 90), st.integers(1, 30)
)
def test_a_window_never_holds_more_days_than_were_taken(first: date, days: int, gap: int, now: int) -> None:
    last = first + (days - 1) * ONE
    begin = last + (gap + 1) * ONE
    total = leave_days_in_window(LAW, begin, begin + (now - 1) * ONE, [(first, last)], TODAY)
    assert now <= total <= days + now


def test_a_due_day_is_not_final_while_a_year_is_missing() -> None:
    assert LAW.due("intake.report.deadline", date(2026, 3, 10)).final
    assert not LAW.due("intake.report.deadline", date(2026, 12, 25)).final
    assert Due("x", TODAY, TODAY, TODAY).final
