"""Commendation and the local quarterly table. 社区矫正法 第二十八条; 社区矫正法实施办法 第三十三条.

Every answer is a proposal: people decide in writing (forbid.automatic-sanction).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lawkit.errors import NotInForce, WrongFact
from lawkit.grids import AssessmentRow
from lawkit.law import Law
from lawkit.vocabulary import all_known

Commend = Literal["must", "may", "no"]
_MUST = "commend.must"
_MAY_TIME = "commend.may-six-months"
_MAY_MERIT = "commend.may-merit"


@dataclass(frozen=True, slots=True)
class Commendation:
    """Whether a commendation must, may or may not be proposed, and the rule that says so."""

    commend: Commend
    rule_id: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """The rows that match, in the table's order, and what they propose.

    excellent: the derived rating; review: the rule of the ground that people review, None when there is none.
    """

    rows: tuple[str, ...]
    commend: Commend
    excellent: bool
    review: str | None


def commendation(
    law: Law,
    received: date,
    on: date,
    *,
    outstanding: bool,
    four_conditions: bool,
    merit: bool,
    judged_on: date | None = None,
) -> Commendation:
    """Outstanding conduct must be commended; merit, or the time served with all four conditions, may be.

    received: the day from which the setting counts (reception, or the start of the term); judged_on: the day
    whose law judges, by default `on`. Raises NotInForce.
    """
    judged_on = judged_on or on
    if outstanding:
        return Commendation("must", law.rule(_MUST, judged_on).id)
    if merit:
        return Commendation("may", law.rule(_MAY_MERIT, judged_on).id)
    since = law.due(_MAY_TIME, received, judged_on).nominal
    return Commendation("may" if four_conditions and on >= since else "no", _MAY_TIME)


def quarterly(
    law: Law,
    ratings: Sequence[str],
    facts: Collection[str] = (),
    *,
    kind: str | None = None,
    used: int = 0,
    on: date | None = None,
) -> Quarter:
    """The rows of the local table that match the ratings of this term, the last one being this quarter's.

    facts: those shown among the table's own (outstanding, merit, reduction, not_corrected); used: how many of
    the good ratings, from the first, have already led to a commendation. MUST wins over MAY.
    Raises WrongFact for an unknown rating or fact, UnknownRule for a kind, NotInForce before the table.
    """
    table = law.assessment
    all_known("facts", sorted(facts), (fact for row in table.rows for fact in row.facts))
    if kind is not None:
        law.kind(kind)
    if on is not None and on < table.in_force_from:
        raise NotInForce(table.id, on, f"{table.in_force_from} to open")
    codes = [_code(rating, law) for rating in ratings]
    if not codes:
        raise WrongFact("ratings", list(ratings), "at least one rating")
    rewarding = {row.rating for row in table.rows if row.rating and row.commend}
    spent = [i for i, code in enumerate(codes) if code in rewarding][:used]
    counted = [None if i in spent else code for i, code in enumerate(codes)]
    hits = [row for row in table.rows if row.conditional and _matches(row, counted, facts)]
    rows = hits or [row for row in table.rows if not row.conditional]
    commends = {row.commend for row in rows}
    commend: Commend = "must" if "must" in commends else "may" if "may" in commends else "no"
    review = next((row.review.get(kind) for row in rows if kind and row.review), None)
    return Quarter(tuple(row.id for row in rows), commend, commend == "must", review)


def _code(rating: str, law: Law) -> str:
    ratings = law.assessment.ratings
    for code, title_zh in ratings.items():
        if rating in {code, title_zh}:
            return code
    raise WrongFact("ratings", rating, f"one of {', '.join(ratings)}")


def _matches(row: AssessmentRow, counted: Sequence[str | None], facts: Collection[str]) -> bool:
    if row.last and tuple(counted[-len(row.last) :]) != row.last:
        return False
    if row.rating is not None and counted.count(row.rating) < row.times:
        return False
    return all(fact in facts for fact in row.facts)
