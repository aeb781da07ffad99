"""Ladders without gap or overlap, units that fit, quotations that stand in the law, and no version in force rewritten."""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.errors import Fault
from lawkit.loading_changes import rewritten
from lawkit.loading_checks import contradictions
from lawkit.loading_lines import UNITS, ladders, ladders_meet, sources_are_in_force, units_fit_the_counting
from lawkit.model import Catalogue
from lawkit.rules import Citation, Rule
from lawkit.texts import articles, lengths, number_of, of_rule, texts, untrue_citations

LAW = load_law()
FILE = LAW.catalogue
NEXT_YEAR = date(2027, 1, 1)
LATE = "admonition.ground.late-or-out-ten-days"
WARNED = "warning.ground.late-or-out-over-ten-days"


def changed(rule_id: str, **changes: Any) -> Catalogue:
    """The catalogue with one rule changed."""
    rules = tuple(replace(rule, **changes) if rule.id == rule_id else rule for rule in FILE.rules)
    return replace(FILE, rules=rules)


def said(faults: object) -> str:
    return "\n".join(map(str, faults))  # type: ignore[call-overload]


def test_this_release_is_sound_against_itself_and_against_the_texts() -> None:
    assert list(contradictions(FILE)) == []
    assert list(untrue_citations(FILE)) == []
    assert list(rewritten(FILE, FILE, NEXT_YEAR)) == []


@pytest.mark.parametrize(
    ("rule_id", "changes", "why"),
    [
        (LATE, {"duration": 12}, "at_most 12 day, which overlaps warning.ground.late-or-out-over-ten-days"),
        (LATE, {"duration": 9}, "at_most 9 day, which leaves a gap to warning.ground.late-or-out-over-ten-days"),
        (LATE, {"bound": "less_than"}, "less_than 10 day, which leaves a gap to"),
        (WARNED, {"duration": 11}, "leaves a gap to"),
        (WARNED, {"bound": "at_least"}, "leaves a gap to"),
        (LATE, {"unit": "month"}, "want the unit and counting of warning"),
        ("leave.office-approval.max-days", {"duration": 8}, "overlaps leave.county-approval.over-seven-days"),
        ("leave.higher-approval.single", {"duration": 45}, "leaves a gap to leave.higher-approval.single"),
        ("leave.county-approval.max-days", {"duration": 5}, "leave.office-approval.max-days.duration: got at_most 7 day, want less"),
        ("health.extension.under-one-month", {"duration": 2}, "overlaps health.extension.one-to-three-months"),
        ("absconded.overdue-return", {"duration": 24}, "got more_than 24 hour, want more_than 48 hour as"),
        ("revoke.parole.ground.late-or-out-over-one-month", {"unit": "day"}, "less than more_than 1 day"),
    ],
)  # fmt: skip
def test_lines_of_one_ladder_meet(rule_id: str, changes: dict[str, Any], why: str) -> None:
    found = said(ladders_meet(changed(rule_id, **changes)))
    assert why in found or ("gap" in why and "overlaps" in found)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([pair for pair in ladders().meets if "#" not in "".join(pair)]),
    st.integers(1, 60),
    st.booleans(),
)
def test_no_line_of_a_ladder_moves_alone(pair: tuple[str, str], number: int, lower: bool) -> None:
    rule_id = pair[0] if lower else pair[1]
    moved = changed(rule_id, duration=number)
    assert (list(ladders_meet(moved)) != []) == (number != LAW.rule(rule_id).duration)


def test_versions_are_compared_only_for_days_on_which_both_are_in_force() -> None:
    last, first = date(2026, 12, 31), date(2027, 1, 1)
    ended = [replace(r, in_force_to=last) if r.id in {LATE, WARNED} else r for r in FILE.rules]
    new = [replace(LAW.rule(r), duration=12, in_force_from=first, in_force_to=None) for r in (LATE, WARNED)]
    assert list(ladders_meet(replace(FILE, rules=(*ended, *new)))) == []
    assert "overlaps" in said(ladders_meet(replace(FILE, rules=(*ended, new[0], LAW.rule(WARNED)))))


def test_every_rule_with_a_line_has_its_place_among_the_ladders() -> None:
    known = ladders()
    named = {
        n.partition("#")[0] for g in (known.meets, known.same, known.rises, known.equal) for p in g for n in p
    }
    lines = {
        rule.id for rule in FILE.rules if rule.duration and rule.type in {"ground", "threshold", "approval", "counting"}
        and rule.bound in {"at_most", "more_than", "at_least", "less_than"}
    }  # fmt: skip
    assert named | set(known.alone) <= set(LAW.rule_ids)
    assert lines - named - set(known.alone) == set()


@pytest.mark.parametrize(
    "profile", [profile.id for profile in FILE.counting_profiles if profile.id != "P-NONE"]
)
@pytest.mark.parametrize("unit", ["hour", "day", "working_day", "month"])
def test_a_unit_that_its_counting_does_not_count_is_refused(profile: str, unit: str) -> None:
    rule = next(rule for rule in FILE.rules if rule.counting.profile == profile)
    odd = replace(FILE, rules=(replace(rule, unit=unit),))
    assert (said(units_fit_the_counting(odd)) == "") == (unit in UNITS[profile])


