"""Rules are found by id and day and say where they are written."""

from datetime import date

import pytest
from lawkit import load_law
from lawkit.articles import article_zh, numeral
from lawkit.errors import NoNumber, NotInForce, UnknownRule, WrongData

LAW = load_law()


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "零"), (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (27, "二十七"), (100, "一百"),
     (105, "一百零五"), (110, "一百一十"), (202, "二百零二"), (286, "二百八十六"), (1001, "一千零一"),
     (1010, "一千零一十")],
)  # fmt: skip
def test_numerals_are_written_as_in_statutes(number: int, written: str) -> None:
    assert numeral(number) == written


@pytest.mark.parametrize(
    ("rule_id", "written"),
    [
        ("leave.must-approve-justified", "社区矫正法 第二十七条第一款"),
        ("injunction.not-occupational-ban", "刑法 第三十七条之一"),
        ("leave.office-approval.max-days", "社区矫正法实施办法 第二十七条"),
        ("warning.ground.two-admonitions", "社区矫正法实施办法 第三十五条第五项"),
        ("history.2012.two-eight-hours", "社区矫正实施办法（2012） 第十五条至第十六条"),
    ],
)
def test_article_is_cited_in_chinese(rule_id: str, written: str) -> None:
    assert LAW.article_zh(rule_id) == written


def test_a_fact_is_cited_from_the_text_of_its_day() -> None:
    rule_id = "arrest.decision-time"
    assert LAW.article_zh(rule_id, date(2026, 2, 20)) == "社区矫正法 第四十七条"
    assert LAW.article_zh(rule_id, date(2026, 2, 21)).endswith("衔接配合管理的意见 第十七条")
    assert LAW.article_zh(rule_id, date(2019, 1, 1)) == LAW.article_zh(rule_id)


def test_every_rule_can_be_cited() -> None:
    assert all(LAW.article_zh(rule_id) for rule_id in LAW.rule_ids)


def test_article_of_a_whole_text_is_empty() -> None:
    assert article_zh(None, para=None, item=None, annex=None) == ""


def test_a_rule_judges_only_facts_of_its_days() -> None:
    first = date(2026, 2, 21)
    assert LAW.rule("absconded.out-of-contact", first).duration == LAW.threshold("absconded.out-of-contact")
    with pytest.raises(NotInForce, match="got a fact of 2026-02-20, want a day in 2026-02-21 to open"):
        LAW.rule("absconded.out-of-contact", date(2026, 2, 20))


def test_the_rule_of_the_day_is_found_among_successors() -> None:
    ids = ("absconded.out-of-contact", "history.2016.absconded-no-48h")
    assert LAW.first_in_force(ids, date(2026, 2, 21)).id == ids[0]
    assert LAW.first_in_force(ids, date(2026, 2, 20)).id == ids[1]
    with pytest.raises(NotInForce):
        LAW.first_in_force(ids, date(2016, 8, 29))


def test_an_unknown_id_is_refused() -> None:
    for ask in (LAW.rule, LAW.setting, LAW.kind, LAW.article_zh):
        with pytest.raises(UnknownRule, match=r"leave\.for-ever"):
            ask("leave.for-ever")
    with pytest.raises(UnknownRule):
        LAW.in_force("leave.for-ever", date(2026, 1, 1))


def test_a_missing_number_is_refused_with_those_that_exist() -> None:
    assert LAW.threshold("leave.higher-approval.two-months", "window_months") == 2
    with pytest.raises(NoNumber, match="value, window_months"):
        LAW.threshold("leave.higher-approval.two-months", "weeks")
    with pytest.raises(NoNumber):
        LAW.threshold("group.woman-member")
    with pytest.raises(NoNumber):
        LAW.rule("group.woman-member").listed("excused_by")


def test_a_setting_takes_only_its_options() -> None:
    assert LAW.setting("set.missing.sanction-clock").choice == "documented-start-of-fact"
    other = LAW.with_settings({"set.missing.sanction-clock": "after-48-hours"})
    assert other.setting("set.missing.sanction-clock").choice == "after-48-hours"
    assert LAW.setting("set.missing.sanction-clock").choice == "documented-start-of-fact"
    with pytest.raises(WrongData, match=r"set\.missing\.sanction-clock"):
        LAW.with_settings({"set.missing.sanction-clock": "never"})
    with pytest.raises(WrongData):
        _ = LAW.setting("set.missing.sanction-clock").flag
    with pytest.raises(WrongData):
        _ = LAW.setting("set.missing.sanction-clock").number


def test_rules_for_all_apply_to_each_kind_and_others_only_to_theirs() -> None:
    assert all(LAW.rule("leave.return").applies_to(kind) for kind in LAW.kinds)
    assert not LAW.rule("health.monthly-report").applies_to("PROBATION")
