"""The birth date that an identity number holds. GB 11643."""

from __future__ import annotations

from datetime import date

import pytest
from lawkit.ages import born_by


@pytest.mark.parametrize("number", ["11010519491231002X", " 11010519491231002x ", "110105491231002"])
def test_an_identity_number_holds_the_birth_date(number: str):
    assert born_by(number) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "number", ["", "E12345678", "11010519490231002X", "110105490231002", "1101051949123100"]
)
def test_other_documents_and_impossible_days_hold_none(number: str):
    assert born_by(number) is None
