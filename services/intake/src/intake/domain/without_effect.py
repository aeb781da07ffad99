"""A ruling, decision or notice of another organ that cannot be done is recorded (外来文书未予落实). 社区矫正法实施办法 第十六条.

Its sender hears why through handoff; the case stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import prepared_pb2 as prepared
from eventcore.decider import Context, Decision, Decisions, Evolutions, Stamp

from intake.domain.state import Case


def _note(case: Case, c: prepared.PreparedWithoutEffect, _: Context) -> Decision:
    return [] if c.ruling.exchange_id in case.applied else [c.ruling]


def _noted(case: Case, e: ev.RulingWithoutEffect, _: Stamp) -> Case:
    return replace(case, applied=case.applied | {e.exchange_id})


DECISIONS: Decisions[Case] = {prepared.PreparedWithoutEffect: _note}
EVOLUTIONS: Evolutions[Case] = {ev.RulingWithoutEffect: _noted}
