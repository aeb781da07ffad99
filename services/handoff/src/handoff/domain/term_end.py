"""Whether a last day of the term can be given (期限届满日): what intake could not open a case with is refused at once.

刑法 第三十八条、第四十一条、第七十三条、第八十三条; 社区矫正法 第四十四条. The rest of a sentence (parole, temporary service granted
in prison) cannot be computed from the decision: the decision must print its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from contracts.words import word_of
from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1.messages_pb2 import Defendant
from lawkit import Law
from lawkit.errors import InvalidTerm
from lawkit.terms import Length, punishment_of, term_of_decision

from handoff.domain.dates import LATEST, day
from handoff.domain.refusals import Finding


def findings(at: str, d: Defendant, law: Law, *, by_court: bool) -> Iterator[Finding]:
    """What keeps the person's term from having a possible last day. by_court: a court decided."""
    start = day(d.effective_date)
    if start is None:
        return
    rule = law.kind(word_of(facts.SubjectKind, d.kind)).term_rule
    try:
        last = _computed(d, law, start, by_court=by_court)
    except (InvalidTerm, OverflowError, ValueError):
        field = "custody_days" if d.custody_days else "sentence"
        yield Finding("TERM_NOT_POSSIBLE", f"{at}.{field}", rule)
        return
    if last is not None and last > LATEST:
        yield Finding("TERM_NOT_POSSIBLE", f"{at}.sentence", rule)
    elif last is None and not d.printed_end_date:
        yield Finding("TERM_END_UNKNOWN", f"{at}.printed_end_date", rule)


def _computed(d: Defendant, law: Law, start: date, *, by_court: bool) -> date | None:
    """The last day; None where the decision does not say enough to compute it."""
    found = term_of_decision(
        law,
        word_of(facts.SubjectKind, d.kind),
        start,
        sentence=length(d.sentence) if given(d.sentence) else None,
        probation=length(d.probation),
        custody_days=d.custody_days,
        life=d.penalty == facts.PENALTY_LIFE,
        punishment=punishment_of(word_of(facts.Penalty, d.penalty)),
        by_court=by_court,
    )
    return found.end if found else None


def given(period: facts.Period) -> bool:
    """True when the period says any length."""
    return bool(period.months or period.days)


def length(period: facts.Period) -> Length:
    """The period as lawkit counts it."""
    return Length(months=period.months, days=period.days)
