"""Structured forms of what rules.yaml says in prose: closed lists of keys, the quarterly table.

They stand under the key `guitu` of the record that they belong to; SOURCES.md lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lawkit import _read as read
from lawkit.errors import NoNumber, WrongData
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


def parse_assessment(raw: object) -> AssessmentTable:
    """The table of quarterly_assessment. Raises WrongData, also for a condition of a row that is not there."""
    fields = read.record(raw, "quarterly_assessment")
    where = read.text(fields.get("id"), "quarterly_assessment.id")
    extra = read.record(fields.get("guitu"), f"{where}.guitu")
    conditions = {
        c.get("id"): c for c in (read.record(r, where) for r in read.items(extra.get("rows"), where))
    }
    order = [read.text(read.record(r, where).get("id"), where) for r in read.items(fields.get("rows"), where)]
    if unknown := conditions.keys() - set(order):
        raise WrongData(f"{where}.guitu", str(sorted(map(str, unknown))), f"rows among {order}")
    ratings = (rating.partition(" ") for rating in read.words(fields.get("ratings"), where))
    return AssessmentTable(
        id=where,
        in_force_from=read.day(fields.get("in_force_from"), where),
        setting_id=read.text(fields.get("setting"), where),
        ratings={code: title_zh for code, _, title_zh in ratings},
        rated_from_days=_whole(extra.get("rated_from_days"), where),
        rows=tuple(_row(row_id, conditions.get(row_id, {})) for row_id in order),
    )


def _row(row_id: str, fields: read.Record) -> AssessmentRow:
    review = read.record(fields.get("review", {}), row_id)
    return AssessmentRow(
        id=row_id,
        last=read.words(fields.get("last"), row_id),
        rating=read.text_or_none(fields.get("rating"), row_id),
        times=read.whole_or_none(fields.get("times"), row_id) or 0,
        facts=read.words(fields.get("facts"), row_id),
        commend=read.text_or_none(fields.get("commend"), row_id),
        review={kind: read.text(rule_id, row_id) for kind, rule_id in review.items()},
    )


def _whole(value: object, where: str) -> int:
    number = read.whole_or_none(value, where)
    if number is None:
        raise WrongData(where, "nothing", "a whole number")
    return number


def parse_forbidden_keys(raw: object) -> tuple[str, tuple[str, ...]]:
    """The id of a forbidden feature and the data items that it forbids as inputs. Raises WrongData."""
    fields = read.record(raw, "forbidden_feature")
    feature_id = read.text(fields.get("id"), "forbidden_feature.id")
    extra = read.record(fields.get("guitu", {}), f"{feature_id}.guitu")
    return feature_id, read.words(extra.get("keys"), f"{feature_id}.keys")


def words_by(rule: Rule, key: str) -> Mapping[str, str]:
    """The mapping of words under the key of the rule's `guitu`. Raises NoNumber, WrongData."""
    if key not in rule.numbers:
        raise NoNumber(rule.id, key, ", ".join(sorted(rule.numbers)) or "nothing at all")
    where = f"{rule.id}.{key}"
    return {name: read.text(value, where) for name, value in read.record(rule.numbers[key], where).items()}
