"""Notices that nobody could be given are delivered once their agency is registered with an endpoint (无法送达的对外文书).

Such a notice has no open command: it would be tried for ever. It stands among the open exchanges, with its age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eventcore import ids
from eventcore.link import Link
from eventcore.runner import Loop
from servicekit.agencies import Agencies
from servicekit.workers import Workers

from handoff.notices import reachable
from handoff.processes.deliveries import DELIVER, DELIVERIES

_WAITING = """
select stream_id, agency_code from exchange
where open and not inbound and stage = 0 order by since, exchange_id
"""
# the command was answered while nobody could be reached; nothing but that answer was stored
_AGAIN = """
update es.command set answer = null, next_try = null, attempts = 0
where command_id = any(%s) and answer is not null
"""


@dataclass(frozen=True, slots=True)
class WaitingNotices:
    """Looks whether somebody is there now. One thread."""

    link: Link
    agencies: Agencies
    installation: str
    service: str

    def turn(self) -> int:
        """The delivery of every notice that can be delivered now is asked for anew; how many."""
        conn = self.link.conn
        commands = [
            ids.command_id(
                self.installation, f"{self.service}/{DELIVERIES.name}", ids.event_id(stream_id, 1), DELIVER
            )
            for stream_id, to in conn.execute(_WAITING).fetchall()
            if reachable(self.agencies, to) is not None
        ]
        return conn.execute(_AGAIN, (commands,)).rowcount if commands else 0

    def close(self) -> None:
        """The connection is closed."""
        self.link.close()


def loops(workers: Workers) -> Sequence[Loop]:
    """The loop of the role `consume` that looks."""
    settings = workers.settings
    reader = WaitingNotices(
        workers.link("consume", "waiting notices"),
        workers.agencies,
        settings.installation,
        settings.service,
    )
    return [workers.loop("waiting-notices", reader, poll_s=1.0)]
