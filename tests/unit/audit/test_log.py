"""日志核验. 社区矫正法 第六十二条."""

from __future__ import annotations

import pytest
from audit.domain.comparing import Difference, Published, Stored, first_difference
from audit.domain.log import LOG
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.audit.v1.prepared_pb2 import Examination
from eventcore.testing import given

ROOT, OTHER = b"r" * 32, b"o" * 32
SOUND = Examination(
    log="intake", size=9, root=ROOT, signed=True, published_root=ROOT, heads=ROOT, published_heads=ROOT,
    subjects=ROOT, published_subjects=ROOT,
)  # fmt: skip
VERIFIED = ev.CheckpointVerified(log="intake", size=9, root=ROOT, heads=ROOT, subjects=ROOT)
CHANGED = Examination(
    log="intake", size=9, root=ROOT, signed=True, bad_seq=4, finding="BYTES_CHANGED", event_id="e", type="t"
)
FOUND = ev.MismatchFound(log="intake", seq=4, finding="BYTES_CHANGED", event_id="e", type="t")


def other(**fields: object) -> Examination:
    made = Examination()
    made.CopyFrom(SOUND)
    made.MergeFrom(Examination(**fields))  # pyright: ignore[reportArgumentType]
    return made


def test_a_log_that_fits_its_checkpoint_is_verified():
    given(LOG).when(SOUND).then(VERIFIED)


def test_the_same_checkpoint_again_changes_nothing():
    given(LOG, VERIFIED).when(SOUND).then()


def test_a_log_without_events_has_nothing_to_verify():
    given(LOG).when(Examination(log="intake")).then()


def test_changed_bytes_are_found_and_the_event_named():
    given(LOG, VERIFIED).when(CHANGED).then(FOUND)


def test_the_same_mismatch_again_changes_nothing():
    given(LOG, VERIFIED, FOUND).when(CHANGED).then()


def test_a_look_at_the_whole_log_clears_a_mismatch_that_was_mended():
    given(LOG, VERIFIED, FOUND).when(SOUND).then(VERIFIED)
    given(LOG, VERIFIED, FOUND, VERIFIED).when(CHANGED).then(FOUND)


def test_a_look_at_the_tail_clears_nothing():
    given(LOG, VERIFIED, FOUND).when(other(from_seq=9)).then()
    tail = ev.CheckpointVerified(log="intake", size=12, root=ROOT, from_seq=9, heads=ROOT, subjects=ROOT)
    given(LOG, VERIFIED, FOUND).when(other(size=12, from_seq=9)).then(tail)
    given(LOG, VERIFIED, FOUND, tail).when(CHANGED).then()


def mismatch(finding: str, seq: int) -> ev.MismatchFound:
    return ev.MismatchFound(log="intake", seq=seq, finding=finding)


def test_a_checkpoint_that_vanished_is_a_mismatch():
    given(LOG, VERIFIED).when(Examination(log="intake")).then(mismatch("CHECKPOINT_MISSING", 0))


def test_a_checkpoint_without_the_pinned_signature_is_a_mismatch():
    unsigned = Examination(log="intake", size=12, root=ROOT, published_root=ROOT)
    given(LOG, VERIFIED).when(unsigned).then(mismatch("CHECKPOINT_NOT_SIGNED", 9))


def test_a_checkpoint_older_than_the_verified_one_is_a_mismatch():
    shorter = Examination(log="intake", size=5, root=ROOT, signed=True, published_root=ROOT)
    given(LOG, VERIFIED).when(shorter).then(mismatch("CHECKPOINT_OLD", 5))


def test_two_roots_of_one_size_are_a_mismatch():
    forked = Examination(log="intake", size=9, root=OTHER, signed=True, published_root=OTHER)
    given(LOG, VERIFIED).when(forked).then(mismatch("CHECKPOINT_FORKED", 9))


def test_a_root_that_the_published_events_do_not_have_is_a_mismatch():
    given(LOG).when(other(published_root=OTHER)).then(mismatch("ROOT_DIFFERS", 0))


def test_stream_heads_that_the_published_events_do_not_have_are_a_mismatch():
    given(LOG).when(other(published_heads=OTHER)).then(mismatch("HEADS_DIFFER", 0))
    without = Examination(
        log="intake", size=12, root=ROOT, signed=True, published_root=ROOT, published_heads=ROOT
    )
    given(LOG, VERIFIED).when(without).then(mismatch("HEADS_DIFFER", 9))


