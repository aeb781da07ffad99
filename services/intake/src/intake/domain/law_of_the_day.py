"""Which law judges an old fact (handbook section 1, law of the day).

A fact is judged by the rule in force on its day. Where the catalogue has none for that day (most of 2003 to
2012 and, for reporting in, everything before the Law of 2020-07-01), the first version that came into force
afterwards is used to count: the Measures of 2012 and the notices before them, which the catalogue lists as
recalled and not seen, are not quoted by a program. Such a rule counts and cites; it never refuses.
"""

from __future__ import annotations

from datetime import date

from corrections.common.v1.common_pb2 import LawRef
from lawkit import Law
from lawkit.counting import Due


def judging_day(law: Law, rule_id: str, day: date) -> date:
    """The day itself while the rule is in force on it, else the first day of the version that came later."""
    return day if law.in_force(rule_id, day) else max(day, law.rule(rule_id).in_force_from)


def due(law: Law, rule_id: str, start: date) -> Due:
    """Until when the duty is due that began on a day, by the law of that day."""
    return law.due(rule_id, start, judging_day(law, rule_id, start))


def law_ref(law: Law, rule_id: str, day: date) -> LawRef:
    """The rule with its article as it stood on the day."""
    return LawRef(rule=rule_id, article=law.article_zh(rule_id, judging_day(law, rule_id, day)))
