"""Why a day is as it is: the days counted, each skipped one named, the articles quoted, the end told."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import counted, load_law
from lawkit.counting import SHANGHAI
from lawkit.errors import CalendarMissing, NotAPeriod, UnknownRule
from lawkit.terms import Length, extend, shorten, term
from lawkit.why import Change, Explanation, structure, why, why_term

LAW = load_law()


def _counts(rule_id: str) -> bool:
    try:
        LAW.period(rule_id, LAW.rule(rule_id).in_force_from)
    except NotAPeriod:
        return False
    return LAW.rule(rule_id).counting.profile not in {"P-NONE", "P-HOUR"}


PERIODS = [rule_id for rule_id in LAW.rule_ids if _counts(rule_id)]
DAYS = st.dates(date(2020, 7, 1), date(2027, 6, 1))


def numbers(found: Explanation) -> list[int]:
    assert found.counting is not None
    return [one.number for one in found.counting.days if one.number is not None]


@given(st.sampled_from(PERIODS), DAYS)
def test_as_many_days_are_counted_as_the_period_has_and_the_last_is_the_due_date(rule_id: str, start: date):
    on = LAW.rule(rule_id).in_force_from
    found = why(LAW, rule_id, start, on=on)
    assert found.counting is not None
    period = LAW.period(rule_id, start, on)
    if found.counting.due is None:
        with pytest.raises(CalendarMissing):
            LAW.due(rule_id, start, on)
        assert str(found.counting.missing_year) in "".join(found.sentences)
        return
    due = found.counting.due
    assert due == LAW.due(rule_id, start, on)
    if period.unit in {"day", "working_day"}:
        assert found.counting.total == period.count
    if numbers(found):
        assert numbers(found) == list(range(1, (found.counting.total or 0) + 1))
        assert (
            next(one.day for one in found.counting.days if one.number == found.counting.total) == due.nominal
        )
    skipped = [one for one in found.counting.days if one.state == "skipped"]
    assert tuple(one.day for one in skipped) == due.skipped
    assert all(one.why for one in skipped)


@given(st.sampled_from(PERIODS), DAYS)
def test_every_rule_named_exists_and_has_an_article(rule_id: str, start: date):
    for one in why(LAW, rule_id, start, on=LAW.rule(rule_id).in_force_from).grounds:
        assert LAW.rule(one.rule, one.in_force_from).title_zh == one.title_zh
        assert all(article.title_zh for article in one.articles)


@pytest.mark.parametrize("rule_id", LAW.rule_ids)
def test_every_rule_can_be_explained(rule_id: str):
    found = why(LAW, rule_id)
    assert found.sentences
    assert found.grounds[0].articles
    assert found.grounds[0].articles[0].quote == LAW.rule(rule_id).quote
    json.dumps(structure(found))


def test_ten_days_into_the_spring_festival():  # ex.day.004
    found = why(LAW, "intake.report.deadline", date(2026, 2, 6), {"判决、裁定生效": "2026-02-06"})
    told = "\n".join(found.sentences)
    assert "事实：判决、裁定生效 2026年2月6日（周五）。" in told
    assert (
        "《社区矫正法》第二十一条第一款：“应当自判决、裁定生效之日起十日内到执行地社区矫正机构报到”" in told
    )
    assert "开始之日不计算在内，2月7日为第1日" in told
    assert "2月16日至2月20日（春节）、2月21日（周六）、2月22日（周日）、2月23日（春节）" in told
    assert "期限于2026年2月24日（周二）24:00届满。" in told
    assert [one.rule for one in found.grounds] == [
        "intake.report.deadline", "counting.start-excluded", "counting.holiday-roll",
    ]  # fmt: skip


def test_working_days_name_what_is_passed_over_and_what_is_made_up():  # ex.wd.006
    told = "\n".join(why(LAW, "assessment.term.ordinary", date(2026, 2, 13)).sentences)
    assert "3月1日（周日）" in told
    assert "2月14日（春节调休上班）、2月28日（春节调休上班）" in told
    assert "第10个工作日为2026年3月5日（周四）" in told


def test_a_year_without_calendar_is_said_and_not_guessed():  # ex.day.009, ex.wd.010
    rolled = why(LAW, "decision.deliver-documents", date(2026, 12, 25))
    assert rolled.counting is not None
    assert rolled.counting.missing_year == 2027
    assert "届满" not in rolled.sentences[-2]
    assert "2027年" in "".join(why(LAW, "assessment.term.ordinary", date(2026, 12, 25)).sentences)


def test_hours_end_on_a_holiday():  # ex.hour.002
    found = why(LAW, "arrest.decision-time", datetime(2026, 9, 30, 16, tzinfo=SHANGHAI))
    assert "于2026年10月2日（周五）16:00届满。" in found.sentences
    assert found.counting is not None
    assert found.counting.total is None


def test_custody_is_not_extended_by_a_rest_day():
    strict = next(one for one in PERIODS if LAW.rule(one).counting.profile == "P-DAY-STRICT")
    found = why(LAW, strict, date(2026, 2, 6), on=LAW.rule(strict).in_force_from)
    assert "该期间遇节假日不顺延。" in found.sentences
    assert "counting.custody-no-roll" in [one.rule for one in found.grounds]


def test_counting_back_from_an_end():  # ex.back.001
    found = why(LAW, "release.summary", date(2026, 8, 31))
    assert "最迟2026年8月1日（周六）24:00前办理。" in found.sentences
    assert found.counting is not None
    assert [one.day for one in found.counting.days[:2]] == [date(2026, 8, 31), date(2026, 8, 30)]


def test_the_version_of_the_day_explains_the_fact():
    old = why(LAW, "history.2012.three-warnings", on=date(2015, 1, 1)).grounds[0]
    assert (old.in_force_from, old.in_force_to) == (date(2012, 3, 1), date(2020, 6, 30))


def test_a_term_tells_its_offset_and_each_change():  # ex.term.016
    begun = term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 4, 1), Length(1), custody_days=20)
    shorter = shorten(LAW, begun, Length(0, 2))
    found = why_term(
        LAW, begun, [Change("reduction.dates-in-ruling", shorter.end, Length(0, 2), date(2026, 10, 1))]
    )
    told = "\n".join(found.sentences)
    assert "一年，至届满之日的前一日2027年3月31日（周三）止" in told
    assert "判决前羁押折抵40日（《刑法》第四十一条" in told
    assert "末日提前至2027年2月19日（周五）" in told
    assert f"缩短二个月，末日提前{(begun.end - shorter.end).days}日，为2026年12月22日（周二）" in told
    assert "期限于2026年12月22日（周二）24:00届满" in told
    assert "counting.credit.surveillance" in [one.rule for one in found.grounds]


def test_time_not_counted_moves_the_end_of_a_term():  # ex.term.007
    begun = term(LAW, "TEMPORARY_SERVICE", date(2024, 4, 1), Length(1))
    longer = extend(LAW, begun, Length(4, 0, 12))
    told = why_term(LAW, begun, [Change("reimprison.noncounted.law", longer.end, Length(4, 0, 12))]).sentences
    assert any("增加四年十二日" in one and "2029年4月12日" in one for one in told)


def test_a_length_that_a_decision_states_is_counted():
    found = why(LAW, "device.max-term", date(2026, 1, 31), length=1)
    assert found.counting is not None
    assert found.counting.due == LAW.due_after("device.max-term", 1, date(2026, 1, 31))


def test_an_unknown_rule_has_no_reason():
    with pytest.raises(UnknownRule):
        why(LAW, "no.such.rule")


def test_a_long_period_names_its_skipped_days_only():
    start = date(2026, 7, 1)
    period = LAW.period("counting.parole.life-ten-years", start)
    due = LAW.due("counting.parole.life-ten-years", start)
    assert counted.days(period, due, LAW.calendar) == ()
    assert counted.total(period, due) == (due.nominal - start + timedelta(days=1)).days
