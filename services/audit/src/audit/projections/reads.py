"""Which events tell who read this case? Table `case_read`, a row for each case that a read showed.

A row names no case and nobody: it has the case under audit's key, and the place in the log where the read stands sealed.
A batch that the key does not open is parked, or stops the rebuild, and says which file is wanted (KeyFileLost); so is one
that holds nothing (Unopenable). What a key sealed that was given up has no rows.
"""

from __future__ import annotations

from pathlib import Path

from corrections.audit.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from servicekit.sealing import FileKey

from audit import sealed
from audit.domain.reads import cases_of, told_to_the_person

_ADD = """
insert into case_read (case_key, seq, number, stream_id, told)
select k.case_key, %s, %s, %s, %s from unnest(%s::bytea[]) as k(case_key)
"""


def reads(home: Path) -> Projection:
    """The projection with the key in a data folder; it is looked for at the first read."""
    checked: list[FileKey] = []

    def key_of(tx: Tx) -> FileKey:
        if not checked:
            checked.append(sealed.reads_key(home, (row[0] for row in tx.fetch(sealed.BATCHES))))
        return checked[0]

    def read(tx: Tx, event: Event) -> None:
        e = event.data_as(ev.RecordRead)
        if sealed.is_sealed(e) and e.sealed.key_id in sealed.lost(home):
            return
        key = key_of(tx)
        found = (
            [one.read for one in sealed.opened(e.sealed, key)]
            if sealed.is_sealed(e)
            else [sealed.in_the_clear(e)]
        )
        for number, one in enumerate(found):
            keys = [sealed.index(key, case) for case in cases_of(one)]
            told = told_to_the_person(one.role, one.refused)
            tx.execute(_ADD, (event.seq, number, event.stream_id, told, keys))

    return Projection("reads", handle={ev.RecordRead: read}, tables=("case_read",), key="stream_id")
