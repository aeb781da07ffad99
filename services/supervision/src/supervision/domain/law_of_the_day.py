"""Which law judges an old fact (handbook section 1, law of the day).

A fact is judged by the rule in force on its day. Where none was in force, no statutory clock and no tier is set,
and no act is refused only because the rule is younger: what the organs did under older texts, which the catalogue
does not quote, stands as they did it.
"""

from __future__ import annotations

from datetime import date

from corrections.common.v1.common_pb2 import LawRef
from lawkit import Law


def law_ref(law: Law, rule_id: str, day: date) -> LawRef:
    """The rule with its article as it stood on the day."""
    return LawRef(rule=rule_id, article=law.article_zh(rule_id, day))


def last_day(law: Law, rule_id: str, start: date) -> date | None:
    """Until when the rule's duty is due, after rest days; None when the rule was not in force at its start.

    While the calendar of that year is missing, the nominal day: an alarm too early harms nobody.
    """
    if not law.in_force(rule_id, start):
        return None
    due = law.due(rule_id, start)
    return due.extended or due.nominal


def text_of(day: date | None) -> str:
    """ISO 8601; empty for none."""
    return day.isoformat() if day else ""
