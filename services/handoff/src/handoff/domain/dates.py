"""Days in messages: ISO 8601, plausible, and in an order that can be."""

from __future__ import annotations

import re
from datetime import date

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# outside these years a day is a slip, and calendars of other services could not count from it
EARLIEST = date(1850, 1, 1)  # not the law's: older than any living person
LATEST = date(2199, 12, 31)  # not the law's: later than any term


def day(text: str) -> date | None:
    """The day that the text names; None when there is no such day or it is not plausible."""
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
