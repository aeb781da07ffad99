"""A year without the State Council's notice: missing or provisional, and asked again when the notice is there."""

import json
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged
from lawkit.calendar import ADJOINING, Calendar
from lawkit.errors import CalendarMissing, WrongData
from lawkit.law_of_the_day import known_day
from lawkit.why import why

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
NEXT_TO_2027 = st.sets(st.dates(date(2027, 1, 1) - ADJOINING, date(2027, 1, 31)), max_size=20)


def of_2027(off: set[date]) -> Arrangement:
    """A notice that also arranges days of the year before, as notices have."""
    days = [ArrangedDay(day, day.weekday() > 4, "元旦") for day in off | {date(2027, 1, 1)}]
    return Arrangement.of(2027, days)


def test_a_period_in_working_days_names_the_missing_year() -> None:
    with pytest.raises(CalendarMissing) as missing:
        LAW.due("assessment.term.ordinary", date(2026, 12, 25))
    assert missing.value.year == 2027


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
    before, after = known_day(LAW, rule_id, start), known_day(new, rule_id, start)
    assert before is not None
    assert after is not None
    assert after.final
    assert not before.final or before == after
    assert after.day == new.due(rule_id, start).extended


@given(st.sampled_from(RULES), YEAR_ENDS, NEXT_TO_2027)
def test_no_notice_moves_a_final_answer(rule_id: str, start: date, off: set[date]) -> None:
    """A notice for the next year may arrange the last days of the year before (社区矫正法实施办法 第十四条)."""
    new = LAW.with_calendar(arranged(LAW.calendar, [of_2027(off)]))
    before, after = known_day(LAW, rule_id, start), known_day(new, rule_id, start)
    assert before is not None
    assert not before.final or before == after


def test_the_last_days_of_a_known_year_wait_for_the_next_notice() -> None:
    rolling, working = "intake.report.deadline", "assessment.term.ordinary"
    assert LAW.due(rolling, date(2026, 12, 7)).final
    waiting = LAW.due(rolling, date(2026, 12, 8))
    assert (waiting.extended, waiting.provisional_year, waiting.final) == (date(2026, 12, 18), 2027, False)
    assert LAW.due(working, date(2026, 12, 3)).final
    assert not LAW.due(working, date(2026, 12, 4)).final
    said = "".join(why(LAW, rolling, date(2026, 12, 8)).sentences)
    assert "2027年放假安排可能调整上年末的工作日" in said
    # custody never rolls: no notice moves it
    assert LAW.due("arrest.custody-max", date(2026, 12, 1)).final
    # where both years are known nothing is awaited, nor before the first year
    assert LAW.due(rolling, date(2025, 12, 20)).final
    assert LAW.calendar.first_awaited(date(min(LAW.calendar.years), 1, 2), date(2005, 12, 31)) is None


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
