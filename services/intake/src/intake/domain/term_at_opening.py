"""First and last day of the term. 刑法 第三十八条、第四十一条、第四十四条、第四十七条、第七十三条、第八十三条; 社区矫正法 第四十四条.

The printed dates govern (set.term.authority); the computed ones check them and warn. The rest of a sentence
(parole, temporary service granted in prison) cannot be computed from the decision: a document must say it. Temporary
service that a court decides before delivery to prison begins the sentence, and custody before it is offset by penalty.
"""

from __future__ import annotations

from datetime import date

from corrections.common.v1.facts_pb2 import Penalty, SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1.prepared_pb2 import PreparedCase
from eventcore.acts import law_ref
from eventcore.decider import Refused, day
from lawkit import Law
from lawkit.errors import InvalidTerm
from lawkit.terms import Term, credit_rule, term_of_decision, term_until

from intake.domain.state import kind_id, length_of, punished


def term_computed(law: Law, c: PreparedCase) -> ev.TermComputed:
    """The term of a decision; Refused where no day of the end can be given, or none that is possible."""
    rule_id = _rule(law, c)
    start = day("effective_date", c.effective_date)
    printed = day("printed_end_date", c.printed_end_date) if c.printed_end_date else None
    try:
        computed = _computed(law, c, start)
        if printed is not None:
            term_until(law, kind_id(c.kind), start, printed)
    except InvalidTerm as error:
        raise Refused("TERM_NOT_POSSIBLE", rule=rule_id, reason=str(error)) from error
    end = _governing(law, printed, computed.end if computed else None)
    if end is None and _offset_unknown(c):
        # the days count for something, but only the penalty says for how much (刑法 第四十四条、第四十七条)
        raise Refused(
            "CUSTODY_NOT_OFFSET", rule="counting.credit.imprisonment", custody_days=str(c.custody_days)
        )
    if end is None:
        raise Refused("TERM_END_UNKNOWN", rule=rule_id, kind=kind_id(c.kind))
    return ev.TermComputed(
        start_date=c.effective_date,
        end_date=end.isoformat(),
        computed_end_date=computed.end.isoformat() if computed else "",
        printed_end_date=c.printed_end_date,
        temporary_until=c.temporary_until,
        law=law_ref(law, rule_id, start),
    )


def _rule(law: Law, c: PreparedCase) -> str:
    """The article that counts: for a sentence that begins outside prison after custody, the one that offsets it."""
    offset = credit_rule(kind_id(c.kind), punished(c.penalty)) if _begins_outside(c) else None
    return offset if offset and c.custody_days else law.kind(kind_id(c.kind)).term_rule


def _begins_outside(c: PreparedCase) -> bool:
    return (
        c.kind == SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE and c.organ_is_court and not c.printed_end_date
    )


def _offset_unknown(c: PreparedCase) -> bool:
    return _begins_outside(c) and c.custody_days > 0 and punished(c.penalty) is None


def _governing(law: Law, printed: date | None, computed: date | None) -> date | None:
    by_document = law.setting("set.term.authority").choice == "document"
    return (printed or computed) if by_document else (computed or printed)


def _computed(law: Law, c: PreparedCase, start: date) -> Term | None:
    return term_of_decision(
        law,
        kind_id(c.kind),
        start,
        sentence=length_of(c.sentence),
        probation=length_of(c.probation),
        custody_days=c.custody_days,
        life=c.penalty == Penalty.PENALTY_LIFE,
        punishment=punished(c.penalty),
        by_court=c.organ_is_court,
    )
