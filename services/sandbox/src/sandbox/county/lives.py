"""Lives: what happens in a case after the decision. Each writes its acts into a diary, `d0` is the day of the push.

Every life keeps within the law; what is refused on purpose names its code. 200 people live 40 kinds of days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Final

from sandbox.county.diary import (
    CITY_CCI,
    COUNTY_CCI,
    POLICE,
    PROCURATORATE,
    Diary,
    stamp,
)
from sandbox.scenario import Expect

Life = Callable[[Diary, int, Random], None]

_OTHER_CITY: Final = ("330100", "330400", "330600", "320500", "310100")
_LATE: Final = "admonition.ground.late-or-out-ten-days"
_VERY_LATE: Final = "warning.ground.late-or-out-over-ten-days"
_DOSSIER: Final = [
    f"DOSSIER_ITEM_{item}"
    for item in ("PROPOSAL", "DECISION_COPIES", "EVIDENCE", "CONDUCT_RECORD", "TIME_NOT_COUNTED", "OTHER")
]
_NOT_MISSING = Expect(fields={"state": "MISSING_STATE_NOT_MISSING"})
_MISSING = Expect(fields={"state": "MISSING_STATE_MISSING"})
_FOUND = Expect(fields={"state": "MISSING_STATE_FOUND"})


def enter(d: Diary, day: int, *, group: bool = True) -> int:
    """Reception, group, declaration, plan; the answer is the day of the plan."""
    d.call(day, "intake.RecordReportingIn", d.office, mode="RECEPTION_MODE_AT_OFFICE")
    if group:
        d.call(day + 2, "intake.FormGroup", d.office, members=members(d))
    minor = d.person is not None and d.person.born.year >= 2008
    d.call(day + 3, "intake.DeclareEntry", d.office, public=not minor)
    d.call(day + 4, "intake.AdoptPlan", d.office, measures=["每月报告一次", "参加教育学习"])
    return day + 4


def members(d: Diary, *, woman: bool = True, expert: bool = True) -> list[dict[str, Any]]:
    """A lawful correction group, or one that lacks a woman or somebody who knows minors."""
    minor = d.person is not None and d.person.born.year >= 2008
    second: dict[str, Any] = {
        "member_id": "village-2",
        "role": "MEMBER_ROLE_VILLAGE_COMMITTEE",
        "sex": "SEX_FEMALE" if woman else "SEX_MALE",
    }
    office: dict[str, Any] = {
        "member_id": "office-1",
        "role": "MEMBER_ROLE_JUDICIAL_OFFICE",
        "sex": "SEX_MALE",
    }
    if minor and expert:
        office["knows_minors"] = True
    return [office, second]


def report(d: Diary, first: int, rng: Random, times: int = 2) -> None:
    """Reports about once a month."""
    for number in range(times):
        method = rng.choice(("IN_PERSON", "PHONE", "ONLINE"))
        d.call(first + 25 * number, "supervision.RecordReport", d.office, method=f"REPORT_METHOD_{method}")


def plain(d: Diary, d0: int, rng: Random) -> None:
    """Reports, learns, is helped where there is a need."""
    day = enter(d, d0 + rng.randrange(2, 9))
    report(d, day + rng.randrange(2, 6), rng)
    session(d, day + rng.randrange(5, 12), rng, "attended")
    if rng.random() < 0.5:
        referral(d, day + rng.randrange(3, 9), rng)


def session(d: Diary, day: int, rng: Random, end: str) -> None:
    """A session that is attended, excused or missed."""
    topic = rng.choice(("LAW", "MORALS", "SKILLS", "PSYCHOLOGY"))
    name = f"session-{day}"
    on = d.iso(day + 4)
    d.call(day, "education.ArrangeSession", d.office, session_id=name, topic=f"SESSION_TOPIC_{topic}", on=on)
    if end == "attended":
        minutes = rng.choice((60, 90, 120))
        d.call(day + 4, "education.RecordAttendance", d.office, session_id=name, minutes=minutes)
    elif end == "excused":
        d.call(day + 4, "education.ExcuseAbsence", d.office, session_id=name, reason="家中急事，事前请假")


def referral(d: Diary, day: int, rng: Random) -> None:
    """A need is passed on, taken up and met, or declined."""
    need, department = rng.choice(
        (
            ("EMPLOYMENT", "人力资源社会保障局"),
            ("TRAINING", "职业技能培训中心"),
            ("SOCIAL_AID", "民政局"),
            ("LEGAL_AID", "法律援助中心"),
        )
    )
    d.call(
        day,
        "assistance.MakeReferral",
        d.office,
        referral_id="referral-1",
        need=f"NEED_{need}",
        department=department,
        consented=True,
    )
    if rng.random() < 0.2:
        d.call(
            day + 5, "assistance.DeclineReferral", d.office, referral_id="referral-1", reason="不符合受助条件"
        )
        return
    d.call(day + 3, "assistance.AcceptReferral", d.office, referral_id="referral-1")
    d.call(
        day + 12,
        "assistance.ConcludeReferral",
        d.office,
        referral_id="referral-1",
        outcome="已落实帮扶",
        helped=rng.random() < 0.8,
    )


def forced_help(d: Diary, d0: int, rng: Random) -> None:
    """A referral without consent is refused; sessions are excused and missed."""
    day = enter(d, d0 + 3)
    d.call(
        day + 3,
        "assistance.MakeReferral",
        d.office,
        referral_id="referral-1",
        need="NEED_HOUSING",
        department="住房保障中心",
        consented=False,
        expect="REFERRAL_WITHOUT_CONSENT",
    )
    session(d, day + 5, rng, "excused")
    session(d, day + 12, rng, "missed")
    report(d, day + 6, rng)


def leave(d: Diary, day: int, rng: Random, *, days: int, approver: str, back: int = 0) -> int:
    """A leave of so many days, approved by the tier of the law, ended `back` days after its last day."""
    first = day + 4
    last = first + days - 1
    d.call(
        day,
        "supervision.RequestLeave",
        d.office,
        leave_id="leave-1",
        destination=rng.choice(_OTHER_CITY),
        reason=f"LEAVE_REASON_{rng.choice(('MEDICAL', 'FAMILY', 'WORK'))}",
        from_date=d.iso(first),
        to_date=d.iso(last),
    )
    d.call(day + 1, "supervision.ApproveLeave", approver, leave_id="leave-1")
    d.call(last + back, "supervision.ReturnFromLeave", d.office, leave_id="leave-1")
    return last + back


def leave_office(d: Diary, d0: int, rng: Random) -> None:
    """A leave of at most seven days: the judicial office approves where one is entrusted."""
    day = enter(d, d0 + rng.randrange(2, 9))
    leave(d, day + rng.randrange(4, 12), rng, days=rng.randrange(2, 8), approver=d.office)
    report(d, day + 30, rng, 1)


def leave_county(d: Diary, d0: int, rng: Random) -> None:
    """A leave of eight to thirty days: the county approves; the office may not."""
    day = enter(d, d0 + rng.randrange(2, 6))
    start = day + rng.randrange(3, 8)
    leave(d, start, rng, days=rng.randrange(8, 26), approver=COUNTY_CCI)
    if d.office != COUNTY_CCI:
        d.call(
            start,
            "supervision.ApproveLeave",
            d.office,
            leave_id="leave-1",
            expect="LEAVE_NEEDS_HIGHER_APPROVER",
        )


def leave_higher(d: Diary, d0: int, rng: Random) -> None:
    """A leave of more than thirty days: the institution above the county approves."""
    day = enter(d, d0 + 2)
    leave(d, day + 2, rng, days=rng.randrange(31, 36), approver=CITY_CCI)


def leave_denied(d: Diary, d0: int, rng: Random) -> None:
    """A leave without a justified reason is not approved."""
    day = enter(d, d0 + 4)
    d.call(
        day + 3,
        "supervision.RequestLeave",
        d.office,
        leave_id="leave-1",
        destination="310100",
        reason="LEAVE_REASON_OTHER",
        from_date=d.iso(day + 8),
        to_date=d.iso(day + 12),
    )
    d.call(
        day + 5,
        "supervision.DenyLeave",
        d.office,
        leave_id="leave-1",
        reason="外出理由不充分；可补充证明后再行申请",
    )
    report(d, day + 10, rng)


def leave_overrun(d: Diary, d0: int, rng: Random) -> None:
    """Comes back some days too late and is admonished."""
    day = enter(d, d0 + 3)
    back = leave(d, day + 4, rng, days=5, approver=d.office, back=rng.randrange(2, 6))
    d.call(back + 2, "supervision.Admonish", ground=_LATE, evidence="外出逾期未归，经核实无正当理由")
    report(d, back + 5, rng, 1)


def late(d: Diary, d0: int, rng: Random) -> None:
    """Reports in some days too late and is admonished."""
    day = enter(d, d0 + 14 + rng.randrange(1, 7))
    d.call(day + 1, "supervision.Admonish", ground=_LATE, evidence="不按规定时间报到")
    report(d, day + 4, rng)


def very_late(d: Diary, d0: int, rng: Random) -> None:
    """Reports in more than ten days too late and is warned."""
    day = enter(d, d0 + 10 + rng.randrange(16, 22))
    d.call(day + 1, "supervision.Warn", ground=_VERY_LATE, evidence="超过十日未按规定时间报到")
    report(d, day + 4, rng, 1)


def ask(d: Diary, day: int, expect: Expect | str, *, as_of: int | None = None) -> None:
    """The police ask whether the person is missing."""
    assert d.person is not None
    fields = {"identity_number": d.person.identity_number, "reason": "公安机关核查"}
    if as_of is not None:
        fields["as_of"] = d.iso(as_of)
    d.call(day, "handoff.QueryMissingStatus", POLICE, expect=expect, **fields)


def search(d: Diary, day: int) -> None:
    """The steps of a search and the written request to the police."""
    d.call(day, "supervision.RecordSearchStep", d.office, method="SEARCH_METHOD_CALL", result="电话无法接通")
    d.call(day + 1, "supervision.RecordSearchStep", d.office, method="SEARCH_METHOD_VISIT", result="住所无人")
    d.call(day + 2, "supervision.RequestPoliceSearch")


def found_by_police(d: Diary, d0: int, rng: Random) -> None:
    """Loses contact; the police ask before, during and after, and find the person; a warning follows."""
    day = enter(d, d0 + 3) + rng.randrange(4, 10)
    ask(d, day - 2, _NOT_MISSING)
    d.call(day, "supervision.RecordContactLost", d.office, since=stamp(d.day(day), 8))
    search(d, day)
    ask(d, day + 3, _MISSING)
    d.call(day + 4, "supervision.ClassifyAbsconded")
    last = day + rng.randrange(12, 18)
    d.push(last, POLICE, "FoundNotice", {"found_at": stamp(d.day(last), 8)}, label="found")
    ask(d, last + 1, _FOUND)
    ask(d, last + 2, _MISSING, as_of=day + 4)
    ask(d, last + 2, _NOT_MISSING, as_of=day - 1)
    d.call(last + 3, "supervision.Warn", ground=_VERY_LATE, evidence="脱离监管超过十日")


def found_by_office(d: Diary, d0: int, rng: Random) -> None:
    """Loses contact for some days and is found by the office; an admonition follows."""
    day = enter(d, d0 + 3) + rng.randrange(4, 10)
    d.call(day, "supervision.RecordContactLost", d.office, since=stamp(d.day(day), 8))
    search(d, day)
    last = day + rng.randrange(4, 8)
    d.call(last, "supervision.RecordFound", d.office, found_at=stamp(d.day(last), 8))
    d.call(last + 1, "supervision.Admonish", ground=_LATE, evidence="脱离监管十日以内，经教育后改正")
    report(d, last + 4, rng, 1)


def gone(d: Diary, day: int) -> None:
    """Never came, and cannot be reached: the search starts, the police are asked."""
    d.call(day, "supervision.RecordContactLost", d.office, since=stamp(d.day(day), 8))
    search(d, day)


def never(d: Diary, d0: int, _: Random) -> None:
    """Never reports in; search, police, and after more than a month the proposal to revoke, which is granted."""
    missed = d0 + 16
    gone(d, missed)
    ask(d, missed + 4, _MISSING)
    revoke(d, missed + 36, "revoke.probation.ground.late-or-out-over-one-month", revoked=True)


def unfound(d: Diary, d0: int, _: Random) -> None:
    """Never reports in and is still searched for when the window ends."""
    missed = d0 + 16
    gone(d, missed)
    ask(d, missed + 10, _MISSING)


def revoke(d: Diary, day: int, ground: str, *, revoked: bool) -> None:
    """Revocation is proposed to the court, which rules."""
    d.call(
        day,
        "supervision.ProposeRevocation",
        ground=ground,
        evidence="违反监督管理规定，经查证属实",
        dossier=_DOSSIER,
    )
    fields = {
        "ruling_number": f"（2026）沙盒刑更{d.case}号",
        "ruling_date": d.iso(day + 18),
        "revoked": revoked,
    }
    d.push(day + 18, court(d), "RevocationRuling", fields, label="ruling")


def court(d: Diary) -> str:
    """Court that decided the case: it stands in the diary's first push."""
    return next(act.principal for _, _, act in d.acts if act.do == "push")


