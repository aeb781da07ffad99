"""A case that an exchange opened is named by that exchange: the link that leads back from it. 社区矫正法 第二十条、第六十二条.

The case names the exchange when it is opened, the exchange names the case moments later (EffectNoted, MessageEffected). Until
then nothing that is committed says that the exchange is about the case. Whether a link is made follows from the two logs
alone: so it is recorded nowhere, whoever has them finds the same, and it is gone as soon as the exchange names the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

NOT_YET_MADE = "NOT_YET_MADE"
MISSING = "MISSING"
WITHIN = timedelta(hours=1)  # not the law's: a message and a command between two services take seconds
NAMES = "handoff"
"""The service whose log must name the case."""


def names_read(read: int, verified: int) -> bool:
    """Whether all that is verified of the log that names cases has been read here; both are sizes of that log."""
    return read >= verified


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A case was opened by an exchange, at this known time (UTC), and no event of the exchange names it."""

    case_id: UUID
    stream_id: UUID
    since: datetime

    def state(self, now: datetime, *, up_to_date: bool) -> str:
        """NOT_YET_MADE within the time that it may take, MISSING after it.

        up_to_date: audit has read all of the log that must name the case; what it has not read is not missing.
        """
        return MISSING if up_to_date and now - self.since > WITHIN else NOT_YET_MADE
