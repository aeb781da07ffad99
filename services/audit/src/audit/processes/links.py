"""Exchanges that have not named the case that they opened are looked for, without being asked. 社区矫正法 第六十二条.

A few rows of an index: what is named is not among them.
"""

from __future__ import annotations

import logging

from eventcore.link import Link

from audit.domain.links import MISSING, NAMES, OpenLink, names_read

log = logging.getLogger(__name__)

_UNMADE = """
select case_id, stream_id, opened_at, es.now() from stream_case where opened_at is not null and named_at is null
order by opened_at, case_id limit 1000
"""
_SIZES = """
select coalesce((select max(seq) + 1 from log_entry where service = %(log)s), 0),
  coalesce((select verified from log_state where log = %(log)s), 0)
"""


class Links:
    """Alarms each link between logs that is missing, once for as long as it is."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._missing: frozenset[OpenLink] = frozenset()

    def look(self) -> frozenset[OpenLink]:
        """The links that are missing now; those that were not so at the last look are alarmed."""
        rows = self._link.conn.execute(_UNMADE).fetchall()
        sizes = self._link.conn.execute(_SIZES, {"log": NAMES}).fetchone() if rows else None
        up_to_date = sizes is not None and names_read(*sizes)
        unmade = {OpenLink(*row[:3]): row[3] for row in rows}
        missing = frozenset(
            one for one, now in unmade.items() if one.state(now, up_to_date=up_to_date) == MISSING
        )
        for one in sorted(missing - self._missing, key=lambda one: one.case_id):
            log.error("exchange does not name its case: case=%s stream=%s", one.case_id, one.stream_id)
        self._missing = missing
        return missing

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()
