"""Grounds that rest on facts which are recorded here: without the fact on record there is no such ground.

社区矫正法实施办法 第三十四条第一项、第三十五条第二项、第四十六条、第四十七条. Grounds of other words rest on their
evidence: a report that was not made is no event here, sessions are education's, and of an injunction only that it was
ordered is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eventcore.decider import Refused
from lawkit import Law
from lawkit.grounds import RestsOn, rests_on
from lawkit.ladders import Late, late_report_measure

from supervision.domain.measures import LADDER
from supervision.domain.state import Supervision


def lateness(case: Supervision, law: Law, on: date) -> Iterator[Late]:
    """What each time late or out of supervision, as far as the day, calls for by the law of the day it ended on.

    Nothing where the ladder was no law yet on that day.
    """
    for since, until in case.absences(on):
        ended = min(until, on)
        if law.in_force(LADDER, ended):
            yield late_report_measure(law, case.kind_id, since, ended)


def must_be_on_record(case: Supervision, ground: str, law: Law, on: date) -> None:
    """A ground of lateness has a late report, a loss of contact or an overrun leave of its length on record.

    Refused ABSENCE_NOT_ON_RECORD. Where the ground was no law yet on the day, what the organs did stands.
    """
    if rests_on(law, ground) is not RestsOn.LATENESS or not law.in_force(ground, on):
        return
    if all(late.rule_id != ground for late in lateness(case, law, on)):
        raise Refused("ABSENCE_NOT_ON_RECORD", ground, on=on.isoformat())