def twice_warned(d: Diary, d0: int, rng: Random) -> int:
    """Two warnings, and still not corrected; the answer is a day after them."""
    day = enter(d, d0 + 2)
    d.call(
        day + 5, "supervision.Warn", ground="warning.ground.serious-breach", evidence="违反外出规定情节较重"
    )
    d.call(
        day + 14,
        "supervision.Warn",
        ground="warning.ground.serious-breach",
        evidence="再次违反外出规定情节较重",
    )
    return day + 20 + rng.randrange(0, 4)


def revoked(d: Diary, d0: int, rng: Random) -> None:
    """Two warnings, then revocation, which the court grants."""
    revoke(d, twice_warned(d, d0, rng), "revoke.probation.ground.two-warnings", revoked=True)


def not_revoked(d: Diary, d0: int, rng: Random) -> None:
    """Two warnings, then revocation, which the court refuses; supervision goes on."""
    day = twice_warned(d, d0, rng)
    revoke(d, day, "revoke.probation.ground.two-warnings", revoked=False)
    d.call(day + 22, "supervision.RecordReport", d.office, method="REPORT_METHOD_IN_PERSON")


def reduced(d: Diary, d0: int, rng: Random) -> None:
    """Major merit; the court reduces the sentence and shortens the probation period."""
    day = enter(d, d0 + 2) + rng.randrange(5, 10)
    d.call(
        day,
        "supervision.ProposeReduction",
        CITY_CCI,
        ground="reduction.must",
        evidence="火灾中救出两人，公安机关确认见义勇为",
    )
    fields = {
        "ruling_number": f"（2026）沙盒减{d.case}号",
        "ruling_date": d.iso(day + 14),
        "reduced": True,
        "sentence_reduction": {"months": 3},
        "probation_reduction": {"months": 6},
    }
    d.push(day + 14, "court-3302", "ReductionRuling", fields, label="ruling")
    report(d, day + 3, rng)


