"""Conditions in CEL answer yes or no over the declared facts and nothing else."""

from datetime import date

import pytest
from lawkit.conditions import WrongCondition, compiled
from lawkit.model import Fact

FACTS = {"since": Fact("date", "起"), "names": Fact("list(string)", "名"), "n": Fact("int", "数")}


def test_a_date_is_the_day_in_shanghai() -> None:
    condition = compiled("since < timestamp('2026-03-01T00:00:00+08:00')", FACTS)
    assert condition.holds({"since": date(2026, 2, 28)})
    assert not condition.holds({"since": date(2026, 3, 1)})


def test_a_missing_or_unknown_fact_is_refused() -> None:
    condition = compiled("n > 1", FACTS)
    with pytest.raises(WrongCondition):
        condition.holds({})
    with pytest.raises(WrongCondition, match="other"):
        condition.holds({"n": 2, "other": 1})


@pytest.mark.parametrize("text", ["n", "n > 'a'", "m > 1", "n >", "names"])
def test_what_is_no_question_over_the_facts_does_not_compile(text: str) -> None:
    with pytest.raises(WrongCondition):
        compiled(text, FACTS)
