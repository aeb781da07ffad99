"""The ladders that deciders ask: lateness, absconding, leave, admonitions and warnings.

社区矫正法实施办法 第二十七条、第三十四条至第三十五条、第四十六条至第四十九条; 司发通〔2026〕8号 第十三条.

Each answer names its rule and an outcome in words; the numbers come from the rule of the day of the fact.
An answer is a proposal: no measure follows without an officer's decision (forbid.automatic-sanction).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from lawkit.counting import add_months, day_of
from lawkit.errors import NotAPeriod
from lawkit.law import Law
from lawkit.law_of_the_day import counted_from, counted_since
from lawkit.rules import Rule
from lawkit.vocabulary import all_known, deciders, known_or_none
from lawkit.vocabulary import excuses as known_excuses

Limb = Literal["out-of-contact", "unapproved-departure", "overdue-return"]
_ONE_DAY = timedelta(days=1)
_TWO_MONTHS = "leave.higher-approval.two-months"
_ONE_MONTH = "history.2012.leave-one-month"
_OFFICE_2012 = "history.2012.leave-office-seven-days"
_COUNTY_2012 = "history.2012.leave-county-over-seven-days"


class Measure(StrEnum):
    """What the office must decide on."""

    NONE = "none"
    ADMONITION = "admonition"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Late:
    """How late a fact is and what it calls for. consider: rules to be read by their own words."""

    days: int
    measure: Measure
    rule_id: str | None
    revocation_rule: str | None
    consider: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absconded:
    """Whether a person counts as 脱管. line: the instant after which the hours are over."""

    absconded: bool
    rule_id: str
    line: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves, by which rule, and who is told. Roles are those of rules.yaml."""

    approver: str
    rule_id: str
    informed: tuple[str, ...]
    inform_rule: str | None


@dataclass(frozen=True, slots=True)
class LeaveJudged:
    """A leave by the law of the day it begins. approval: who may grant it, None where the law forbids that length.

    in_window: days of it and of earlier ones in the window; None where the law of the day knew no window.
    """

    days: int
    in_window: int | None
    approval: Approval | None
    rule_id: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """An admonition or a warning. used: an admonition that has already led to a warning."""

    day: date
    withdrawn: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """Whether a ground exists. to_confirm: it exists, but the officer must see that texts differ."""

    exists: bool
    rule_id: str
    to_confirm: bool = False


def late_report_measure(
    law: Law, kind: str, due: date, reported: date, *, justified: bool = False, on: date | None = None
) -> Late:
    """What a late report, or being out of supervision since a day, calls for.

    due: last day of the deadline (extended), or the documented start of the absence; reported: the day of the
    report or of being found; justified: a justified reason was shown, which bars the revocation ground only.
    `on` is the day whose law judges, by default `reported`: days before the first day of a rule never count for it.
    Raises UnknownRule, NotInForce.
    """
    kind = law.kind(kind).id
    if reported <= due:
        return Late(0, Measure.NONE, None, None)
    on = on or reported
    admonition = law.rule("admonition.ground.late-or-out-ten-days", on)
    days = (reported - counted_since(law, admonition.id, due)).days
    if days <= 0:
        return Late(0, Measure.NONE, None, None)
    if not _over(law, admonition.id, due, reported, on):
        return Late(days, Measure.ADMONITION, admonition.id, None)
    warning = law.rule("warning.ground.late-or-out-over-ten-days", on)
    consider = ("reimprison.ground.left-or-hides",) if law.kind(kind).reimprisonment else ()
    revocation = None
    if law.kind(kind).revocation and not justified:
        ground = f"revoke.{kind.lower()}.ground.late-or-out-over-one-month"
        revocation = ground if _over(law, ground, due, reported, on) else None
    return Late(days, Measure.WARNING, warning.id, revocation, consider)


@dataclass(frozen=True, slots=True)
class Readings:
    """Both readings of when the days of an absence begin (set.missing.sanction-clock).

    used: by this installation's setting; other: by the other reading. Where they differ the officer sees both
    and gives a reason.
    """

    used: Late
    other: Late

    @property
    def differ(self) -> bool:
        """Whether the readings lead to another measure or another ground."""
        one, two = self.used, self.other
        return (one.measure, one.revocation_rule) != (two.measure, two.revocation_rule)


