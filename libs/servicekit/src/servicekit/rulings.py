"""What another organ ruled and this service cannot do becomes an event of the case instead of an error.

社区矫正法实施办法 第十六条: the organ that sends a document is answered; handoff tells it why, and the exchange ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from eventcore.decider import Invalid, Refused
from eventcore.errors import NotYetDue, NotYetHappened, TooLarge
from lawkit import Law

R = TypeVar("R")

UNFIT = "RULING_DOES_NOT_FIT"
"""Code where a fact of the ruling contradicts the case: what would be INVALID_ARGUMENT for a client."""


class Why(NamedTuple):
    """Why a ruling has no effect: stable code, rule id, article as printed."""

    code: str
    rule: str
    article: str


async def or_without_effect(
    given: Awaitable[R], otherwise: Callable[[Why], Awaitable[R]], *, law: Law, rule: str
) -> R:
    """What `given` answers; where law or state forbid it, what `otherwise` answers.

    rule: that a ruling breaks whose facts do not fit the case. What is no final answer is raised.
    """
    try:
        return await given
    except (NotYetDue, NotYetHappened, TooLarge):
        raise
    except Refused as refused:
        why = Why(refused.code, refused.rule, law.article_zh(refused.rule) if refused.rule else "")
    except Invalid:
        why = Why(UNFIT, rule, law.article_zh(rule))
    return await otherwise(why)
