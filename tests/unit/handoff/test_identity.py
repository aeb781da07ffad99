"""公民身份号码 GB 11643: the standard's own examples, and vectors of the handbook's data."""

from __future__ import annotations

import pytest
from handoff.domain.identity import valid


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "11010519491231002x", "440524188001010014", "110105491231002"]
)
def test_a_right_number_is_valid(number: str):
    assert valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",
        "440524188001010013",
        "11010519490231002X",
        "1101051949123100",
        "110105194912310",
        "1101051949123100２X",
        "11010519491231002XX",
        "",
        "X",
        "张三",
    ],
)
def test_a_wrong_number_is_not(number: str):
    assert not valid(number)


@pytest.mark.parametrize("number", ["E12345678", "H0123456(7)", "FRA123456789012"])
def test_documents_of_other_states_have_no_check_digit(number: str):
    assert valid(number)
