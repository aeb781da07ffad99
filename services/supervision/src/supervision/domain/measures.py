"""What lateness calls for by days (handbook table 7.2). 社区矫正法实施办法 第三十四条、第三十五条、第四十六条、第四十七条.

A program proposes with its evidence; a named officer of the county decides (forbid.automatic-sanction).
"""

from __future__ import annotations

from datetime import date

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.acts import law_ref
from eventcore.decider import free_text
from google.protobuf.message import Message
from lawkit import Law
from lawkit.ladders import Measure, late_report_measure

LADDER = "admonition.ground.late-or-out-ten-days"


def proposed(law: Law, kind: str, since: date, until: date, fact: str) -> list[Message]:
    """The measure that so many days call for, if any; nothing where the ladder was not yet law.

    `fact` says in Chinese what lasted; the days follow it, those before the ladder told but not counted. A ground for
    revocation stands until a justified reason is shown: the officer who reads the proposal asks for it.
    """
    if not law.in_force(LADDER, until):
        return []
    late = late_report_measure(law, kind, since, until)
    if late.measure is Measure.NONE or late.rule_id is None:
        return []
    rule, measure = late.rule_id, late.measure.name
    if late.revocation_rule is not None:
        rule, measure = late.revocation_rule, "REVOCATION"
    evidence = free_text(f"{fact}{(until - since).days}日（自{since.isoformat()}至{until.isoformat()}）")
    return [ev.MeasureProposed(ground=law_ref(law, rule, until), measure=measure, evidence=evidence)]
