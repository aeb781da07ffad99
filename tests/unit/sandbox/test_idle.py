"""Idle is what the positions say: each thing that is under way is named with its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from eventcore.kafka import Partition
from eventcore.positions import Positions
from sandbox.idle import Reading, busy

NOW = datetime(2026, 3, 2, tzinfo=UTC)
P0, P1 = Partition("corrections.intake.v1", 0), Partition("corrections.intake.v1", 1)
CONSUMES = {"supervision": frozenset({"corrections.intake.v1"})}
IDLE = Positions(
    stored=7, log_end=7, relay=7, projections={"cases": 7}, offsets={("c", P0): 4, ("c", P1): 3}, open_commands=0,
    due_deadlines=0, next_due=None, open_years=0, parked=0, refusals=0, dead_letters=0, stopped=0, now=NOW,
)  # fmt: skip


def reading(**changed: Any) -> Reading:
    return Reading({"supervision": replace(IDLE, **changed)}, {P0: 4, P1: 3})


def test_nothing_is_under_way_when_every_position_is_at_its_end():
    assert busy(reading(), CONSUMES) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stored": 9}, "2 events wait for the sequencer at 7"),
        ({"relay": 6}, "the relay is at 6, the log ends at 7"),
        ({"projections": {"cases": 5}}, "projection cases is at 5, the log ends at 7"),
        ({"open_commands": 1}, "1 commands are open"),
        ({"due_deadlines": 2}, "2 clocks are due"),
        ({"open_years": 1}, "asked again for 1 calendar years"),
        ({"offsets": {("c", P0): 2, ("c", P1): 3}}, "consumer c is at 2 of corrections.intake.v1/0, end 4"),
        ({"offsets": {("c", P0): 4}}, "nobody has a position on corrections.intake.v1/1, end 3"),
    ],
)
def test_what_is_under_way_is_named(changed: dict[str, Any], said: str):
    (found,) = busy(reading(**changed), CONSUMES)
    assert found.startswith("supervision: ")
    assert said in found


def test_parked_records_are_settled_but_reported():
    found = reading(parked=2, refusals=1)
    assert busy(found, CONSUMES) == []
    assert found.set_aside == {"supervision": (2, 1, 0)}


def test_the_next_due_time_is_the_earliest_of_all_services():
    later = NOW.replace(day=9)
    both = Reading({"a": replace(IDLE, next_due=later), "b": replace(IDLE, next_due=NOW)}, {})
    assert both.next_due == NOW