def traveller(d: Diary, d0: int, rng: Random) -> None:
    """Recurring trips for work, allowed for the time of the law."""
    day = enter(d, d0 + 3) + rng.randrange(3, 8)
    places = rng.sample(_OTHER_CITY, 2)
    d.call(
        day,
        "supervision.RequestRegularTravel",
        d.office,
        travel_id="travel-1",
        destinations=places,
        purpose="货物运输",
    )
    d.call(day + 2, "supervision.ApproveRegularTravel", travel_id="travel-1")
    report(d, day + 6, rng)


def without_woman(d: Diary, d0: int, rng: Random) -> None:
    """A woman's group without a woman is refused; with one it stands."""
    start = d0 + rng.randrange(2, 8)
    d.call(
        start + 1, "intake.FormGroup", d.office, members=members(d, woman=False), expect="GROUP_LACKS_WOMAN"
    )
    day = enter(d, start)
    report(d, day + 5, rng)
    session(d, day + 6, rng, "attended")


def minor(d: Diary, d0: int, rng: Random) -> None:
    """A minor's group needs somebody who knows minors, and the declaration is not public."""
    start = d0 + rng.randrange(2, 8)
    d.call(
        start + 1,
        "intake.FormGroup",
        d.office,
        members=members(d, expert=False),
        expect="GROUP_LACKS_MINOR_EXPERT",
    )
    day = enter(d, start)
    d.call(start + 2, "intake.DeclareEntry", d.office, public=True, expect="DECLARATION_NOT_PUBLIC")
    session(d, day + 5, rng, "attended")
    report(d, day + 6, rng)


