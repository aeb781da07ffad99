"""A bundle holds every stream that speaks of the case, not only the case's own (ADR 0032): each way to drop one is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from proofs.bundle import BundleLog, Unreadable, build_bundle, parse_bundle, write_bundle
from proofs.maps import LogMaps
from proofs.note import sign_checkpoint
from proofs.verify import bucket_of, streams_value, subject_key

from tests.unit.proofs.test_bundle import (
    CASE,
    INSTALLATION,
    MADE,
    NAMESPACE,
    OTHER,
    Log,
    check,
    origin,
    put_records,
    stream_of,
)

PERSON = uuid.uuid5(NAMESPACE, "intake/person/p")
JUDGMENT = uuid.uuid5(NAMESPACE, "exchange id")
EXCHANGE = uuid.uuid5(NAMESPACE, "handoff/exchange/judgment")
NOTICE = uuid.uuid5(NAMESPACE, "handoff/exchange/notice")
THEIR_NOTICE = uuid.uuid5(NAMESPACE, "handoff/exchange/notice of the other case")


def intake() -> Log:
    """Two cases of one person: the person's stream begins with the first, and is read for both."""
    log = Log("intake")
    log.append(CASE)
    log.append(CASE, stream=PERSON)
    log.append(OTHER)
    log.append(uuid.uuid5(NAMESPACE, "person id"), stream=PERSON, about=[OTHER])
    log.append(CASE)
    return log


def handoff() -> Log:
    """One judgment opens both cases; each has a notice of its own."""
    log = Log("handoff")
    log.append(JUDGMENT, stream=EXCHANGE)
    log.append(JUDGMENT, stream=EXCHANGE, about=[CASE])
    log.append(JUDGMENT, stream=EXCHANGE, about=sorted([CASE, OTHER]))
    log.append(CASE, stream=NOTICE)
    log.append(OTHER, stream=THEIR_NOTICE)
    return log


LOGS = {log.service: log for log in (handoff(), intake())}
KEYS = [log.signer.vkey for log in LOGS.values()]
LEFT_OUT, LIST_FALSE = "STREAM_LEFT_OUT", "STREAM_LIST_FALSE"
NOT_IN, DIFFER = "SUBJECTS_NOT_IN_CHECKPOINT", "SUBJECTS_DIFFER"


def bundle_of(case: uuid.UUID) -> bytes:
    return build_bundle(INSTALLATION, case, made_at=MADE, logs=[log.export(case) for log in LOGS.values()])


def changed(service: str, change: Callable[[BundleLog], BundleLog]) -> bytes:
    whole = parse_bundle(bundle_of(CASE))
    return write_bundle(
        replace(whole, logs=tuple(change(log) if log.service == service else log for log in whole.logs))
    )


def without(stream: uuid.UUID, *, named: bool = True) -> Callable[[BundleLog], BundleLog]:
    """The log without a stream; `named` False takes it off the list of the case's streams too."""

    def drop(log: BundleLog) -> BundleLog:
        left = tuple(one for one in log.streams if one.stream_id != stream)
        assert len(left) == len(log.streams) - 1
        list_ = tuple(one for one in log.named.streams if named or one != stream)
        return replace(log, streams=left, named=replace(log.named, streams=list_))

    return drop


def lying(change: Callable[[LogMaps], None]) -> Callable[[BundleLog], BundleLog]:
    """What handoff says when it signs a checkpoint that lies; the notice is dropped with it."""

    def lie(_: BundleLog) -> BundleLog:
        maps = LOGS["handoff"].maps.copy()
        change(maps)
        return LOGS["handoff"].export(CASE, maps=maps)

    return lie


def hide_notice(maps: LogMaps) -> None:
    maps.subjects.rewind([(CASE.bytes, NOTICE.bytes)])


def hidden(log: BundleLog) -> BundleLog:
    """The notice is not in the bundle, and the checkpoint does not say that it speaks of the case."""
    told = lying(hide_notice)(log)
    return replace(told, streams=tuple(one for one in told.streams if one.stream_id != NOTICE))


def records(change: Callable[[bytes], bytes]) -> Callable[[LogMaps], None]:
    bucket = bucket_of(subject_key(CASE.bytes))

    def edit(maps: LogMaps) -> None:
        put_records(maps.subjects, bucket, change(maps.subjects.prove(bucket).records))

    return edit


def of_other(log: BundleLog) -> BundleLog:
    """The bucket and the list of the other case."""
    return replace(log, named=LOGS[log.service].export(OTHER).named)


def plain(log: BundleLog) -> BundleLog:
    """A checkpoint of a release that committed the heads alone."""
    of = LOGS[log.service]
    note = sign_checkpoint(
        origin(of.service), of.tree.size, of.tree.root(), of.signer, extensions=of.maps.lines()[:1]
    )
    return replace(log, checkpoint=note)


