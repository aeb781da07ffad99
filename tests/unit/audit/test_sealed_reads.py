"""The key of the record of reads is made where nothing stands sealed, and never beside what another key sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit import sealed
from audit.opening import NOT_READABLE, Damaged, reads_of
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import EventMeta
from proofs.canonical import leaf_pair
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


def test_no_key_is_made_where_all_that_stands_was_altered(tmp_path: Path):
    with pytest.raises(KeyFileLost):
        sealed.reads_key(tmp_path, [None])
    made = FileKey.load(tmp_path, sealed.NAME)
    for altered in (None, b"\x5a\x7f"):
        assert sealed.reads_key(tmp_path, [altered]).key_id == made.key_id


def test_an_event_whose_bytes_agree_with_the_log_but_hold_no_reads_is_named(tmp_path: Path):
    key, other = FileKey.load(tmp_path, "one"), FileKey.load(tmp_path, "other")
    meta = EventMeta().SerializeToString()
    for data in (b"", b"\x5a\x7f", batch(other)):
        leaves = leaf_pair(meta, data)
        with pytest.raises(Damaged, match=NOT_READABLE):
            reads_of((7, meta, data, *leaves, *leaves), key)
    sound = batch(key)
    leaves = leaf_pair(meta, sound)
    assert reads_of((7, meta, sound, *leaves, None, None), key) == [pb.ReadAt()]