def test_streams_by_subject_that_the_published_events_do_not_have_are_a_mismatch():
    given(LOG).when(other(published_subjects=OTHER)).then(mismatch("SUBJECTS_DIFFER", 0))
    before = Examination(
        log="intake", size=12, root=ROOT, signed=True, published_root=ROOT, published_subjects=ROOT
    )
    given(LOG).when(before).then(ev.CheckpointVerified(log="intake", size=12, root=ROOT))
    since = ev.CheckpointVerified(log="intake", size=9, root=ROOT, subjects=ROOT)
    given(LOG, since).when(before).then(mismatch("SUBJECTS_DIFFER", 9))


def test_a_log_of_a_release_before_stream_heads_is_verified():
    before = Examination(
        log="intake", size=9, root=ROOT, signed=True, published_root=ROOT, published_heads=ROOT
    )
    given(LOG).when(before).then(ev.CheckpointVerified(log="intake", size=9, root=ROOT))


STREAM = "8f4a2b1e-0000-5000-8000-000000000001"
STOPPED = ev.StreamStopped(log="intake", stream_id=STREAM, seq=4, finding="BYTES_CHANGED")


def changed() -> Examination:
    made = Examination(stream_id=STREAM)
    made.MergeFrom(CHANGED)
    return made


def reopening(ground: ev.ReopenGround) -> pb.ReopenStreamRequest:
    return pb.ReopenStreamRequest(
        log="intake", stream_id=STREAM, ground=ground, decision_id="甬司矫决〔2026〕7号"
    )


def reopened(ground: ev.ReopenGround) -> ev.StreamReopened:
    return ev.StreamReopened(log="intake", stream_id=STREAM, ground=ground, decision_id="甬司矫决〔2026〕7号")


def test_the_stream_of_a_changed_event_is_stopped_once():
    given(LOG, VERIFIED).when(changed()).then(FOUND, STOPPED)
    given(LOG, VERIFIED, FOUND, STOPPED).when(changed()).then()


def test_a_restored_stream_is_reopened_after_its_log_was_verified():
    ask = reopening(ev.REOPEN_GROUND_RESTORED)
    given(LOG, VERIFIED, FOUND, STOPPED).when(ask).refused("MISMATCH_STANDS")
    given(LOG, VERIFIED, FOUND, STOPPED, VERIFIED).when(ask).then(reopened(ev.REOPEN_GROUND_RESTORED))


def test_an_organ_may_answer_for_going_on_with_a_record_that_cannot_be_restored():
    ask = reopening(ev.REOPEN_GROUND_ANSWERED_FOR)
    given(LOG, VERIFIED, FOUND, STOPPED).when(ask).then(reopened(ev.REOPEN_GROUND_ANSWERED_FOR))


def test_a_stream_that_is_not_stopped_cannot_be_reopened():
    ask = reopening(ev.REOPEN_GROUND_ANSWERED_FOR)
    given(LOG, VERIFIED).when(ask).refused("STREAM_NOT_STOPPED")
    again = reopened(ev.REOPEN_GROUND_ANSWERED_FOR)
    given(LOG, VERIFIED, FOUND, STOPPED, again).when(ask).refused("STREAM_NOT_STOPPED")


A, B = (b"a", b"A"), (b"b", b"B")


@pytest.mark.parametrize(
    ("published", "stored", "expected"),
    [
        ({0: A, 1: A}, {0: (A, A), 1: (A, A)}, None),
        ({0: A}, {0: (A, A), 1: (B, B)}, None),
        ({0: A, 1: A}, {0: (A, A), 1: (B, B)}, Difference(1, "BYTES_CHANGED")),
        ({0: A, 1: A}, {0: (A, A), 1: (B, A)}, Difference(1, "BYTES_CHANGED")),
        ({0: A, 1: A}, {0: (A, B), 1: (A, A)}, Difference(0, "LEAF_CHANGED")),
        ({0: A}, {0: (A, A), 1: (B, A)}, Difference(1, "LEAF_CHANGED")),
        ({0: A, 1: A}, {1: (A, A)}, Difference(0, "EVENT_MISSING")),
        ({0: A, 1: A}, {0: (A, A)}, Difference(1, "EVENT_MISSING")),
    ],
)
def test_the_first_position_that_disagrees_is_named(
    published: dict[int, tuple[bytes, bytes]],
    stored: dict[int, tuple[tuple[bytes, bytes], tuple[bytes, bytes]]],
    expected: Difference | None,
):
    seen = {seq: Published(leaves, "id", "type") for seq, leaves in published.items()}
    now = {seq: Stored(leaves, stated) for seq, (leaves, stated) in stored.items()}
    assert first_difference(seen, now, 0, 2) == expected


