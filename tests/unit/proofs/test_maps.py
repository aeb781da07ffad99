"""The heads of all streams and the streams of all subjects: one root each, whoever computes it; a lie is named, and told to all or to nobody (ADR 0029, 0032)."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.canonical import canonical
from proofs.maps import Entry, LogMaps
from proofs.note import sign_checkpoint
from proofs.tiles import Growing
from proofs.verify import (
    BUCKETS,
    HEAD_RECORD,
    HEADS_LINE,
    SUBJECT_RECORD,
    SUBJECTS_LINE,
    ProofError,
    bucket_of,
    encode_base64,
    parse_records,
    root_of_heads,
    root_of_subjects,
    streams_value,
    subject_key,
    verify_bucket,
    verify_tiles,
)
from proofs.witness import Refused, Submission, examine

from tests.unit.proofs.test_bundle import (
    CASE,
    KEYS,
    LOGS,
    Log,
    hiding_events,
    origin,
    put_records,
    signer,
    stream_of,
)

NAMES = [uuid.uuid5(uuid.NAMESPACE_DNS, str(n)).bytes for n in range(12)]
PEOPLE = [uuid.uuid5(uuid.NAMESPACE_URL, str(n)).bytes for n in range(5)]
LOGGED = st.lists(
    st.tuples(
        st.integers(0, len(NAMES) - 1), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
    ),
    max_size=60,
)
Order = list[tuple[int, list[bytes]]]


def entries(order: Order) -> list[Entry]:
    """A log in which the streams take turns as given, versions 1, 2, 3, ... each."""
    versions: dict[bytes, int] = {}
    made: list[Entry] = []
    for number, subjects in order:
        versions[NAMES[number]] = versions.get(NAMES[number], 0) + 1
        made.append((NAMES[number], versions[NAMES[number]], subjects))
    return made


def pairs(logged: list[Entry]) -> set[tuple[bytes, bytes]]:
    return {(subject, stream) for stream, _, subjects in logged for subject in subjects}


def roots(logged: list[Entry]) -> list[str]:
    """The lines by the slow way, which the verifier goes."""
    speaking = {subject: [x for s, x in pairs(logged) if s == subject] for subject, _ in pairs(logged)}
    heads = root_of_heads({stream: version for stream, version, _ in logged})
    return [HEADS_LINE + encode_base64(heads), SUBJECTS_LINE + encode_base64(root_of_subjects(speaking))]


@given(LOGGED, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_the_maps_of_a_size_are_the_same_whatever_way_they_were_reached(
    order: Order, size: int, first: int
) -> None:
    logged = entries(order)
    size = min(size, len(logged))
    made = LogMaps()
    made.extend(logged[:first])
    made.lines()
    made.extend(logged[first:])
    back = made.copy()
    back.rewind(logged[size:], pairs(logged[:size]))
    assert back.size == size
    assert back.lines() == roots(logged[:size])
    assert made.lines() == roots(logged)


@given(LOGGED)
@settings(max_examples=20, deadline=None)
def test_every_bucket_proves_its_streams_and_subjects_and_no_others(order: Order) -> None:
    made, logged = LogMaps(), entries(order)
    made.extend(logged)
    for stream in NAMES:
        proven = verify_bucket(made.heads.prove(bucket_of(stream)), made.heads.root(), HEAD_RECORD)
        version = int.from_bytes(proven.get(stream, b""), "big")
        assert version == made.heads.version(stream) == sum(1 for one, _, _ in logged if one == stream)
    for subject in PEOPLE:
        shown = made.subjects.prove_subject(subject)
        proven = verify_bucket(shown, made.subjects.root(), SUBJECT_RECORD)
        streams = sorted(stream for one, stream in pairs(logged) if one == subject)
        assert made.subjects.streams(subject) == streams
        assert proven.get(subject_key(subject)) == (streams_value(streams) if streams else None)
        assert subject not in shown.records  # to who does not know it, it is not named


def test_a_bucket_of_another_place_proves_nothing() -> None:
    made = LogMaps()
    made.extend(entries([(0, PEOPLE), (1, PEOPLE)]))
    for shown, root, width in (
        (made.heads.prove(bucket_of(NAMES[0])), made.heads.root(), HEAD_RECORD),
        (made.subjects.prove_subject(PEOPLE[0]), made.subjects.root(), SUBJECT_RECORD),
    ):
        for bucket in (-1, BUCKETS, shown.index ^ 1):
            with pytest.raises(ProofError):
                verify_bucket(replace(shown, index=bucket), root, width)
        with pytest.raises(ProofError):
            verify_bucket(replace(shown, records=shown.records[:-1]), root, width)


def test_records_that_no_honest_log_commits_are_refused_though_they_are_committed() -> None:
    subject = PEOPLE[0]
    key, bucket = subject_key(subject), bucket_of(subject_key(subject))
    before, other = bytes([*key[:2], *bytes(14)]), bytes([key[0] ^ 0x80, *key[1:]])
    good, value = key + bytes([1]) * 32, bytes([1]) * 32
    hostile = {
        "unsorted": good + before + value,
        "doubled": good + good,
        "cut off": good[:-1],
        "of another bucket": other + value,
        "empty value": key + bytes(32),
    }
    assert parse_records(bucket, before + value + good, SUBJECT_RECORD)[key] == value
    for records in hostile.values():
        lie = LogMaps()
        put_records(lie.subjects, bucket, records)
        with pytest.raises(ProofError, match="malformed"):
            verify_bucket(lie.subjects.prove(bucket), lie.subjects.root(), SUBJECT_RECORD)


def tiles(log: Log, maps: LogMaps) -> dict[str, bytes]:
    """The published files of a log whose checkpoint commits these maps."""
    stored = sorted(event for events in log.events.values() for event in events)
    edge = Growing()
    made = {tile.path: data for tile, data in edge.extend(canonical(m, d) for _, m, d in stored)}
    made.update((tile.path, data) for tile, data in edge.partials())
    return {**made, "checkpoint": log.checkpoint(maps=maps).encode()}


def test_whoever_holds_the_tiles_finds_maps_that_hide_an_event_or_a_stream() -> None:
    log = LOGS[0]
    hidden = log.maps.copy()
    hidden.subjects.rewind([(CASE.bytes, stream_of("intake", CASE).bytes)])
    for maps, codes in (
        (log.maps, []),
        (hiding_events(log, 18), ["HEADS_DIFFER"]),
        (hidden, ["SUBJECTS_DIFFER"]),
    ):
        report = verify_tiles([("here", tiles(log, maps).__getitem__)], KEYS, one=True)
        assert [finding.code for finding in report.findings] == [*codes, "LOG_LEFT_OUT"]  # its SM3 log
        assert all("事件流" in finding.text() for finding in report.findings[:-1])


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