def absence_measure(
    law: Law,
    kind: str,
    limb: Limb,
    since: datetime,
    found: date,
    *,
    justified: bool = False,
    on: date | None = None,
) -> Readings:
    """What an absence since its documented start calls for, by both readings of the sanction clock.

    The texts do not say whether the days begin with the fact or after the hours of the limb. Before those
    hours were law both readings are the first one; an absence that goes on past their first day has its hours
    from that day on. Raises UnknownRule, NotInForce.
    """
    judged = on or found
    start, after = day_of(since), day_of(since)
    hours = f"absconded.{limb}"
    if law.in_force(hours, judged):
        after = day_of(law.due(hours, counted_from(law, hours, since), judged).alarm_at)
    first, second = (
        late_report_measure(law, kind, day, found, justified=justified, on=on) for day in (start, after)
    )
    late = law.setting("set.missing.sanction-clock").choice == "after-48-hours"
    return Readings(second, first) if late else Readings(first, second)


def _over(law: Law, rule_id: str, start: date, fact: date, on: date) -> bool:
    return fact > law.due(rule_id, counted_since(law, rule_id, start), on).nominal


def absconded(
    law: Law, limb: Limb, since: datetime, now: datetime, *, excuses: frozenset[str] = frozenset()
) -> Absconded:
    """Whether the hours are over and the limb's excuse is missing; both instants aware.

    excuses: which of `justified`, `urgent`, `reported` were shown; each limb asks for its own set.
    Hours before the joint opinion of 2026 do not count: an absence that goes on past its first day has its hours
    from that day on. Raises NotInForce for a question about a day before it: there was no line in hours then;
    WrongFact for an unknown excuse.
    """
    all_known("excuses", sorted(excuses), known_excuses(law))
    rule = law.rule(f"absconded.{limb}", day_of(now))
    line = law.due(rule.id, counted_from(law, rule.id, since), day_of(now)).instant
    if line is None:
        raise NotAPeriod(rule.id, f"the profile {rule.counting.profile}")
    excused = excuses.issuperset(rule.listed("excused_by"))
    return Absconded(now > line and not excused, rule.id, line)


def leave_days(law: Law, first: date, last: date) -> int:
    """How many days a leave has; the setting says whether the day of departure counts."""
    days = (last - first).days + 1
    return days if law.setting("set.leave.day-count").choice == "inclusive" else days - 1


def leave_days_in_window(
    law: Law, first: date, last: date, earlier: Iterable[tuple[date, date]], on: date | None = None
) -> int:
    """The days of this leave and of earlier ones that fall in the window that ends with its last day.

    Days away before the rule was in force are not counted. Raises NotInForce.
    """
    months = int(law.threshold(_TWO_MONTHS, "window_months", on or first))
    leaves = [*earlier, (first, last)]
    opens = _window_opens(law, leaves, last, months)
    opens = counted_since(law, _TWO_MONTHS, opens - _ONE_DAY) + _ONE_DAY
    inside = ((max(begin, opens), min(end, last)) for begin, end in leaves)
    return sum(leave_days(law, begin, end) for begin, end in inside if begin <= end)


def _window_opens(law: Law, leaves: list[tuple[date, date]], last: date, months: int) -> date:
    way = law.setting("set.leave.two-month-window").choice
    if way == "calendar-months":
        return add_months(last.replace(day=1), 1 - months)
    if way == "from-first-leave":
        begins = sorted(begin for begin, _ in leaves if begin <= last)
        opens = begins[0]
        while (closed := add_months(opens, months)) <= last:
            opens = next((begin for begin in begins if begin >= closed), closed)
        return opens
    return add_months(last, -months) + _ONE_DAY


