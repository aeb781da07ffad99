"""Structured forms of what rules.yaml says in prose: closed lists of keys, the quarterly table.

They stand under the key `guitu` of the record that they belong to; SOURCES.md lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lawkit import _read as read
from lawkit.errors import NoNumber
from lawkit.model import Quarterly, RowCondition
from lawkit.rules import Rule


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One row of a local assessment table; it matches when every stated condition holds.

    last: the latest ratings in order; rating and times: so many of them in total; facts: what must be shown;
    commend: `must`, `may` or None; review: by kind, the rule of the statutory ground that people review.
    """

    id: str
    last: tuple[str, ...]
    rating: str | None
    times: int
    facts: tuple[str, ...]
    commend: str | None
    review: Mapping[str, str]

    @property
    def conditional(self) -> bool:
        """Whether the row has a condition; one without is for the case that nothing else matches."""
        return bool(self.last or self.rating or self.facts)


@dataclass(frozen=True, slots=True)
class AssessmentTable:
    """A local table of quarterly ratings; local policy, off unless its setting names it.

    rated_from_days: a first, shorter quarter with fewer days of supervision is not rated.
    """

    id: str
    in_force_from: date
    setting_id: str
    ratings: Mapping[str, str]
    rated_from_days: int
    rows: tuple[AssessmentRow, ...]


def assessment_table(record: Quarterly) -> AssessmentTable:
    """The table of quarterly_assessment: its rows with the conditions that `guitu` states for them."""
    extra = record.guitu
    conditions = {condition.id: condition for condition in (extra.rows if extra else ())}
    ratings = (rating.partition(" ") for rating in record.ratings)
    return AssessmentTable(
        id=record.id,
        in_force_from=record.in_force_from,
        setting_id=record.setting,
        ratings={code: title_zh for code, _, title_zh in ratings},
        rated_from_days=extra.rated_from_days if extra else 0,
        rows=tuple(_row(row.id, conditions.get(row.id)) for row in record.rows),
    )


def _row(row_id: str, condition: RowCondition | None) -> AssessmentRow:
    if condition is None:
        return AssessmentRow(row_id, (), None, 0, (), None, {})
    return AssessmentRow(
        id=row_id,
        last=condition.last,
        rating=condition.rating,
        times=condition.times or 0,
        facts=condition.facts,
        commend=condition.commend,
        review=condition.review,
    )


def words_by(rule: Rule, key: str) -> Mapping[str, str]:
    """The mapping of words under the key of the rule's `guitu`. Raises NoNumber, WrongData."""
    if key not in rule.numbers:
        raise NoNumber(rule.id, key, ", ".join(sorted(rule.numbers)) or "nothing at all")
    where = f"{rule.id}.{key}"
    return {name: read.text(value, where) for name, value in read.record(rule.numbers[key], where).items()}