BEFORE = bytes([*subject_key(CASE.bytes)[:2], *bytes(14)]) + streams_value([NOTICE.bytes])
ATTACKS: dict[str, tuple[bytes, str]] = {
    "the person's stream dropped": (changed("intake", without(PERSON)), LEFT_OUT),
    "the person's stream dropped, and from the list": (
        changed("intake", without(PERSON, named=False)),
        LIST_FALSE,
    ),
    "the exchange dropped": (changed("handoff", without(EXCHANGE)), LEFT_OUT),
    "the exchange dropped, and from the list": (
        changed("handoff", without(EXCHANGE, named=False)),
        LIST_FALSE,
    ),
    "a notice dropped": (changed("handoff", without(NOTICE)), LEFT_OUT),
    "a notice dropped, and from the list": (changed("handoff", without(NOTICE, named=False)), LIST_FALSE),
    "the case's own stream dropped": (changed("intake", without(stream_of("intake", CASE))), LEFT_OUT),
    "the list turned round": (
        changed(
            "handoff", lambda log: replace(log, named=replace(log.named, streams=log.named.streams[::-1]))
        ),
        LIST_FALSE,
    ),
    "the list doubled": (
        changed("handoff", lambda log: replace(log, named=replace(log.named, streams=log.named.streams * 2))),
        LIST_FALSE,
    ),
    "bucket and list of another case": (changed("handoff", of_other), NOT_IN),
    "bucket of an earlier checkpoint": (
        changed(
            "handoff",
            lambda log: replace(
                log,
                named=replace(
                    log.named, bucket=LOGS["handoff"].maps_at(3).subjects.prove_subject(CASE.bytes)
                ),
            ),
        ),
        NOT_IN,
    ),
    "bucket cut": (
        changed(
            "handoff",
            lambda log: replace(log, named=replace(log.named, bucket=replace(log.named.bucket, records=b""))),
        ),
        NOT_IN,
    ),
    "committed records unsorted": (changed("handoff", lying(records(lambda r: r + BEFORE))), NOT_IN),
    "committed records doubled": (changed("handoff", lying(records(lambda r: r + r))), NOT_IN),
    "committed records cut off": (changed("handoff", lying(records(lambda r: r[:-1]))), NOT_IN),
    "no line": (changed("handoff", plain), "SUBJECTS_NOT_COMMITTED"),
    "a bucket of the heads twice": (
        changed("handoff", lambda log: replace(log, heads=(*log.heads, log.heads[0]))),
        "LISTED_TWICE",
    ),
    "a stream listed that the checkpoint hides": (changed("handoff", lying(hide_notice)), DIFFER),
}


def test_a_bundle_with_all_streams_of_the_case_is_proven() -> None:
    for case in (CASE, OTHER):
        report = check(bundle_of(case), KEYS, case_id=case)
        assert report.proven, report.text()
    listed = {
        log.service: {stream.stream_id for stream in log.streams}
        for log in parse_bundle(bundle_of(CASE)).logs
    }
    assert listed == {"intake": {stream_of("intake", CASE), PERSON}, "handoff": {EXCHANGE, NOTICE}}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_stream_that_is_dropped_or_hidden_is_named(name: str) -> None:
    bundle, code = ATTACKS[name]
    report = check(bundle, KEYS, case_id=CASE)
    assert code in {finding.code for finding in report.findings}, report.text()
    assert not report.proven


def test_a_stream_that_is_left_out_is_named_by_its_id() -> None:
    (finding,) = check(ATTACKS["a notice dropped"][0], KEYS).findings
    assert (finding.service, finding.stream_id) == ("handoff", str(NOTICE))
    assert "被整个略去" in finding.text()


def test_a_list_or_bucket_named_twice_is_no_bundle() -> None:
    good = bundle_of(CASE)
    with pytest.raises(Unreadable, match="twice"):
        check(good.replace(b'"subject":', b'"subject":{},"subject":', 1), KEYS)
    with pytest.raises(Unreadable, match="subject"):
        check(good.replace(b'"subject":', b'"object":', 1), KEYS)


def test_a_pair_hidden_by_a_false_line_needs_a_public_lie() -> None:
    bundle = changed("handoff", hidden)
    assert check(bundle, KEYS).proven  # whoever owns the key can sign a false line
    (finding,) = check(bundle, KEYS, seen=[LOGS["handoff"].checkpoint()]).findings
    assert finding.code == "CHECKPOINT_FORKED"  # but then two signed checkpoints of one size convict him


def test_a_bundle_shows_nothing_of_another_case_but_what_the_shared_streams_hold() -> None:
    """One judgment with two convictions, one person with two cases."""
    shown = bundle_of(CASE)
    assert str(THEIR_NOTICE).encode() not in shown
    assert str(stream_of("intake", OTHER)).encode() not in shown
    for log in parse_bundle(shown).logs:
        for bucket in (log.named.bucket, *log.heads):
            for hidden_id in (OTHER, JUDGMENT, stream_of("intake", OTHER), THEIR_NOTICE):
                assert hidden_id.bytes not in bucket.records
        of_case = {event for stream in log.streams for event in stream.events}
        theirs = {event for s in LOGS[log.service].export(OTHER).streams for event in s.events}
        assert {event.seq for event in of_case & theirs} <= {0, 1, 2, 3}  # the exchange's and the person's


def test_the_bucket_of_a_crowded_log_does_not_tell_whose_streams_stand_in_it() -> None:
    log = Log("handoff")
    for number in range(6000):
        log.maps.extend(
            [(uuid.uuid5(NAMESPACE, f"s{number}").bytes, 1, (uuid.uuid5(NAMESPACE, f"c{number}").bytes,))]
        )
    shown = log.maps.subjects.prove_subject(uuid.uuid5(NAMESPACE, "c7").bytes).records
    assert len(shown) > 48
    for number in range(6000):
        assert uuid.uuid5(NAMESPACE, f"c{number}").bytes not in shown
        assert uuid.uuid5(NAMESPACE, f"s{number}").bytes not in shown


def test_events_without_about_stay_valid_and_count_by_their_subject_alone() -> None:
    log = Log("handoff")
    log.append(JUDGMENT, stream=EXCHANGE)
    log.append(CASE, stream=NOTICE)
    assert log.maps.subjects.streams(CASE.bytes) == [NOTICE.bytes]
    made = build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[log.export(CASE)])
    assert check(made, [log.signer.vkey]).proven