def released(d: Diary, d0: int, rng: Random) -> None:
    """The term ends within the window: appraisal, release at 24:00, certificate."""
    day = enter(d, d0 + 2)
    report(d, day + 8, rng, 1)
    d.call(d0 + 40, "intake.PrepareRelease", d.office, appraisal="矫正期间遵守监督管理规定")
    d.call(d0 + 68, "intake.CertifyRelease")


def died(d: Diary, d0: int, rng: Random) -> None:
    """Dies during corrections."""
    day = enter(d, d0 + 3) + rng.randrange(10, 30)
    d.call(day, "intake.RecordDeath", died_on=d.iso(day - 1))


def corrected(d: Diary, d0: int, rng: Random) -> None:
    """The procuratorate demands a correction and is answered in writing."""
    day = enter(d, d0 + 3) + rng.randrange(5, 12)
    fields = {"opinion_date": d.iso(day), "text": "报告记录不完整，请予纠正。"}
    d.push(day, PROCURATORATE, "CorrectionOpinion", fields, label="opinion")
    d.call(
        day + 7,
        "supervision.AnswerCorrectionOpinion",
        exchange_id={"act": "opinion"},
        adopted=True,
        answer="已补正报告记录并加强检查。",
    )
    report(d, day + 3, rng)


def early_ruling(d: Diary, d0: int, rng: Random) -> None:
    """A ruling arrives before its decision and is held; with the decision it takes effect."""
    fields = {"ruling_date": d.iso(d0 - 1), "not_counted": {"months": 2, "days": 5}}
    d.push(d0 - 1, "court-3302", "TermRecalculation", fields, label="ruling", expect="held")
    d.call(d0 + 4, "intake.RecordReportingIn", d.office, mode="RECEPTION_MODE_HANDED_OVER")
    report(d, d0 + 10, rng)


