"""What another organ ruled and this service cannot do."""

from __future__ import annotations

from datetime import date

import pytest
from eventcore.errors import Invalid, NotYetDue, NotYetHappened, Refused
from lawkit import load_law
from servicekit.rulings import UNFIT, Why, or_without_effect

RULE = "revoke.ruling-time"


async def answered(error: Exception) -> str:
    """The code with which the ruling ends without effect; what is no answer is raised."""

    async def given() -> str:
        raise error

    async def otherwise(why: Why) -> str:
        return why.code

    return await or_without_effect(given(), otherwise, law=load_law(), rule=RULE)


async def test_what_law_or_state_forbid_ends_the_ruling():
    assert await answered(Refused("CASE_ENDED", rule="release.conditions")) == "CASE_ENDED"
    assert await answered(Invalid("ruling_date", "got 2019-01-01")) == UNFIT


@pytest.mark.parametrize(
    "error",
    [
        NotYetDue("release.conditions"),
        # handoff's clock has passed midnight, this service's will in a moment
        NotYetHappened("ruling_date", date(2026, 6, 20), date(2026, 6, 19)),
    ],
)
async def test_what_only_another_clock_has_reached_ends_nothing(error: Exception):
    with pytest.raises(type(error)):
        await answered(error)
