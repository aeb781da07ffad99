"""The heads of all streams: one root, whoever computes it; a lie is named, and told to all or to nobody (ADR 0029)."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.canonical import canonical
from proofs.heads import HEAD_BUCKETS, HeadMap, head_bucket
from proofs.note import sign_checkpoint
from proofs.tiles import Growing
from proofs.verify import (
    HEADS_LINE,
    ProofError,
    encode_base64,
    root_of_heads,
    verify_bucket,
    verify_tiles,
)
from proofs.witness import Refused, Submission, examine

from tests.unit.proofs.test_bundle import CASE, KEYS, LOGS, Log, origin, signer, stream_of

NAMES = [uuid.uuid5(uuid.NAMESPACE_DNS, str(n)).bytes for n in range(12)]
LOGGED = st.lists(st.integers(0, len(NAMES) - 1), max_size=60)


def entries(order: list[int]) -> list[tuple[bytes, int]]:
    """A log in which the streams take turns as given, versions 1, 2, 3, ... each."""
    versions: dict[bytes, int] = {}
    made: list[tuple[bytes, int]] = []
    for number in order:
        versions[NAMES[number]] = versions.get(NAMES[number], 0) + 1
        made.append((NAMES[number], versions[NAMES[number]]))
    return made


@given(LOGGED, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_the_heads_of_a_size_are_the_same_whatever_way_they_were_reached(
    order: list[int], size: int, first: int
) -> None:
    logged = entries(order)
    size = min(size, len(logged))
    made = HeadMap()
    made.extend(logged[:first])
    made.root()
    made.extend(logged[first:])
    back = made.copy()
    back.rewind(logged[size:])
    assert back.size == size
    assert back.root() == root_of_heads(dict(logged[:size]))
    assert made.root() == root_of_heads(dict(logged))


@given(LOGGED)
@settings(max_examples=20, deadline=None)
def test_every_bucket_proves_its_streams_and_no_others(order: list[int]) -> None:
    made = HeadMap()
    made.extend(entries(order))
    for stream in NAMES:
        proven = verify_bucket(made.prove(head_bucket(stream)), made.root())
        assert proven.get(stream, 0) == made.version(stream) == order.count(NAMES.index(stream))


def test_a_bucket_of_another_place_proves_nothing() -> None:
    made = HeadMap()
    made.extend(entries([0, 1]))
    shown = made.prove(head_bucket(NAMES[0]))
    for bucket in (-1, HEAD_BUCKETS, shown.index ^ 1):
        with pytest.raises(ProofError):
            verify_bucket(type(shown)(bucket, shown.records, shown.inclusion), made.root())
    with pytest.raises(ProofError):
        verify_bucket(type(shown)(shown.index, shown.records[:-1], shown.inclusion), made.root())


def tiles(log: Log, heads: HeadMap) -> dict[str, bytes]:
    """The published files of a log whose checkpoint commits these heads."""
    stored = sorted(event for events in log.events.values() for event in events)
    edge = Growing()
    made = {tile.path: data for tile, data in edge.extend(canonical(m, d) for _, m, d in stored)}
    made.update((tile.path, data) for tile, data in edge.partials())
    return {**made, "checkpoint": log.checkpoint(heads=heads).encode()}


def test_whoever_holds_the_tiles_finds_heads_that_hide_an_event() -> None:
    log = LOGS[0]
    lie = log.heads.copy()
    lie.rewind([(stream_of("intake", CASE).bytes, 18)])
    for heads, codes in ((log.heads, []), (lie, ["HEADS_DIFFER"])):
        report = verify_tiles([("here", tiles(log, heads).__getitem__)], KEYS, one=True)
        assert [finding.code for finding in report.findings] == [*codes, "LOG_LEFT_OUT"]  # its SM3 log
        assert all("末版" in finding.text() for finding in report.findings[:-1])


def test_a_witness_signs_one_text_for_one_size() -> None:
    log, seen = signer(origin("intake")), "first"
    root = LOGS[0].tree.root()
    notes = {
        name: sign_checkpoint(
            origin("intake"), 24, root, log, extensions=[HEADS_LINE + encode_base64(name.encode().ljust(32))]
        )
        for name in ("first", "second")
    }
    keys = {origin("intake"): [log.vkey]}
    had = examine(Submission(0, (), notes[seen]), keys, lambda _: None)
    assert examine(Submission(24, (), notes[seen]), keys, lambda _: had) == had
    with pytest.raises(Refused, match="409"):
        examine(Submission(24, (), notes["second"]), keys, lambda _: had)
