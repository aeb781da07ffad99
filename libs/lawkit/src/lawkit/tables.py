"""What exists for which kind of subject, and small tables. Handbook sections 3, 6.4 and 6.15."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lawkit.errors import WrongFact
from lawkit.law import Law
from lawkit.vocabulary import known, not_misspelt

Option = Literal[
    "revocation",
    "reimprisonment",
    "arrest-request",
    "psa-72-4",
    "psa-73-1",
    "injunction",
    "reduction",
    "admonition",
    "warning",
    "commendation",
    "device",
]

_RULES: dict[Option, tuple[str, str]] = {
    # measure: the rule that gives it, the rule that withholds it from the other kinds
    "revocation": ("revoke.reasons-evidence", "revoke.surveillance.none"),
    "reimprisonment": ("reimprison.proposer", "reimprison.proposer"),
    "arrest-request": ("arrest.only-with-proposal", "arrest.only-with-proposal"),
    "psa-72-4": ("psa.penalty.supervision-breach", "psa.parole-not-listed"),
    "psa-73-1": ("psa.penalty.injunction-breach", "injunction.kinds"),
    "injunction": ("injunction.kinds", "injunction.kinds"),
    "reduction": ("reduction.may", "reduction.parole.no-rule"),
    "admonition": ("conduct.decision-written", "conduct.decision-written"),
    "warning": ("conduct.decision-written", "conduct.decision-written"),
    "commendation": ("conduct.decision-written", "conduct.decision-written"),
    "device": ("device.approver", "device.approver"),
}

# not the law's: what courts decide that makes nobody a subject, so that a misspelling of it is known
_NO_SUBJECT = (
    "political-rights-only", "fine-only", "imprisonment", "detention", "acquittal", "exemption", "non-prosecution",
)  # fmt: skip
# not the law's: capacities in which somebody may sit in a group
_CAPACITIES = (
    "woman", "minor-expert", "office-staff", "social-worker", "volunteer", "committee", "employer", "school",
    "teacher", "guardian", "guarantor", "family", "father", "mother", "brother", "sister", "husband", "wife",
    "son", "daughter", "uncle", "aunt", "grandfather", "grandmother", "chairman", "chairwoman", "policeman",
    "policewoman", "female", "male",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done, and the rule that says so."""

    allowed: bool
    rule_id: str


def measures() -> tuple[str, ...]:
    """Every measure that measure_available knows."""
    return tuple(_RULES)


def kind_of_decision(law: Law, decision: str) -> str | None:
    """The kind of subject that a decision creates, or None: only the four kinds are subjects.

    decision: the kind's id in either case, its code or its Chinese name. 社区矫正法 第二条. Raises WrongFact for a misspelt
    one, so that nobody goes without corrections, or into them, by a slip.
    """
    wanted = decision.strip().upper().replace("-", "_").replace(" ", "_") or None
    for kind in law.kinds.values():
        if wanted in {kind.id, kind.id.split("_", 1)[-1], kind.code, kind.title_zh}:
            return kind.id
    words = {word for kind in law.kinds.values() for word in (kind.id, kind.id.split("_", 1)[-1])}
    others = (word.upper().replace("-", "_") for word in _NO_SUBJECT)
    try:
        not_misspelt("decision", wanted or "", (*sorted(words), *others))
    except WrongFact as wrong:
        raise WrongFact("decision", decision, wrong.want) from None
    return None


def measure_available(law: Law, kind: str, measure: Option) -> Verdict:
    """Whether the measure exists for the kind of subject at all. Raises UnknownRule, WrongFact."""
    facts = law.kind(kind)
    known("measure", measure, _RULES)
    allowed = {
        "revocation": facts.revocation,
        "reimprisonment": facts.reimprisonment,
        "arrest-request": facts.arrest_request,
        "psa-72-4": facts.psa_72_4,
        "psa-73-1": facts.injunction,
        "injunction": facts.injunction,
        "reduction": facts.reduction,
    }.get(measure, True)
    given, withheld = _RULES[measure]
    return Verdict(allowed, given if allowed else withheld)


def reduction_allowed(law: Law, kind: str, *, major_merit: bool, on: date) -> Verdict:
    """Whether a reduction may be proposed for the kind. Raises UnknownRule, NotInForce."""
    facts = law.kind(kind)
    if not facts.reduction:
        return Verdict(False, law.rule("reduction.parole.no-rule", on).id)
    if facts.major_merit_needed:
        return Verdict(major_merit, law.rule("reduction.probation.exception", on).id)
    return Verdict(True, law.rule("reduction.must" if major_merit else "reduction.may", on).id)


def reduction_keeps_half(law: Law, sentence_months: float, served_months_after: float) -> Verdict:
    """Whether enough of the original sentence is actually served after all its reductions. 刑法 第七十八条."""
    rule_id = "reduction.floor-half"
    return Verdict(served_months_after >= sentence_months * law.threshold(rule_id), rule_id)


def reduction_may_start(
    law: Law,
    sentence_months: float,
    served_months: float,
    *,
    major_merit: bool,
    remainder_months: float | None = None,
) -> Verdict:
    """Whether a first reduction of imprisonment may be proposed yet; major merit waits for nothing.

    remainder_months: what was left of the sentence when it began to be served. Where that is so short that the text
    lets the court begin earlier (法释〔2016〕23号 第十六条), nothing stands in the way.
    """
    rule = law.rule("reduction.start")
    if remainder_months is not None and remainder_months < rule.number("remainder_months_lt"):
        return Verdict(True, rule.id)
    for row in rule.rows():
        least, under = row.get("sentence_months_gte", 0), row.get("sentence_months_lt", float("inf"))
        if least <= sentence_months < under:
            return Verdict(major_merit or served_months >= row["served_months_gte"], rule.id)
    return Verdict(major_merit, rule.id)


def probation_keeps_floor(law: Law, punishment: str, months: float) -> Verdict:
    """Whether a shortened probation period of so many months is still long enough."""
    rule_id = f"reduction.probation.floor-{punishment}"
    return Verdict(months >= law.threshold(rule_id), rule_id)


def group_lacks(law: Law, *, woman: bool, minor: bool, members: Iterable[str], on: date) -> tuple[str, ...]:
    """The rules that the group breaks; empty when it may be formed. 社区矫正法 第二十五条、第五十二条.

    members: the capacities in it; `woman` and `minor-expert` are the ones asked for. Raises NotInForce, WrongFact
    for a misspelt one.
    """
    have = frozenset(not_misspelt("members", member, _CAPACITIES) for member in members)
    lacking: list[str] = []
    if woman and "woman" not in have:
        lacking.append(law.rule("group.woman-member", on).id)
    if minor and "minor-expert" not in have:
        lacking.append(law.rule("minor.group-expert", on).id)
    return tuple(lacking)
