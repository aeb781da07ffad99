"""A ruling, decision or notice of another organ that cannot be done is recorded (外来文书未予落实). 社区矫正法实施办法 第十六条.

Its sender hears why through handoff; the case stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import prepared_pb2 as prepared
from eventcore.decider import Context, Decision, Decisions, Evolutions, Stamp

from supervision.domain.state import Supervision


def _note(case: Supervision, c: prepared.PreparedWithoutEffect, _: Context) -> Decision:
    return [] if c.ruling.exchange_id in case.applied else [c.ruling]


def _noted(case: Supervision, e: ev.RulingWithoutEffect, _: Stamp) -> Supervision:
    return replace(case, applied=case.applied | {e.exchange_id})


DECISIONS: Decisions[Supervision] = {prepared.PreparedWithoutEffect: _note}
EVOLUTIONS: Evolutions[Supervision] = {ev.RulingWithoutEffect: _noted}