def test_a_version_of_a_stream_that_is_in_the_log_twice_is_named():
    seen = {0: Published(A, "id", "type"), 1: Published(A, "id", "type", twice=True)}
    now = {seq: Stored(A, A) for seq in (0, 1)}
    assert first_difference(seen, now, 0, 2) == Difference(1, "EVENT_TWICE")
    late = {0: Stored(A, A), 1: Stored(A, A, twice=True)}
    assert first_difference({}, late, 0, 2) == Difference(1, "EVENT_TWICE")
    assert first_difference(seen, {**now, 1: Stored(B, B)}, 0, 2) == Difference(1, "BYTES_CHANGED")


def part(from_seq: int, end_seq: int, **fields: object) -> Examination:
    """A look at a part of a log: it says nothing of the root and the maps that were published."""
    made = Examination(
        log="intake", size=9, root=ROOT, heads=ROOT, subjects=ROOT, signed=True, from_seq=from_seq, end_seq=end_seq
    )  # fmt: skip
    made.MergeFrom(Examination(**fields))  # pyright: ignore[reportArgumentType]
    return made


def test_a_part_that_fits_is_no_event():
    given(LOG, VERIFIED).when(part(0, 9)).then()
    given(LOG).when(part(0, 9)).then()


def test_a_part_finds_other_maps_of_the_verified_size():
    given(LOG, VERIFIED).when(part(0, 4, heads=OTHER)).then(mismatch("HEADS_DIFFER", 9))
    given(LOG, VERIFIED).when(part(0, 4, subjects=OTHER)).then(mismatch("SUBJECTS_DIFFER", 9))
    before_maps = ev.CheckpointVerified(log="intake", size=9, root=ROOT)
    given(LOG, before_maps).when(part(0, 4)).then()
    given(LOG, VERIFIED).when(part(0, 4, size=12, heads=OTHER)).then()


def test_changed_bytes_in_a_part_are_found_once_and_stop_the_stream():
    bad = part(4, 6, bad_seq=4, finding="BYTES_CHANGED", event_id="e", type="t", stream_id="s")
    stop = ev.StreamStopped(log="intake", stream_id="s", seq=4, finding="BYTES_CHANGED")
    given(LOG, VERIFIED).when(bad).then(FOUND, stop)
    given(LOG, VERIFIED, FOUND, stop).when(bad).then()


def test_a_part_that_fits_again_clears_the_mismatches_of_its_events_and_no_other():
    mended = ev.CheckpointVerified(
        log="intake", size=9, root=ROOT, from_seq=4, heads=ROOT, subjects=ROOT, end_seq=6
    )
    root = mismatch("ROOT_DIFFERS", 5)
    given(LOG, VERIFIED, FOUND).when(part(4, 6)).then(mended)
    given(LOG, VERIFIED, FOUND).when(part(5, 9)).then()
    given(LOG, VERIFIED, root).when(part(4, 6)).then()
    given(LOG, VERIFIED, FOUND, root, mended).when(part(4, 6)).then()
    given(LOG, VERIFIED, FOUND, mended).when(CHANGED).then(FOUND)


def test_a_part_names_the_event_also_where_the_checkpoint_is_not_signed():
    bad = part(4, 6, bad_seq=4, finding="BYTES_CHANGED", event_id="e", type="t")
    bad.signed = False
    given(LOG, VERIFIED).when(bad).then(FOUND)
    unsigned = part(0, 4)
    unsigned.signed = False
    given(LOG, VERIFIED).when(unsigned).then(mismatch("CHECKPOINT_NOT_SIGNED", 9))
