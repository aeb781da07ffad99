"""Deciders and their given / when / then, over messages of the store's own contract."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from corrections.common.v1.common_pb2 import LawRef, Recorded
from corrections.store.v1.store_pb2 import ReadStreamRequest, UnparkRequest
from eventcore.decider import (
    Caller,
    Context,
    Decider,
    Decision,
    Invalid,
    On,
    Refused,
    Stamp,
    StreamKey,
    by_type,
    day,
    evolving,
)
from eventcore.testing import instant, scenario


@dataclass(frozen=True, slots=True)
class Door:
    opened: date | None = None
    notes: int = 0


def _open(door: Door, c: UnparkRequest, ctx: Context) -> Decision:
    if c.consumer == "":
        raise Invalid("consumer", "want a name")
    if door.opened:
        return []
    if ctx.today < date(2026, 3, 1):
        raise Refused("TOO_EARLY", rule="door.opens", day=ctx.today.isoformat())
    return [LawRef(rule="door"), On(StreamKey("house", "1"), Recorded(version=1))]


def _sign(door: Door, c: ReadStreamRequest, ctx: Context) -> Decision:
    return [LawRef(rule=f"{door.opened}")]


def _opened(door: Door, event: LawRef, stamp: Stamp) -> Door:
    return replace(door, opened=stamp.day)


def _inside(door: Door, caller: Caller) -> bool:
    return caller.unit == "330203"


DOOR = Decider(
    initial=Door(),
    evolve=evolving({LawRef: _opened}),
    decide=by_type({UnparkRequest: _open}, {ReadStreamRequest: _sign}),
    opens=frozenset({UnparkRequest}),
    visible=_inside,
)
OPEN = UnparkRequest(consumer="key")
OPENED = LawRef(rule="door")


def test_a_command_that_opens_writes_its_events() -> None:
    trial = scenario(DOOR).at("2026-03-01T09:00")
    trial.when(OPEN).then(OPENED, On(StreamKey("house", "1"), Recorded(version=1)))


def test_a_command_with_nothing_to_do_writes_nothing() -> None:
    scenario(DOOR).given(OPENED).at("2026-03-01").when(OPEN).then()


def test_a_refusal_names_code_rule_and_facts() -> None:
    result = scenario(DOOR).at("2026-02-28").when(OPEN)
    result.refused("TOO_EARLY", rule="door.opens", day="2026-02-28")


def test_an_invalid_field_is_named() -> None:
    scenario(DOOR).when(UnparkRequest()).invalid("consumer")


def test_only_an_opening_command_finds_an_empty_stream() -> None:
    scenario(DOOR).when(ReadStreamRequest()).not_found()


def test_what_the_caller_may_not_see_is_not_found() -> None:
    scenario(DOOR).given(OPENED).by(role="JO", unit="330204").when(OPEN).not_found()


def test_an_event_counts_from_its_day_in_shanghai() -> None:
    trial = scenario(DOOR).given(("2026-03-01T23:30", OPENED), ("2026-03-02", Recorded()))
    trial.when(ReadStreamRequest()).then(LawRef(rule="2026-03-01"))
    assert instant("2026-03-01T07:59").date() == date(2026, 2, 28)


def test_a_wrong_expectation_fails() -> None:
    with pytest.raises(AssertionError, match="nothing"):
        scenario(DOOR).at("2026-03-01").when(OPEN).then()
    with pytest.raises(AssertionError, match="TOO_EARLY"):
        scenario(DOOR).at("2026-02-28").when(OPEN).then(OPENED)


def test_a_request_type_belongs_to_one_table() -> None:
    with pytest.raises(TypeError, match="two tables"):
        by_type({UnparkRequest: _open}, {UnparkRequest: _open})


@pytest.mark.parametrize(
    ("role", "unit", "sees"),
    [
        ("SERVICE", "", True),
        ("OPERATOR", "", True),
        ("COUNTY_CCI", "330203", True),
        ("CITY_CCI", "3302", True),
        ("PROV_CCI", "33", True),
        ("COUNTY_CCI", "330204", False),
        ("CITY_CCI", "3303", False),
        ("COUNTY_CCI", "", False),
        ("JO", "330203001", True),
        ("JO", "330203002", False),
        ("JO", "330203", False),
    ],
)
def test_an_office_sees_what_is_entrusted_to_it_and_other_units_their_territory(
    role: str, unit: str, sees: bool
) -> None:
    assert Caller("a", unit, role, "").sees("330203", "330203001") is sees


def test_a_case_entrusted_to_no_office_is_seen_by_none() -> None:
    assert not Caller("a", "330203001", "JO", "").sees("330203")
    assert not Caller("a", "", "JO", "").sees("330203")


def test_a_day_has_one_text():
    assert day("on", "2026-03-01") == date(2026, 3, 1)
    for text in ("20260301", "2026-W10-1", "2026-060", "2026-02-30", "2026-03-01T00:00", " 2026-03-01", ""):
        with pytest.raises(Invalid) as e:
            day("on", text)
        assert e.value.field == "on"
