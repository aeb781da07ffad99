"""A fact is judged by the law of its day and by no other (handbook section 1; docs/adr/0011)."""

from datetime import date

import pytest
from lawkit import law_of_the_day as day_law
from lawkit import load_law
from lawkit.errors import UnknownRule

LAW = load_law()
DEADLINE = "intake.report.deadline"
EVE, FIRST = date(2020, 6, 30), date(2020, 7, 1)


def test_no_clock_is_set_before_the_rule_was_in_force() -> None:
    """社区矫正法 第二十一条."""
    assert day_law.of_the_day(LAW, DEADLINE, EVE) is None
    assert day_law.due(LAW, DEADLINE, EVE) is None
    assert day_law.last_day(LAW, DEADLINE, EVE) is None
    assert day_law.last_day(LAW, DEADLINE, FIRST) == date(2020, 7, 13)  # 2020-07-11 is a Saturday


def test_while_a_calendar_is_missing_the_last_day_is_provisional_and_held_against_nobody() -> None:
    # the last three end on days of 2026 that the notice for 2027 may still arrange
    for begun, last in (
        ("2026-12-25", "2027-01-04"),
        ("2026-12-21", "2026-12-31"),
        ("2026-12-08", "2026-12-18"),
    ):
        start = date.fromisoformat(begun)
        assert day_law.last_day(LAW, DEADLINE, start) == date.fromisoformat(last)
        assert day_law.provisional(LAW, DEADLINE, start)
        assert day_law.final_day(LAW, DEADLINE, start) is None


def test_a_day_that_no_coming_year_can_move_is_final() -> None:
    assert day_law.final_day(LAW, DEADLINE, date(2026, 12, 7)) == date(2026, 12, 17)
    assert not day_law.provisional(LAW, DEADLINE, date(2026, 12, 7))


def test_a_period_in_working_days_has_a_provisional_day_though_its_year_is_missing() -> None:
    found = day_law.known_day(LAW, "assessment.term.ordinary", date(2026, 12, 25))
    assert found == day_law.Known(date(2027, 1, 11), False)
    assert day_law.known_day(LAW, "intake.accept", date(2026, 12, 25)) is None


@pytest.mark.parametrize(
    ("rule_id", "day", "basis", "article"),
    [
        (DEADLINE, date(2026, 3, 2), DEADLINE, "社区矫正法 第二十一条第一款"),
        # the Measures of 2012, which the Law superseded
        (DEADLINE, EVE, "history.2012.office-report-three-days", "社区矫正实施办法（2012） 第六条"),
        # the catalogue knows nothing of 2011
        (DEADLINE, date(2011, 3, 2), "", ""),
        # an older text among the rule's own sources grounds the act: 刑法 第七十七条第二款
        (
            "revoke.probation.ground.two-warnings",
            date(2019, 6, 1),
            "revoke.probation.ground.two-warnings",
            "刑法 第七十七条第二款",
        ),
        # ... but sets no clock: 暂予监外执行规定 第十九条
        (
            "intake.temporary.court-handover",
            date(2016, 7, 1),
            "intake.temporary.court-handover",
            "暂予监外执行规定 第十九条",
        ),
    ],
)
def test_what_a_fact_rests_on_was_in_force_on_its_day(
    rule_id: str, day: date, basis: str, article: str
) -> None:
    assert day_law.basis(LAW, rule_id, day) == basis
    assert day_law.article_zh(LAW, rule_id, day) == article


def test_an_older_text_sets_no_clock() -> None:
    assert day_law.due(LAW, "intake.temporary.court-handover", date(2016, 7, 1)) is None


def test_no_article_is_ever_cited_before_its_text_was_in_force() -> None:
    for rule_id in LAW.rule_ids:
        for day in (date(2011, 3, 2), date(2016, 7, 17), EVE, date(2026, 2, 20)):
            found = day_law.basis(LAW, rule_id, day)
            texts = [LAW.sources[one.text] for one in LAW.rule(found).source] if found else []
            cited = day_law.article_zh(LAW, rule_id, day)
            in_force = [text.short_zh for text in texts if text.in_force(day)]
            assert not cited or any(cited.startswith(name) for name in in_force), (rule_id, day, cited)


def test_days_before_a_rule_count_for_nothing() -> None:
    ladder = "admonition.ground.late-or-out-ten-days"
    assert day_law.counted_since(LAW, ladder, date(2020, 6, 1)) == EVE
    assert day_law.counted_since(LAW, ladder, date(2020, 7, 5)) == date(2020, 7, 5)


def test_a_rule_that_nobody_knows_judges_nothing() -> None:
    with pytest.raises(UnknownRule):
        day_law.basis(LAW, "no.such.rule", FIRST)
