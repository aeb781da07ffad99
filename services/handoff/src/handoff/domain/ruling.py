"""Whether a ruling, decision, notice or opinion about a known case may be taken up.

社区矫正法 第三十三条、第四十六条、第四十八条、第四十九条、第三十条、第六十二条; 刑法 第七十七条、第八十六条; 刑事诉讼法 第二百六十五条、
第二百六十八条.
Here a sender is refused whose office cannot make such a ruling at all; which of several organs may rule in a certain
case stands in competence.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from corrections.common.v1.facts_pb2 import CaseReference, Period
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from lawkit import Law
from lawkit.organs import may_act

from handoff.domain.dates import EARLIEST, day
from handoff.domain.refusals import Finding

# the rule that says who rules so; of opinions it says who is corrected, and another one who corrects
_RULES: Final[Mapping[type[Message], str]] = MappingProxyType(
    {
        msg.RevocationRuling: "revoke.ruling-time",
        msg.ReductionRuling: "reduction.ruling-time",
        msg.TermRecalculation: "reimprison.noncounted.court-fixes",
        msg.TemporaryServiceRenewal: "decision.temporary.who",
        msg.ReimprisonmentDecision: "reimprison.decision-time",
        msg.FoundNotice: "missing.police-assist",
        msg.CorrectionOpinion: "oversight.written-correction",
    }
)
_OVERSEES: Final = "oversight.scope"


def reference_of(body: Message) -> CaseReference | None:
    """The reference by which the body names its case; None for judgments."""
    reference = getattr(body, "reference", None)
    return reference if isinstance(reference, CaseReference) else None


def sender(body: Message, role: str, law: Law) -> Iterator[Finding]:
    """A ruling of an office that cannot make it."""
    rule = _RULES.get(type(body))
    if rule is None:
        return
    says_who = _OVERSEES if isinstance(body, msg.CorrectionOpinion) else rule
    if not may_act(law, says_who, role):
        yield Finding("RULING_NOT_FROM_ORGAN", "", rule)


def shape(body: Message) -> Iterator[Finding]:
    """Impossible days and negative lengths."""
    for name in _DAYS.get(type(body), ()):
        text = getattr(body, name)
        if day(text) is None and (text or name not in _OPTIONAL):
            yield Finding("DATE_IMPOSSIBLE", name)
    for name, rule in _PERIODS.get(type(body), {}).items():
        period: Period = getattr(body, name)
        for unit in ("months", "days"):
            if getattr(period, unit) < 0:
                yield Finding("TERM_OUT_OF_BOUNDS", f"{name}.{unit}", rule)
    if isinstance(body, msg.FoundNotice) and found_at(body) is None:
        yield Finding("DATE_IMPOSSIBLE", "found_at")


def substance(body: Message, now: datetime, today: date) -> Iterator[Finding]:
    """What contradicts itself or the calendar, in a body whose shape is right."""
    for name in _DAYS.get(type(body), ()):
        found = day(getattr(body, name))
        if found is not None and name not in _OPTIONAL and found > today:
            yield Finding("DATES_OUT_OF_ORDER", name)
    check = _OWN.get(type(body))
    if check is not None:
        yield from check(body)
    if isinstance(body, msg.FoundNotice):
        found = found_at(body)
        if found is not None and found > now:
            yield Finding("DATES_OUT_OF_ORDER", "found_at", "missing.after-found")


def found_at(notice: msg.FoundNotice) -> datetime | None:
    """When the police found the person, UTC; None when there is no such instant or it is not plausible."""
    try:
        found = notice.found_at.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.date() >= EARLIEST else None


def for_a_crime(ruling: msg.RevocationRuling) -> bool:
    """True when the court revokes for a new or an omitted crime that it has tried."""
    return ruling.crime != msg.CRIME_GROUND_UNSPECIFIED


def _revocation(ruling: msg.RevocationRuling) -> Iterator[Finding]:
    rule = "revoke.new-or-omitted-crime"
    if not for_a_crime(ruling):
        if ruling.crime_judgment_number:
            yield Finding("RULING_CONTRADICTS_ITSELF", "crime", rule)
        return
    if not ruling.revoked:
        # there is no proposal that a trying court could refuse
        yield Finding("RULING_CONTRADICTS_ITSELF", "revoked", rule)
    number = ruling.crime_judgment_number.strip()
    if not number:
        yield Finding("CRIME_JUDGMENT_MISSING", "crime_judgment_number", rule)
    elif number == ruling.reference.case_number.strip():
        # the judgment that is revoked tried no crime of the period
        yield Finding("RULING_CONTRADICTS_ITSELF", "crime_judgment_number", rule)


def _reduction(ruling: msg.ReductionRuling) -> Iterator[Finding]:
    lengths = (ruling.sentence_reduction, ruling.probation_reduction)
    given = any(period.months or period.days for period in lengths)
    if ruling.reduced != given:
        yield Finding("RULING_CONTRADICTS_ITSELF", "sentence_reduction", "reduction.dates-in-ruling")


def _renewal(renewal: msg.TemporaryServiceRenewal) -> Iterator[Finding]:
    until, decided = day(renewal.until), day(renewal.decision_date)
    if until is not None and decided is not None and until < decided:
        yield Finding("DATES_OUT_OF_ORDER", "until", "decision.temporary.grounds")


def _recalculation(ruling: msg.TermRecalculation) -> Iterator[Finding]:
    if not (ruling.not_counted.months or ruling.not_counted.days):
        yield Finding("TERM_MISSING", "not_counted", "reimprison.noncounted.court-fixes")


_OWN: Final[Mapping[type[Message], Callable[..., Iterator[Finding]]]] = MappingProxyType(
    {
        msg.RevocationRuling: _revocation,
        msg.ReductionRuling: _reduction,
        msg.TemporaryServiceRenewal: _renewal,
        msg.TermRecalculation: _recalculation,
    }
)
_DAYS: Final[Mapping[type[Message], tuple[str, ...]]] = MappingProxyType(
    {
        msg.RevocationRuling: ("ruling_date",),
        msg.ReductionRuling: ("ruling_date",),
        msg.TermRecalculation: ("ruling_date",),
        msg.TemporaryServiceRenewal: ("decision_date", "until"),
        msg.ReimprisonmentDecision: ("decision_date",),
        msg.CorrectionOpinion: ("opinion_date",),
    }
)
_OPTIONAL: Final = frozenset({"until"})
_PERIODS: Final[Mapping[type[Message], Mapping[str, str]]] = MappingProxyType(
    {
        msg.ReductionRuling: {
            "sentence_reduction": "reduction.floor-half",
            "probation_reduction": "reduction.probation.floor-imprisonment",
        },
        msg.TermRecalculation: {"not_counted": "reimprison.noncounted.law"},
    }
)
