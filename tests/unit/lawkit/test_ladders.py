"""Both sides of each line of the ladders, and what exists for which kind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lawkit import load_law
from lawkit.counting import SHANGHAI
from lawkit.errors import NotInForce
from lawkit.ladders import (
    Late,
    Limb,
    Measure,
    Sanction,
    absconded,
    absence_measure,
    admonitions_ground,
    late_report_measure,
    leave_approver,
    leave_days,
    leave_days_in_window,
    leave_of_the_day,
    sanctions_counted,
    warnings_ground,
)
from lawkit.restrictions import Device, device_use
from lawkit.rewards import Commendation, commendation
from lawkit.tables import group_lacks, measure_available, reduction_allowed, reduction_may_start

LAW = load_law()
DUE = date(2026, 3, 11)
ON = date(2026, 6, 1)
LOST = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_report_on_the_last_day_is_in_time() -> None:
    assert late_report_measure(LAW, "PROBATION", DUE, DUE) == Late(0, Measure.NONE, None, None)


def test_ten_days_late_call_for_an_admonition_and_eleven_for_a_warning() -> None:
    ten = late_report_measure(LAW, "PROBATION", DUE, DUE + timedelta(days=10))
    eleven = late_report_measure(LAW, "PROBATION", DUE, DUE + timedelta(days=11))
    assert (ten.measure, ten.rule_id) == (Measure.ADMONITION, "admonition.ground.late-or-out-ten-days")
    assert (eleven.measure, eleven.rule_id) == (Measure.WARNING, "warning.ground.late-or-out-over-ten-days")
    assert eleven.revocation_rule is None


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        ("PROBATION", "revoke.probation.ground.late-or-out-over-one-month"),
        ("PAROLE", "revoke.parole.ground.late-or-out-over-one-month"),
        ("PUBLIC_SURVEILLANCE", None),
        ("TEMPORARY_SERVICE", None),
    ],
)
def test_more_than_a_month_late_is_a_revocation_ground_by_kind(kind: str, ground: str | None) -> None:
    assert late_report_measure(LAW, kind, DUE, date(2026, 4, 11)).revocation_rule is None
    over = late_report_measure(LAW, kind, DUE, date(2026, 4, 12))
    assert over.revocation_rule == ground
    assert late_report_measure(LAW, kind, DUE, date(2026, 4, 12), justified=True).revocation_rule is None
    assert bool(over.consider) == (kind == "TEMPORARY_SERVICE")


def test_lateness_before_the_measures_of_2020_is_not_judged_by_them() -> None:
    with pytest.raises(NotInForce):
        late_report_measure(LAW, "PROBATION", date(2018, 5, 1), date(2018, 5, 20))


def test_hours_over_the_line_make_a_person_absconded() -> None:
    at_the_line = absconded(LAW, "out-of-contact", LOST, LOST + timedelta(hours=48))
    after = absconded(LAW, "out-of-contact", LOST, LOST + timedelta(hours=48, seconds=1))
    assert not at_the_line.absconded
    assert after.absconded
    assert after.line == LOST + timedelta(hours=48)


def test_each_limb_has_its_own_excuse() -> None:
    now = LOST + timedelta(hours=72)
    justified = frozenset({"justified"})
    assert not absconded(LAW, "out-of-contact", LOST, now, excuses=justified).absconded
    assert absconded(LAW, "unapproved-departure", LOST, now, excuses=justified).absconded
    assert absconded(LAW, "overdue-return", LOST, now, excuses=justified | {"urgent"}).absconded
    assert not absconded(LAW, "overdue-return", LOST, now, excuses=justified | {"reported"}).absconded


def test_before_the_opinion_of_2026_there_is_no_line_in_hours() -> None:
    with pytest.raises(NotInForce):
        absconded(LAW, "out-of-contact", LOST - timedelta(days=60), LOST - timedelta(days=50))


@pytest.mark.parametrize(
    ("days", "total", "entrusted", "approver", "told"),
    [
        (7, 7, True, "JO", ("COUNTY_CCI",)),
        (7, 7, False, "COUNTY_CCI", ()),
        (8, 8, True, "COUNTY_CCI", ()),
        (30, 30, True, "COUNTY_CCI", ()),
        (31, 31, True, "CITY_CCI", ("PROC_COUNTY",)),
        (3, 31, True, "CITY_CCI", ("PROC_COUNTY",)),
    ],
)
def test_leave_is_approved_by_tier(
    days: int, total: int, entrusted: bool, approver: str, told: tuple[str, ...]
) -> None:
    approval = leave_approver(LAW, days, total, office_entrusted=entrusted, on=ON)
    assert (approval.approver, approval.informed) == (approver, told)
    assert approval.rule_id in LAW.rule_ids
    assert approval.inform_rule is None or approval.inform_rule in LAW.rule_ids


def test_the_window_of_leave_days_follows_its_setting() -> None:
    first, last = date(2026, 6, 10), date(2026, 6, 16)
    earlier = [(date(2026, 4, 1), date(2026, 4, 25))]
    assert leave_days_in_window(LAW, first, last, earlier) == 16
    by_month = LAW.with_settings({"set.leave.two-month-window": "calendar-months"})
    assert leave_days_in_window(by_month, first, last, earlier) == 7
    by_first = LAW.with_settings({"set.leave.two-month-window": "from-first-leave"})
    assert leave_days_in_window(by_first, first, last, earlier) == 7
    assert leave_days_in_window(by_first, first, last, [(date(2026, 4, 20), date(2026, 4, 25))]) == 13
    without_departure = LAW.with_settings({"set.leave.day-count": "exclude-departure-day"})
    assert leave_days(without_departure, first, last) == leave_days(LAW, first, last) - 1


def test_only_sanctions_of_this_term_that_stand_unused_count() -> None:
    day = date(2026, 3, 1)
    sanctions = [
        Sanction(day),
        Sanction(day, withdrawn=True),
        Sanction(day, used=True),
        Sanction(date(2025, 1, 1)),
    ]
    assert sanctions_counted(sanctions, date(2026, 1, 1), ON) == 1
    assert sanctions_counted(sanctions, date(2026, 1, 1), date(2026, 2, 28)) == 0


def test_two_admonitions_are_a_ground_only_when_not_corrected() -> None:
    assert admonitions_ground(LAW, 2, not_corrected=True, on=ON).exists
    assert not admonitions_ground(LAW, 2, not_corrected=False, on=ON).exists
    assert not admonitions_ground(LAW, 1, not_corrected=True, on=ON).exists


def test_three_warnings_were_needed_before_july_2020() -> None:
    old, new = date(2020, 6, 30), date(2020, 7, 1)
    assert not warnings_ground(LAW, "PAROLE", 2, not_corrected=True, on=old).exists
    assert (
        warnings_ground(LAW, "PAROLE", 3, not_corrected=True, on=old).rule_id == "history.2012.three-warnings"
    )
    assert warnings_ground(LAW, "PAROLE", 2, not_corrected=True, on=new).exists


def test_proof_of_not_correcting_binds_the_court_in_re_imprisonment() -> None:
    kind = "TEMPORARY_SERVICE"
    court = warnings_ground(LAW, kind, 2, not_corrected=False, on=ON, decider="COURT")
    prison = warnings_ground(LAW, kind, 2, not_corrected=False, on=ON, decider="PRISON_ADMIN")
    assert (court.exists, prison.exists, prison.to_confirm) == (False, True, True)
    assert not warnings_ground(LAW, kind, 2, not_corrected=False, on=ON).exists
    assert warnings_ground(LAW, kind, 2, not_corrected=True, on=ON, decider="COURT").exists
    only = LAW.with_settings({"set.reimprison.two-warnings": "warnings-only"})
    assert warnings_ground(only, kind, 2, not_corrected=False, on=ON, decider="COURT").exists


def test_measures_exist_by_kind() -> None:
    kinds = ("PUBLIC_SURVEILLANCE", "PROBATION", "PAROLE", "TEMPORARY_SERVICE")
    table = {
        "revocation": (False, True, True, False),
        "reimprisonment": (False, False, False, True),
        "arrest-request": (False, True, True, False),
        "psa-72-4": (True, True, False, True),
        "injunction": (True, True, False, False),
    }
    for option in ("revocation", "reimprisonment", "arrest-request", "psa-72-4", "injunction"):
        verdicts = [measure_available(LAW, kind, option) for kind in kinds]
        assert tuple(v.allowed for v in verdicts) == table[option]
        assert all(v.rule_id in LAW.rule_ids for v in verdicts)


def test_reductions_exist_by_kind() -> None:
    def allowed(kind: str, merit: bool) -> bool:
        return reduction_allowed(LAW, kind, major_merit=merit, on=ON).allowed

    assert allowed("PUBLIC_SURVEILLANCE", False)
    assert allowed("TEMPORARY_SERVICE", False)
    assert not allowed("PROBATION", False)
    assert allowed("PROBATION", True)
    assert not allowed("PAROLE", True)


def test_long_sentences_wait_longer_for_a_reduction() -> None:
    for sentence, wait in ((59, 12), (60, 18), (119, 18), (120, 24)):
        assert reduction_may_start(LAW, sentence, wait, major_merit=False).allowed
        assert not reduction_may_start(LAW, sentence, wait - 1, major_merit=False).allowed


def test_a_womans_group_needs_a_woman_and_a_minors_group_an_expert() -> None:
    assert group_lacks(LAW, woman=True, minor=False, members=["woman"], on=ON) == ()
    assert group_lacks(LAW, woman=True, minor=False, members=["father"], on=ON) == ("group.woman-member",)
    assert group_lacks(LAW, woman=False, minor=True, members=["woman"], on=ON) == ("minor.group-expert",)
    assert group_lacks(LAW, woman=False, minor=False, members=[], on=ON) == ()


LEFT = datetime(2026, 5, 1, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("found", "used", "other"), [(11, "admonition", "admonition"), (12, "warning", "admonition"),
                                                       (13, "warning", "admonition"), (14, "warning", "warning")])  # fmt: skip
def test_both_readings_of_the_sanction_clock_are_shown(found: int, used: str, other: str) -> None:
    day = date(2026, 5, found)
    readings = absence_measure(LAW, "PROBATION", "unapproved-departure", LEFT, day)
    assert (readings.used.measure, readings.other.measure) == (used, other)
    assert readings.differ == (used != other)
    later = LAW.with_settings({"set.missing.sanction-clock": "after-48-hours"})
    swapped = absence_measure(later, "PROBATION", "unapproved-departure", LEFT, day)
    assert (swapped.used, swapped.other) == (readings.other, readings.used)


def test_before_the_48_hours_were_law_there_is_one_reading() -> None:
    left = datetime(2025, 5, 1, 9, tzinfo=SHANGHAI)
    readings = absence_measure(LAW, "PAROLE", "out-of-contact", left, date(2025, 5, 12))
    assert readings.used == readings.other
    assert not readings.differ


def test_days_late_before_the_measures_of_2020_do_not_count() -> None:
    """Late since 1 June 2020: of the days only those from 1 July on."""
    due = date(2020, 6, 1)
    tenth = late_report_measure(LAW, "PROBATION", due, date(2020, 7, 10))
    assert (tenth.days, tenth.measure, tenth.revocation_rule) == (10, Measure.ADMONITION, None)
    assert late_report_measure(LAW, "PROBATION", due, date(2020, 7, 11)).measure is Measure.WARNING
    assert late_report_measure(LAW, "PROBATION", due, date(2020, 7, 31)).revocation_rule is None
    # a month from the last day of June ends on the last day of July
    assert late_report_measure(LAW, "PROBATION", due, date(2020, 8, 1)).revocation_rule is not None
    with pytest.raises(NotInForce):
        late_report_measure(LAW, "PROBATION", due, date(2020, 6, 30))


def test_an_absence_is_judged_as_a_late_report_is() -> None:
    left = datetime(2020, 6, 1, 9, tzinfo=SHANGHAI)
    for found in (date(2020, 7, 10), date(2020, 7, 11), date(2020, 7, 31)):
        readings = absence_measure(LAW, "PAROLE", "unapproved-departure", left, found)
        assert readings.used == late_report_measure(LAW, "PAROLE", date(2020, 6, 1), found)
    with pytest.raises(NotInForce):
        absence_measure(LAW, "PAROLE", "unapproved-departure", left, date(2020, 6, 30))


@pytest.mark.parametrize("limb", ["out-of-contact", "unapproved-departure", "overdue-return"])
def test_hours_before_the_opinion_of_2026_do_not_count(limb: Limb) -> None:
    """司发通〔2026〕8号 第十三条、第二十七条: gone since 10 February, in force from 21 February 00:00."""
    since = datetime(2026, 2, 10, 8, tzinfo=SHANGHAI)
    at_the_line = datetime(2026, 2, 23, tzinfo=SHANGHAI)
    assert absconded(LAW, limb, since, at_the_line).line == at_the_line
    assert not absconded(LAW, limb, since, at_the_line).absconded
    assert absconded(LAW, limb, since, at_the_line + timedelta(seconds=1)).absconded
    with pytest.raises(NotInForce):
        absconded(LAW, limb, since, datetime(2026, 2, 20, 23, 59, tzinfo=SHANGHAI))


def test_both_readings_on_either_side_of_the_opinion_of_2026() -> None:
    left = datetime(2026, 2, 11, 9, tzinfo=SHANGHAI)
    before = absence_measure(LAW, "PROBATION", "out-of-contact", left, date(2026, 2, 20))
    after = absence_measure(LAW, "PROBATION", "out-of-contact", left, date(2026, 2, 22))
    assert not before.differ
    assert (after.used.measure, after.other.measure) == (Measure.WARNING, Measure.NONE)


def test_leave_before_july_2020_has_one_month_and_two_tiers() -> None:
    """社区矫正实施办法（2012） 第十三条."""
    first = date(2020, 6, 1)
    within = leave_of_the_day(LAW, first, date(2020, 6, 30), office_entrusted=True)
    assert within.approval is not None
    assert (within.approval.approver, within.in_window) == ("JUSTICE_DEPT_COUNTY", None)
    assert within.rule_id == "history.2012.leave-county-over-seven-days"
    seven, eight = (
        leave_of_the_day(LAW, date(2019, 3, 4), date(2019, 3, last), office_entrusted=False).approval
        for last in (10, 11)
    )
    assert seven is not None
    assert eight is not None
    assert (seven.approver, seven.rule_id) == ("JO", "history.2012.leave-office-seven-days")
    assert eight.approver == "JUSTICE_DEPT_COUNTY"
    longer = leave_of_the_day(LAW, first, date(2020, 7, 1), office_entrusted=True)
    assert (longer.approval, longer.rule_id) == (None, "history.2012.leave-one-month")
    new = leave_of_the_day(LAW, date(2020, 7, 1), date(2020, 8, 1), office_entrusted=True)
    assert new.approval is not None
    assert new.approval.approver == "CITY_CCI"
    with pytest.raises(NotInForce):
        leave_of_the_day(LAW, date(2012, 2, 29), date(2012, 3, 5), office_entrusted=True)


def test_days_away_before_the_tiers_were_law_are_in_no_window() -> None:
    june = [(date(2020, 6, 11), date(2020, 6, 30))]
    july = (date(2020, 7, 1), date(2020, 7, 15))
    assert leave_days_in_window(LAW, *july, june) == 15
    assert leave_days_in_window(LAW, *july, [(date(2020, 6, 20), date(2020, 7, 2))]) == 17


def test_warnings_before_july_2020_count_but_must_be_looked_at() -> None:
    """Handbook section 1: a revocation that rests on them needs legal review."""
    new = date(2020, 7, 1)
    given = [date(2020, 6, 29), new]
    old = warnings_ground(LAW, "PROBATION", 2, not_corrected=True, on=new, given=given)
    assert (old.exists, old.to_confirm) == (True, True)
    both_new = warnings_ground(LAW, "PROBATION", 2, not_corrected=True, on=new, given=[new, new])
    assert (both_new.exists, both_new.to_confirm) == (True, False)
    three = [date(2020, 6, day) for day in (1, 15, 30)]
    before = warnings_ground(LAW, "PROBATION", 3, not_corrected=True, on=date(2020, 6, 30), given=three)
    assert (before.exists, before.to_confirm) == (True, False)


def test_a_device_before_the_law_is_not_judged_by_it() -> None:
    """社区矫正法 第二十九条."""

    def used(start: date) -> Device:
        by = "JUSTICE_DEPT_HEAD"
        return device_use(LAW, "PAROLE", "unapproved-departure", approved_by=by, start=start, months=3)

    with pytest.raises(NotInForce):
        used(date(2020, 6, 30))
    first = used(date(2020, 7, 1))
    assert (first.allowed, first.last_day) == (True, date(2020, 9, 30))


def test_a_commendation_before_july_2020_is_not_judged_by_the_measures() -> None:
    received = date(2019, 12, 1)

    def on(day: date) -> Commendation:
        return commendation(LAW, received, day, outstanding=False, four_conditions=True, merit=False)

    with pytest.raises(NotInForce):
        on(date(2020, 6, 30))
    # earlier good conduct is no burden: its months count
    assert on(date(2020, 7, 1)).commend == "may"