FATES: Final[tuple[str, ...]] = (
    "plain", "leave_office", "late", "without_woman", "found_by_police", "released", "plain", "leave_county",
    "revoked", "forced_help", "plain", "leave_overrun", "never", "reduced", "released", "plain", "leave_office",
    "traveller", "found_by_office", "died", "plain", "very_late", "corrected", "early_ruling", "leave_higher",
    "plain", "minor", "released", "not_revoked", "leave_denied", "plain", "leave_office", "late", "without_woman",
    "found_by_police", "plain", "leave_county", "unfound", "leave_overrun", "plain",
)  # fmt: skip
"""Forty lives; person n lives the life at n modulo 40."""

LIVES: Final[Mapping[str, Life]] = MappingProxyType(
    {
        "plain": plain,
        "forced_help": forced_help,
        "leave_office": leave_office,
        "leave_county": leave_county,
        "leave_higher": leave_higher,
        "leave_denied": leave_denied,
        "leave_overrun": leave_overrun,
        "late": late,
        "very_late": very_late,
        "found_by_police": found_by_police,
        "found_by_office": found_by_office,
        "never": never,
        "unfound": unfound,
        "revoked": revoked,
        "not_revoked": not_revoked,
        "reduced": reduced,
        "traveller": traveller,
        "without_woman": without_woman,
        "minor": minor,
        "released": released,
        "died": died,
        "corrected": corrected,
        "early_ruling": early_ruling,
    }
)

LATEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "never": 12, "revoked": 20, "not_revoked": 20, "released": 18, "leave_higher": 30, "very_late": 25, "reduced": 40,
        "found_by_police": 40, "leave_overrun": 45, "leave_county": 35,
    }
)  # fmt: skip
"""Last day on which the decision of a life may come, so that the life fits into 90 days; 45 where none is named."""
