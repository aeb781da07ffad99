"""A clock that is asked again under a new calendar gets the id that setting it anew would give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from eventcore.recompute import lapse_bytes
from eventcore.tx import lapse_id
from hypothesis import given
from hypothesis import strategies as st


@given(st.uuids(), st.datetimes(timezones=st.timezones()))
def test_both_ways_to_a_lapses_id_agree(deadline_id: UUID, due_at: datetime):
    assert lapse_bytes(deadline_id.bytes, due_at.isoformat().encode()) == lapse_id(deadline_id, due_at).bytes