def test_a_rule_is_in_force_only_while_a_text_that_it_cites_is() -> None:
    early = changed(LATE, in_force_from=date(2020, 6, 30))
    assert "got 2020-06-30, before or after its sources: MEA 2020-07-01 to open" in said(
        sources_are_in_force(early)
    )
    old = changed("history.2012.leave-one-month", in_force_to=None)
    assert "want 2020-06-30 or earlier" in said(sources_are_in_force(old))


@pytest.mark.parametrize("article", [999, 0, "34-7"])
def test_an_article_that_the_source_does_not_have_is_refused(article: int | str) -> None:
    rule = replace(LAW.rule(LATE), source=(Citation("MEA", article),))
    assert f"got MEA article {article}, want an article that the source has" in said(of_rule(rule, ()))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([r for r in FILE.rules if r.quote and r.source[0].text in texts()]), st.data())
def test_a_quotation_with_one_sign_changed_or_of_another_article_is_refused(
    rule: Rule, data: st.DataObject
) -> None:
    assert rule.quote is not None
    at = data.draw(st.integers(0, len(rule.quote) - 1))
    wrong = rule.quote[:at] + "囧" + rule.quote[at + 1 :]
    assert f"{rule.id}.quote" in said(of_rule(replace(rule, quote=wrong), ()))


def test_a_duration_is_the_one_that_the_quotation_says() -> None:
    national = LAW.rule("decision.notify-institution")
    assert "got 6 day, want 5 day as the quotation says" in said(of_rule(replace(national, duration=6), ()))
    working = replace(national, unit="working_day")
    assert "got 5 working_day, want 5 day as the quotation says" in said(of_rule(working, ()))


def test_numerals_and_lengths_are_read() -> None:
    assert [number_of(n) for n in ("五", "十", "十二", "三十", "一百零五", "二百三十")] == [
        5,
        10,
        12,
        30,
        105,
        230,
    ]
    assert list(lengths("十个工作日内，二十四小时，超过一个月，三年")) == [
        (10, "working_day"),
        (24, "hour"),
        (1, "month"),
        (36, "month"),
    ]


def test_the_texts_are_whole() -> None:
    assert len(texts()["CCL"]) == 63
    assert len(texts()["MEA"]) == 59
    assert len(texts()["CPL"]) == 308
    assert set(articles("**第一条**　甲\n\n第二条之一 乙\n")) == {"1", "2-1"}
    assert (files("lawkit") / "data" / "texts.json").is_file()


EDITS: list[tuple[str, dict[str, Any], str]] = [
    ("intake.report.deadline", {"duration": 11}, "intake.report.deadline.duration: got 11, want 10: in force since 2020-07-01"),
    ("revoke.probation.ground.two-warnings", {"threshold": {"op": "gte", "value": 1}}, ".threshold"),
    ("leave.return", {"actor": ("JO",)}, "leave.return.actor"),
    ("leave.return", {"kinds": ("PAROLE",)}, "leave.return.kinds"),
    ("intake.report.deadline", {"in_force_from": date(2020, 7, 2)}, "no version from 2020-07-01"),
    ("intake.report.deadline", {"in_force_to": date(2026, 6, 30)}, "want 2026-12-31 or later: the days before are judged"),
    ("history.2012.leave-one-month", {"in_force_to": date(2020, 12, 31)}, "want 2020-06-30: it has ended"),
]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "changes", "why"), EDITS)
def test_a_version_that_has_been_in_force_is_not_rewritten(
    rule_id: str, changes: dict[str, Any], why: str
) -> None:
    assert why in said(rewritten(FILE, changed(rule_id, **changes), NEXT_YEAR))


def test_a_version_in_force_is_not_dropped_and_what_is_forbidden_stays_so() -> None:
    fewer = replace(FILE, rules=tuple(rule for rule in FILE.rules if rule.id != LATE))
    assert f"{LATE}.in_force_from: got no version from 2020-07-01" in said(rewritten(FILE, fewer, NEXT_YEAR))
    freer = replace(FILE, forbidden_features=FILE.forbidden_features[1:])
    assert "a forbidden feature stays forbidden" in said(rewritten(FILE, freer, NEXT_YEAR))


def test_a_version_in_force_may_be_ended_for_a_new_one_and_its_words_corrected() -> None:
    old = LAW.rule("intake.report.deadline")
    ended = replace(old, in_force_to=date(2026, 12, 31), note="ended", title_en="Report in time")
    new = replace(old, duration=7, in_force_from=NEXT_YEAR)
    rules = tuple(ended if rule.id == old.id else rule for rule in FILE.rules)
    assert list(rewritten(FILE, replace(FILE, rules=(*rules, new)), NEXT_YEAR)) == []
    # a version that has not begun may still be changed
    first, second = (replace(FILE, rules=(*rules, replace(new, duration=days))) for days in (7, 8))
    assert list(rewritten(first, second, NEXT_YEAR)) == []


def test_a_fault_is_a_record() -> None:
    (fault, *_) = rewritten(FILE, changed(LATE, duration=3), NEXT_YEAR)
    assert isinstance(fault, Fault)
    assert fault.path[0] == "rules"
    assert fault.path[2] == "duration"