def leave_approver(
    law: Law, days: int, sum_in_two_months: int, *, office_entrusted: bool, on: date
) -> Approval:
    """Who approves a leave of so many days, whose window then holds the sum. Table 7.1 of the handbook.

    Raises NotInForce.
    """
    if sum_in_two_months > law.threshold(_TWO_MONTHS, on=on):
        return _higher(law, _TWO_MONTHS, on)
    if days > law.threshold("leave.higher-approval.single", on=on):
        return _higher(law, "leave.higher-approval.single", on)
    if days > law.threshold("leave.office-approval.max-days", on=on):
        return Approval("COUNTY_CCI", "leave.county-approval.over-seven-days", (), None)
    if office_entrusted:
        filing = "leave.office-approval.file-with-county"
        return Approval("JO", "leave.office-approval.max-days", ("COUNTY_CCI",), filing)
    return Approval("COUNTY_CCI", "general.executor.office-on-entrustment", (), None)


def leave_of_the_day(
    law: Law,
    first: date,
    last: date,
    earlier: Iterable[tuple[date, date]] = (),
    *,
    office_entrusted: bool,
    on: date | None = None,
) -> LeaveJudged:
    """Who approves a leave by the law of the day, by default its first one: table 7.1, before it the Measures of 2012.

    Those gave a leave one month at most: up to seven days the office approved, beyond them the county justice
    department. They knew no window. Raises NotInForce.
    """
    on, days = on or first, leave_days(law, first, last)
    if not law.in_force(_ONE_MONTH, on):
        total = leave_days_in_window(law, first, last, earlier, on)
        approval = leave_approver(law, days, total, office_entrusted=office_entrusted, on=on)
        return LeaveJudged(days, total, approval, approval.rule_id)
    rule = law.rule(_ONE_MONTH, on)
    if last >= add_months(first, int(rule.number())):
        return LeaveJudged(days, None, None, rule.id)
    tier = law.rule(_OFFICE_2012, on)
    if days > tier.number():
        tier = law.rule(_COUNTY_2012, on)
    return LeaveJudged(days, None, Approval(tier.actor[0], tier.id, (), None), tier.id)


def _higher(law: Law, rule_id: str, on: date) -> Approval:
    inform = law.rule("leave.higher-approval.notify-procuratorate", on)
    return Approval("CITY_CCI", rule_id, ("PROC_COUNTY",), inform.id)


def sanctions_counted(sanctions: Iterable[Sanction], term_start: date, on: date) -> int:
    """How many count that day: of this term, not withdrawn, not used before (set.conduct.counting)."""
    return sum(term_start <= s.day <= on and not s.withdrawn and not s.used for s in sanctions)


def admonitions_ground(law: Law, admonitions: int, *, not_corrected: bool, on: date) -> Ground:
    """Whether so many counted admonitions are the ground for a warning; "not corrected" has its own proof."""
    rule = law.rule("warning.ground.two-admonitions", on)
    return Ground(not_corrected and admonitions >= rule.number(), rule.id)


def warnings_ground(
    law: Law,
    kind: str,
    warnings: int,
    *,
    not_corrected: bool,
    on: date,
    decider: str | None = None,
    given: Iterable[date] = (),
) -> Ground:
    """Whether so many counted warnings are a ground for revocation, or re-imprisonment, on that day.

    given: the days of the warnings. Those of an older law still count as warnings, but a ground that rests on one of
    them must be confirmed by legal review (handbook section 1).

    decider: role of the organ that decides on re-imprisonment, a court when not given. A court needs proof
    that the person did not correct, for others the missing proof must be confirmed
    (set.reimprison.two-warnings). Raises UnknownRule, NotInForce, WrongFact for a role that decides nothing.
    """
    facts = law.kind(kind)
    known_or_none("decider", decider, deciders(law))
    if facts.reimprisonment:
        rule = law.rule("reimprison.ground.two-warnings", on)
        proved = not_corrected or law.setting("set.reimprison.two-warnings").choice == "warnings-only"
        exists = warnings >= rule.number() and (proved or decider not in {None, "COURT"})
        return Ground(exists, rule.id, to_confirm=exists and (not proved or _older(rule, given)))
    if not facts.revocation:
        return Ground(False, "revoke.surveillance.none")
    today = f"revoke.{facts.id.lower()}.ground.two-warnings"
    rule = law.first_in_force((today, "history.2012.three-warnings"), on)
    exists = not_corrected and warnings >= rule.number()
    return Ground(exists, rule.id, to_confirm=exists and _older(rule, given))


def _older(rule: Rule, given: Iterable[date]) -> bool:
    return any(day < rule.in_force_from for day in given)
