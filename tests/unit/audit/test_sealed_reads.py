"""The key of the record of reads is made where nothing stands sealed, and never beside what another key sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit import sealed
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from servicekit.sealing import FileKey, KeyFileLost


def batch(key: FileKey) -> bytes:
    [one] = sealed.sealed([pb.ReadAt()], key).batches
    return ev.RecordRead(sealed=one).SerializeToString()


def test_an_event_with_a_sealed_batch_begins_as_the_query_for_batches_says(tmp_path: Path):
    assert batch(FileKey.load(tmp_path, "any"))[:1] == b"\x5a"
    assert "'\\x5a'" in sealed.BATCHES


def test_a_key_is_made_where_nothing_is_sealed_and_used_where_it_sealed_all(tmp_path: Path):
    made = sealed.reads_key(tmp_path, [])
    assert sealed.reads_key(tmp_path, [batch(made), batch(made)]).key_id == made.key_id


def test_no_key_is_made_beside_what_a_lost_one_sealed(tmp_path: Path):
    lost = FileKey.load(tmp_path / "before", sealed.NAME)
    with pytest.raises(KeyFileLost, match=lost.key_id.hex()):
        sealed.reads_key(tmp_path, [batch(lost)])
    assert FileKey.found(tmp_path, sealed.NAME) is None


def test_a_key_that_was_exchanged_in_between_shows(tmp_path: Path):
    lost, now = FileKey.load(tmp_path / "before", sealed.NAME), FileKey.load(tmp_path, sealed.NAME)
    with pytest.raises(KeyFileLost, match=lost.key_id.hex()):
        sealed.reads_key(tmp_path, [batch(now), batch(lost)])


def test_a_key_that_is_given_up_makes_room_for_a_new_one(tmp_path: Path):
    lost = FileKey.load(tmp_path / "before", sealed.NAME)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / sealed.LOST).write_text(lost.key_id.hex() + "\n", encoding="utf-8")
    made = sealed.reads_key(tmp_path, [batch(lost), batch(lost)])
    assert sealed.reads_key(tmp_path, [batch(made), batch(lost)]).key_id == made.key_id != lost.key_id
