"""Whether a judgment, ruling or decision may be taken up (接收裁判文书).

社区矫正法 第二条、第十七条、第二十条; 刑法 第三十八条、第四十二条、第四十五条、第七十二条、第七十三条.
Not stricter than the law: bounds for several crimes combined count, papers that are missing do not matter
(实施办法 第十六条), and what the platform does not need is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from contracts.words import word_of
from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1.messages_pb2 import Defendant, Judgment
from lawkit import Law
from lawkit.ages import born_by
from lawkit.counting import add_years
from lawkit.errors import InvalidTerm
from lawkit.lengths import probation_breaches, surveillance_breaches, suspendable
from lawkit.terms import has_length, punishment_of, term

from handoff.domain import identity, places, term_end
from handoff.domain.dates import day
from handoff.domain.refusals import Finding
from handoff.domain.term_end import given, length

FOUR_KINDS = "general.scope.four-kinds"
PROBATION_RANGE = "counting.range.probation-imprisonment"
# an appeal or a re-trial may come between decision and effect; a longer wait is a slip of the pen
LONGEST_WAIT_YEARS = 10  # not the law's: plausibility only


def subjects(judgment: Judgment) -> tuple[int, ...]:
    """Numbers of the persons who come under community corrections, in the order of the decision."""
    return tuple(d.number for d in judgment.defendants if d.kind != facts.SUBJECT_KIND_UNSPECIFIED)


def shape(judgment: Judgment) -> Iterator[Finding]:
    """Impossible days and negative lengths: what the contract alone would refuse without naming the law."""
    if day(judgment.decision_date) is None:
        yield Finding("DATE_IMPOSSIBLE", "decision_date")
    for index, defendant in enumerate(judgment.defendants):
        yield from _days(f"defendants[{index}]", defendant)
        yield from _negative(f"defendants[{index}]", defendant)


def substance(judgment: Judgment, law: Law, today: date, *, by_court: bool) -> Iterator[Finding]:
    """What the law does not allow, in a judgment whose shape is right. by_court: a court decided it."""
    decided = day(judgment.decision_date)
    if decided is None or decided > today:
        yield Finding("DATES_OUT_OF_ORDER", "decision_date")
        return
    seen: set[int] = set()
    identified: set[str] = set()
    for index, defendant in enumerate(judgment.defendants):
        at = f"defendants[{index}]"
        if defendant.number in seen:
            yield Finding("DEFENDANT_NUMBER_REPEATED", f"{at}.number")
        seen.add(defendant.number)
        number = defendant.identity_number.upper()
        # two people, or one of them twice: either way a case for the second would be another person's
        if number and number in identified:
            yield Finding("IDENTITY_NUMBER_REPEATED", f"{at}.identity_number", article=identity.STANDARD)
        identified.add(number)
        yield from _person(at, defendant, decided)
        if defendant.kind == facts.SUBJECT_KIND_UNSPECIFIED:
            yield from _nobodys_subject(at, defendant, law, decided)
        else:
            yield from _subject(at, defendant, law, by_court=by_court)
    if not subjects(judgment):
        yield Finding("NO_SUBJECT", "defendants", FOUR_KINDS)


def _days(at: str, d: Defendant) -> Iterator[Finding]:
    if day(d.effective_date) is None:
        yield Finding("DATE_IMPOSSIBLE", f"{at}.effective_date")
    for name in ("birth_date", "printed_end_date", "printed_report_date", "temporary_until"):
        text = getattr(d, name)
        if text and day(text) is None:
            yield Finding("DATE_IMPOSSIBLE", f"{at}.{name}")


def _negative(at: str, d: Defendant) -> Iterator[Finding]:
    rule = ""  # no text of the catalogue bounds the sentence of a parolee or of who serves outside
    if d.penalty == facts.PENALTY_PUBLIC_SURVEILLANCE:
        rule = "counting.range.surveillance"
    elif d.kind == facts.SUBJECT_KIND_PROBATION:
        detained = d.penalty == facts.PENALTY_DETENTION
        rule = "counting.range.probation-detention" if detained else PROBATION_RANGE
    for name in ("sentence", "probation"):
        for unit in ("months", "days"):
            if getattr(getattr(d, name), unit) < 0:
                yield Finding("TERM_OUT_OF_BOUNDS", f"{at}.{name}.{unit}", rule)


def _person(at: str, d: Defendant, decided: date) -> Iterator[Finding]:
    if d.identity_number and not identity.valid(d.identity_number):
        yield Finding("IDENTITY_NUMBER_INVALID", f"{at}.identity_number", article=identity.STANDARD)
    born, effective = day(d.birth_date), day(d.effective_date)
    numbered = born_by(d.identity_number)
    if born is not None and born >= decided:
        yield Finding("DATES_OUT_OF_ORDER", f"{at}.birth_date")
    elif born is not None and numbered is not None and born != numbered:
        yield Finding("BIRTH_DATE_CONTRADICTS_NUMBER", f"{at}.birth_date", article=identity.STANDARD)
    elif numbered is not None and numbered >= decided:
        yield Finding("DATES_OUT_OF_ORDER", f"{at}.identity_number")
    if effective is not None and not decided <= effective <= add_years(decided, LONGEST_WAIT_YEARS):
        yield Finding("DATES_OUT_OF_ORDER", f"{at}.effective_date")
    for name in ("printed_end_date", "temporary_until"):
        last = day(getattr(d, name))
        if last is not None and effective is not None and last < effective:
            yield Finding("DATES_OUT_OF_ORDER", f"{at}.{name}")
    report = day(d.printed_report_date)
    if report is not None and report < decided:
        yield Finding("DATES_OUT_OF_ORDER", f"{at}.printed_report_date")


def _nobodys_subject(at: str, d: Defendant, law: Law, decided: date) -> Iterator[Finding]:
    """Orders that only a subject can have, on a person whose kind was not given."""
    if given(d.probation):
        yield Finding("PERIOD_WITHOUT_PROBATION", f"{at}.probation", PROBATION_RANGE)
    if d.injunctions:
        yield Finding("INJUNCTION_NOT_AVAILABLE", f"{at}.injunctions", "injunction.kinds")
    if d.penalty == facts.PENALTY_PUBLIC_SURVEILLANCE and not _served(d, law, decided):
        yield Finding("KIND_CONTRADICTS_PENALTY", f"{at}.kind", FOUR_KINDS)


def _subject(at: str, d: Defendant, law: Law, *, by_court: bool) -> Iterator[Finding]:
    kind = law.kind(word_of(facts.SubjectKind, d.kind))
    rule = kind.penalty_rule
    if word_of(facts.Penalty, d.penalty) not in kind.penalties:
        alone = d.penalty == facts.PENALTY_ADDITIONAL_ONLY
        rule = "general.scope.political-rights-only-excluded" if alone else rule
        yield Finding("KIND_CONTRADICTS_PENALTY", f"{at}.kind", rule)
        return
    if not places.known(d.execution_county):
        yield Finding("PLACE_UNKNOWN", f"{at}.execution_county", "decision.place.determine")
    elif d.office and not places.holds(d.execution_county, d.office):
        yield Finding("PLACE_UNKNOWN", f"{at}.office", "decision.place.determine")
    if d.injunctions and not kind.injunction:
        yield Finding("INJUNCTION_NOT_AVAILABLE", f"{at}.injunctions", "injunction.kinds")
    if d.temporary_until and d.kind != facts.SUBJECT_KIND_TEMPORARY_SERVICE:
        yield Finding("FIELD_NOT_FOR_KIND", f"{at}.temporary_until", "decision.temporary.grounds")
    if given(d.probation) and d.kind != facts.SUBJECT_KIND_PROBATION:
        yield Finding("PERIOD_WITHOUT_PROBATION", f"{at}.probation", PROBATION_RANGE)
    broken = [*_term(at, d, law, rule)]
    # a length that is missing or unlawful says nothing about an end
    yield from broken or term_end.findings(at, d, law, by_court=by_court)


def _term(at: str, d: Defendant, law: Law, rule: str) -> Iterator[Finding]:
    penalty = word_of(facts.Penalty, d.penalty)
    if has_length(penalty) and not given(d.sentence):
        yield Finding("TERM_MISSING", f"{at}.sentence", rule)
        return
    if d.kind == facts.SUBJECT_KIND_PUBLIC_SURVEILLANCE:
        for broken in surveillance_breaches(law, length(d.sentence), combined=True):
            yield Finding("TERM_OUT_OF_BOUNDS", f"{at}.sentence", broken)
    if d.kind == facts.SUBJECT_KIND_PROBATION:
        if not given(d.probation):
            yield Finding("PROBATION_WITHOUT_PERIOD", f"{at}.probation", PROBATION_RANGE)
            return
        sentence, probation = length(d.sentence), length(d.probation)
        punishment = punishment_of(penalty)
        if punishment is None:
            return
        for broken in probation_breaches(law, punishment, sentence, probation, combined=True):
            lawful = suspendable(law, punishment, sentence, combined=True)
            yield Finding("TERM_OUT_OF_BOUNDS", f"{at}.{'probation' if lawful else 'sentence'}", broken)


def _served(d: Defendant, law: Law, decided: date) -> bool:
    """True when custody has used up the surveillance (刑法 第四十一条): then nobody is to be supervised."""
    if not given(d.sentence):
        return False
    try:
        kind = word_of(facts.SubjectKind, facts.SUBJECT_KIND_PUBLIC_SURVEILLANCE)
        term(law, kind, decided, length(d.sentence), custody_days=d.custody_days)
    except (InvalidTerm, OverflowError):
        return True
    return False
