"""Until when the group stands, the entry declaration is held and the plan is made, from reception on.

社区矫正法 第二十四条、第二十五条; 社区矫正法实施办法 第十九条、第二十条、第二十二条. The law names no days; the settings of the
rules do. These clocks are watched: what is late stays open until it is done or corrections end.
"""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_RULES = {"group": "group.form", "declaration": "declaration.hold", "plan": "plan.make"}


def _received(tx: Tx, event: Event) -> None:
    for name, rule in _RULES.items():
        tx.watch(name, event.subject, rule, event.day)


def _formed(tx: Tx, event: Event) -> None:
    tx.clear_deadline("group", event.subject)


def _declared(tx: Tx, event: Event) -> None:
    tx.clear_deadline("declaration", event.subject)


def _planned(tx: Tx, event: Event) -> None:
    tx.clear_deadline("plan", event.subject)


def _ended(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


ENTRY_CLOCKS = Projection(
    "entry-clocks",
    handle={
        ev.ReportedIn: _received,
        ev.GroupFormed: _formed,
        ev.EntryDeclared: _declared,
        ev.PlanAdopted: _planned,
        ev.Released: _ended,
        ev.Terminated: _ended,
    },
)
