"""A report is issued for a period that is over, in a unit that may be one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from audit.domain.report import must_be_over
from eventcore.decider import Caller, Invalid
from servicekit.figures import territory

NOW = datetime(2026, 3, 22, 1, tzinfo=UTC)
CALLER = Caller(actor="a", unit="330203", role="COUNTY_CCI", purpose="p")


@pytest.mark.parametrize(
    ("first", "last", "known", "field"),
    [
        ("2026-03-01", "2026-03-23", None, "last_day"),
        ("2026-03-02", "2026-03-01", None, "first_day"),
        ("xx", "2026-03-01", None, "first_day"),
        ("", "2026-03-01", None, "first_day"),
        ("2026-03-01", "", None, "last_day"),
        ("2026-03-01", "2026-03-22", NOW + timedelta(seconds=1), "known_at"),
    ],
)
def test_a_period_that_is_none_or_not_over_is_named(
    first: str, last: str, known: datetime | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        must_be_over(first, last, known, NOW)
    assert refused.value.field == field


def test_a_period_up_to_today_and_now_is_counted() -> None:
    must_be_over("2026-03-22", "2026-03-22", NOW, NOW)


@pytest.mark.parametrize("unit", ["4105260", "3302031", "330203001", "33020", "3", "33020x", "３３０２０３"])
def test_a_unit_has_two_four_or_six_digits(unit: str) -> None:
    with pytest.raises(Invalid) as refused:
        territory(unit, CALLER)
    assert refused.value.field == "unit"


def test_a_unit_that_no_county_lies_in_is_refused() -> None:
    """It would count 0 of everything and look true."""
    for unit in ("999999", "9999", "330299"):
        with pytest.raises(Invalid, match="no county has this code") as refused:
            territory("", Caller(actor="a", unit=unit, role="COUNTY_CCI", purpose="p"))
        assert refused.value.field == "unit"
    assert [territory(unit, Caller("a", "33", "CITY_CCI", "p")) for unit in ("", "3302", "330203")] == [
        "33",
        "3302",
        "330203",
    ]
