"""A case bundle verifies offline, and whatever is changed in it is named (guarantee G31)."""

import ast
import hashlib
import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import proofs.verify
import pytest
from corrections.common.v1.common_pb2 import EventMeta
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs import ed25519
from proofs.bundle import (
    BundleEvent,
    BundleLog,
    BundleStream,
    CaseStreams,
    Unreadable,
    build_bundle,
    parse_bundle,
    verify_bundle,
    write_bundle,
)
from proofs.canonical import leaf_pair
from proofs.maps import Entry, HeadMap, LogMaps, SubjectMap
from proofs.note import Signer, VerifierKey, add_signatures, cosignature_line, sign_checkpoint
from proofs.tree import Tree
from proofs.verify import (
    RECORDED_TOLERANCE_S,
    Policy,
    Report,
    WireError,
    bucket_of,
    main,
    parse_meta,
    parse_trust,
    wire_fields,
)

INSTALLATION = "test"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, INSTALLATION)
CASE = uuid.uuid5(NAMESPACE, "case A")
OTHER = uuid.uuid5(NAMESPACE, "case B")
MADE = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SERVICES = ("intake", "supervision")


def signer(name: str, seed: str = "") -> Signer:
    secret = hashlib.sha256(f"{name}{seed}".encode()).digest()
    return Signer(name, ed25519.public_key(secret), lambda message: ed25519.sign(secret, message))


def origin(service: str) -> str:
    return f"guitu/{INSTALLATION}/{service}"


def stream_of(service: str, case: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{service}/case/{case}")


class Log:
    """A service's log in memory: what the sequencer would have written."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.tree = Tree()
        self.maps = LogMaps()
        self.entries: list[Entry] = []
        self.events: dict[uuid.UUID, list[tuple[int, bytes, bytes]]] = {}
        self.signer = signer(origin(service))

    def append(
        self,
        subject: uuid.UUID,
        *,
        stream: uuid.UUID | None = None,
        about: Sequence[uuid.UUID] = (),
        recorded: int | None = None,
        cause: uuid.UUID | None = None,
    ) -> None:
        """One more event about the subject, in its own stream unless another one is named."""
        stream = stream or stream_of(self.service, subject)
        events = self.events.setdefault(stream, [])
        version, seq = len(events) + 1, self.tree.size
        meta = EventMeta(
            stream_id=stream.bytes,
            version=version,
            event_id=uuid.uuid5(stream, str(version)).bytes,
            type=f"corrections.{self.service}.v1.Happened",
            schema_version=1,
            subject=subject.bytes,
            causation_id=cause.bytes if cause else b"",
            service=self.service,
            about=[one.bytes for one in about],
        )
        meta.recorded_at.seconds = 1_700_000_000 + (seq if recorded is None else recorded)
        stored = (seq, meta.SerializeToString(), f"fact {seq}".encode())
        events.append(stored)
        self.tree.extend([leaf_pair(stored[1], stored[2])[0]])
        self.entries.append((stream.bytes, version, (subject.bytes, *(one.bytes for one in about))))
        self.maps.extend(self.entries[-1:])

    def maps_at(self, size: int) -> LogMaps:
        made = LogMaps()
        made.extend(self.entries[:size])
        return made

    def checkpoint(
        self, size: int | None = None, key: Signer | None = None, maps: LogMaps | None = None
    ) -> str:
        size = self.tree.size if size is None else size
        lines = (maps or self.maps_at(size)).lines()
        return sign_checkpoint(
            origin(self.service), size, self.tree.root(size), key or self.signer, extensions=lines
        )

    def stream(self, stream: uuid.UUID) -> BundleStream:
        events = [
            BundleEvent(seq, version, meta, data, tuple(self.tree.inclusion(seq)))
            for version, (seq, meta, data) in enumerate(self.events[stream], 1)
        ]
        return BundleStream(stream, tuple(events))

    def export(
        self,
        case: uuid.UUID,
        key: Signer | None = None,
        maps: LogMaps | None = None,
        also: Sequence[uuid.UUID] = (),
    ) -> BundleLog:
        """What the log says of the case; `maps` are those that a liar commits, `also` streams that do not name it."""
        speaking = [uuid.UUID(bytes=one) for one in self.maps.subjects.streams(case.bytes)]
        committed = (maps or self.maps).subjects
        named = CaseStreams(
            committed.prove_subject(case.bytes),
            tuple(uuid.UUID(bytes=one) for one in committed.streams(case.bytes)),
        )
        streams = tuple(self.stream(one) for one in (*speaking, *also))
        buckets = {bucket_of(one.stream_id.bytes) for one in streams}
        shown = tuple((maps or self.maps).heads.prove(bucket) for bucket in sorted(buckets))
        return BundleLog(self.service, self.checkpoint(key=key, maps=maps), named, shown, streams)


def fill(service: str) -> Log:
    log = Log(service)
    for number in range(24):
        log.append(OTHER if number % 4 == 3 else CASE)
    return log


ELSEWHERE = fill("education").export(CASE)
LOGS = [fill(service) for service in SERVICES]
KEYS = [log.signer.vkey for log in LOGS]
GOOD = build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[log.export(CASE) for log in LOGS])
GOOD_OTHER = build_bundle(INSTALLATION, OTHER, made_at=MADE, logs=[log.export(OTHER) for log in LOGS])


UNWITNESSED = Policy((), (), (), "none")


def check(data: bytes, keys: Sequence[VerifierKey], **more: Any) -> Report:
    """The report of somebody who asks for no witness."""
    return verify_bundle(data, keys, policy=UNWITNESSED, **more)


def with_first_stream(change: Callable[[BundleStream], BundleStream]) -> bytes:
    """The good bundle with the first stream of intake's log changed."""
    bundle = parse_bundle(GOOD)
    log = bundle.logs[0]
    changed = replace(log, streams=(change(log.streams[0]), *log.streams[1:]))
    return write_bundle(replace(bundle, logs=(changed, *bundle.logs[1:])))


def with_event(number: int, change: Callable[[BundleEvent], BundleEvent]) -> bytes:
    def change_stream(stream: BundleStream) -> BundleStream:
        events = list(stream.events)
        events[number] = change(events[number])
        return replace(stream, events=tuple(events))

    return with_first_stream(change_stream)


def with_events(change: Callable[[list[BundleEvent]], list[BundleEvent]]) -> bytes:
    return with_first_stream(lambda stream: replace(stream, events=tuple(change(list(stream.events)))))


def with_log(change: Callable[[BundleLog], BundleLog]) -> bytes:
    bundle = parse_bundle(GOOD)
    return write_bundle(replace(bundle, logs=(change(bundle.logs[0]), *bundle.logs[1:])))


def renumbered(events: list[BundleEvent]) -> list[BundleEvent]:
    return [replace(event, version=number) for number, event in enumerate(events, 1)]


def swapped(events: list[BundleEvent]) -> list[BundleEvent]:
    events[4], events[5] = events[5], events[4]
    return events


def flip(data: bytes, at: int = 0, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def rebuilt() -> bytes:
    """The whole log hashed anew around a changed event, signed by a key of the forger."""
    log = Log("intake")
    for number in range(24):
        log.append(OTHER if number % 4 == 3 else CASE, recorded=number if number else 500)
    forged = log.export(CASE, signer(origin("intake"), "forger"))
    return with_log(lambda _: forged)


def backdated() -> bytes:
    """An event written by the service itself with a recorded time before its predecessor's."""
    log = Log("intake")
    for number in range(8):
        log.append(CASE, recorded=3 if number == 6 else number)
    exported = log.export(CASE)
    return with_log(lambda _: exported)


def across(behind: int) -> bytes:
    """The first event of a second stream, recorded so many seconds before the event in front of it in the log."""
    log = Log("intake")
    for number in range(8):
        log.append(CASE, recorded=1000 + number)
    log.append(CASE, stream=stream_of("intake", OTHER), recorded=1007 - behind)
    log.append(CASE, recorded=1008)
    exported = log.export(CASE)
    return with_log(lambda _: exported)


def relabelled() -> bytes:
    return write_bundle(replace(parse_bundle(GOOD_OTHER), case_id=CASE))


BUCKET = bucket_of(stream_of("intake", CASE).bytes)


def hiding_events(log: Log, version: int) -> LogMaps:
    """Maps that end the case's stream before a version."""
    lie = log.maps.copy()
    lie.heads.rewind([(stream_of("intake", CASE).bytes, version, ())])
    return lie


def shortened(log: BundleLog, versions: int) -> BundleLog:
    """Without the last events, and with records that say so, under the checkpoint as it was signed."""
    stream = log.streams[0]
    lie = hiding_events(LOGS[0], versions + 1)
    shown = replace(log.heads[0], records=lie.heads.prove(BUCKET).records)
    return replace(log, heads=(shown,), streams=(replace(stream, events=stream.events[:versions]),))


def put_records(lie: HeadMap | SubjectMap, bucket: int, records: bytes) -> None:
    """The map of a service that commits what no honest one would."""
    lie._buckets[bucket] = records  # pyright: ignore[reportPrivateUsage]
    lie._changed.add(bucket)  # pyright: ignore[reportPrivateUsage]


def mixed_up() -> bytes:
    """A service that commits records in another order than the format's."""
    log = fill("intake")
    log.append(neighbour())
    shown = log.maps.heads.prove(BUCKET)
    lie = log.maps.copy()
    put_records(lie.heads, BUCKET, shown.records[24:] + shown.records[:24])
    exported = log.export(CASE, maps=lie)
    return with_log(lambda _: exported)


def neighbour() -> uuid.UUID:
    """A case whose stream lies in the same bucket."""
    cases = (uuid.uuid5(NAMESPACE, f"neighbour {n}") for n in range(200_000))
    return next(case for case in cases if bucket_of(stream_of("intake", case).bytes) == BUCKET)


def headless() -> bytes:
    """A service that commits no head for a stream that it has."""
    log = fill("intake")
    exported = log.export(CASE, maps=hiding_events(log, 1))
    return with_log(lambda _: exported)


def plain_checkpoint(log: Log) -> str:
    return sign_checkpoint(origin(log.service), log.tree.size, log.tree.root(), log.signer)


TAMPERED: dict[str, tuple[bytes, str, str]] = {
    "flipped byte of data": (
        with_event(3, lambda e: replace(e, data=flip(e.data))),
        "EVENT_NOT_IN_LOG",
        "intake，日志序号 4，版本 4，corrections.intake.v1.Happened",
    ),
    "flipped byte of meta": (
        with_event(3, lambda e: replace(e, meta=flip(e.meta, 60))),
        "EVENT_NOT_IN_LOG",
        "intake，日志序号 4",
    ),
    "inner event dropped": (with_events(lambda e: e[:4] + e[5:]), "EVENT_MISSING", "应为版本 5，实为 6"),
    "inner event dropped, rest renumbered": (
        with_events(lambda e: renumbered(e[:4] + e[5:])),
        "META_VERSION",
        "案卷写 5，事件写 6",
    ),
    "last event dropped": (
        with_events(lambda e: e[:-1]),
        "LAST_EVENT_MISSING",
        "检查点写明末版是 18，案卷只到 17",
    ),
    "last event dropped, heads edited": (
        with_log(lambda log: shortened(log, 17)),
        "HEADS_NOT_IN_CHECKPOINT",
        "与检查点所写的不符",
    ),
    "last event dropped, heads of an earlier checkpoint": (
        with_log(lambda log: replace(shortened(log, 17), heads=(LOGS[0].maps_at(22).heads.prove(BUCKET),))),
        "HEADS_NOT_IN_CHECKPOINT",
        "第",
    ),
    "stream left out": (with_log(lambda log: replace(log, streams=())), "STREAM_LEFT_OUT", "检查点写明有它"),
    "stream left out, and its heads": (
        with_log(lambda log: replace(log, streams=(), heads=())),
        "STREAM_LEFT_OUT",
        "检查点写明有它",
    ),
    "heads not shown": (
        with_log(lambda log: replace(log, heads=())),
        "HEADS_NOT_SHOWN",
        "不能证明没有遗漏",
    ),
    "heads of another bucket": (
        with_log(lambda log: replace(log, heads=(replace(log.heads[0], index=BUCKET ^ 1),))),
        "HEADS_NOT_IN_CHECKPOINT",
        "与检查点所写的不符",
    ),
    "records of the heads out of order": (mixed_up(), "HEADS_NOT_IN_CHECKPOINT", "malformed"),
    "stream without a head": (headless(), "STREAM_NOT_IN_HEADS", "末版表中不存在"),
    "checkpoint without heads": (
        with_log(lambda log: replace(log, checkpoint=plain_checkpoint(LOGS[0]))),
        "HEADS_NOT_COMMITTED",
        "没有写明各事件流的末版",
    ),
    "log left out": (
        write_bundle(replace(parse_bundle(GOOD), logs=parse_bundle(GOOD).logs[:1])),
        "LOG_LEFT_OUT",
        "guitu/test/supervision",
    ),
    "events reordered": (with_events(swapped), "EVENTS_REORDERED", "应为版本 5，实为 6"),
    "events reordered and renumbered": (
        with_events(lambda e: renumbered(swapped(e))),
        "META_VERSION",
        "版本 5",
    ),
    "event moved": (with_event(3, lambda e: replace(e, seq=5)), "EVENT_NOT_IN_LOG", "日志序号 5"),
    "event repeated": (with_events(lambda e: [*e, e[-1]]), "POSITION_BACKWARDS", "版本 18"),
    "event backdated": (backdated(), "RECORDED_BACKWARDS", "版本 7"),
    "event backdated behind another stream's": (
        across(RECORDED_TOLERANCE_S + 1),
        "RECORDED_BACKWARDS",
        f"不得早于 {1_700_001_007 - RECORDED_TOLERANCE_S}",
    ),
    "proof shortened": (
        with_event(3, lambda e: replace(e, inclusion=e.inclusion[:-1])),
        "PROOF_MALFORMED",
        "got 4 hashes, want 5",
    ),
    "proof element of 31 bytes": (
        with_event(3, lambda e: replace(e, inclusion=(e.inclusion[0][:-1], *e.inclusion[1:]))),
        "PROOF_MALFORMED",
        "got 31 bytes, want 32",
    ),
    "key replaced": (rebuilt(), "CHECKPOINT_NOT_SIGNED", "密钥可能被替换"),
    "signature false": (
        with_log(lambda log: replace(log, checkpoint=log.checkpoint.replace("\n24\n", "\n25\n"))),
        "CHECKPOINT_FALSE_SIGNATURE",
        "签名是假的",
    ),
    "other case's bundle": (relabelled(), "STREAM_OF_OTHER_CASE", f"本案 {CASE}，所载为 {OTHER}"),
    "old checkpoint": (
        with_log(lambda log: replace(log, checkpoint=LOGS[0].checkpoint(20))),
        "CHECKPOINT_OLD",
        "不在检查点的 20 条之内",
    ),
    "checkpoint of another service": (
        with_log(lambda log: replace(log, checkpoint=LOGS[1].checkpoint())),
        "CHECKPOINT_OF_OTHER_LOG",
        "应为 guitu/test/intake，实为 guitu/test/supervision",
    ),
    "checkpoint is rubbish": (
        with_log(lambda log: replace(log, checkpoint="x\n")),
        "CHECKPOINT_UNREADABLE",
        "格式",
    ),
    "log of an unpinned service": (
        with_log(lambda _: ELSEWHERE),
        "KEY_NOT_PINNED",
        "guitu/test/education",
    ),
    "stream without events": (with_events(lambda _: []), "NOTHING_TO_PROVE", "没有任何事件"),
    "no streams": (
        write_bundle(
            replace(
                parse_bundle(GOOD), logs=tuple(replace(log, streams=()) for log in parse_bundle(GOOD).logs)
            )
        ),
        "NOTHING_TO_PROVE",
        "没有任何事件",
    ),
    "no logs": (write_bundle(replace(parse_bundle(GOOD), logs=())), "NOTHING_TO_PROVE", "没有任何事件"),
    "a log twice": (
        write_bundle(replace(parse_bundle(GOOD), logs=parse_bundle(GOOD).logs * 2)),
        "LISTED_TWICE",
        "intake",
    ),
    "meta is no message": (
        with_event(3, lambda e: replace(e, meta=b"\xff")),
        "META_UNREADABLE",
        "日志序号 4",
    ),
    "event too large": (
        with_event(3, lambda e: replace(e, data=bytes(70_000))),
        "EVENT_TOO_LARGE",
        "want at most 65535",
    ),
}


def test_a_good_bundle_is_proven() -> None:
    report = check(GOOD, KEYS, case_id=CASE)
    assert report.findings == ()
    assert [(log.service, log.size, log.streams[0].events) for log in report.logs] == [
        ("intake", 24, 18),
        ("supervision", 24, 18),
    ]
    assert "结果：成立。" in report.text()
    assert "Result: proven." in report.text("en")


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_named(name: str) -> None:
    bundle, code, words = TAMPERED[name]
    report = check(bundle, KEYS)
    assert not report.proven
    found = [finding for finding in report.findings if finding.code == code]
    assert found, report.text()
    assert any(words in finding.text() for finding in found), report.text()
    assert all(finding.text("en") for finding in report.findings)
    assert "结果：不成立" in report.text()


def test_one_flipped_byte_is_one_finding() -> None:
    (finding,) = check(TAMPERED["flipped byte of data"][0], KEYS).findings
    assert (finding.service, finding.seq, finding.version) == ("intake", 4, 4)
    assert finding.type == "corrections.intake.v1.Happened"
    assert finding.expected == LOGS[0].tree.root().hex() != finding.got


def test_the_case_asked_for_is_pinned() -> None:
    assert check(GOOD_OTHER, KEYS).proven
    assert check(GOOD_OTHER, KEYS, case_id=CASE).findings[0].code == "CASE_NOT_ASKED_FOR"


def test_a_kept_checkpoint_reveals_an_old_or_forked_one() -> None:
    log = LOGS[0]
    assert check(GOOD, KEYS, seen=[log.checkpoint(), log.checkpoint(20), LOGS[1].checkpoint()]).proven
    later = sign_checkpoint(origin("intake"), 30, bytes(32), log.signer)
    fork = sign_checkpoint(origin("intake"), 24, bytes(32), log.signer)
    codes = [check(GOOD, KEYS, seen=[note]).findings[0].code for note in (later, fork)]
    assert codes == ["CHECKPOINT_OLDER_THAN_SEEN", "CHECKPOINT_FORKED"]
    with pytest.raises(Unreadable):
        check(GOOD, KEYS, seen=[log.checkpoint(key=signer(origin("intake"), "forger"))])


def test_a_log_that_says_nothing_of_the_case_proves_that_it_does_not() -> None:
    silent = Log("education")
    silent.append(OTHER)
    logs = [*(log.export(CASE) for log in LOGS), silent.export(CASE)]
    keys = [*KEYS, silent.signer.vkey]
    assert check(build_bundle(INSTALLATION, CASE, made_at=MADE, logs=logs), keys).proven
    empty = Log("education")
    logs[-1] = empty.export(CASE)
    assert check(build_bundle(INSTALLATION, CASE, made_at=MADE, logs=logs), keys).proven


def test_a_checkpoint_with_other_heads_at_one_size_is_a_fork() -> None:
    log = LOGS[0]
    forked = log.export(CASE, maps=hiding_events(log, 18))
    forked = replace(forked, streams=(replace(forked.streams[0], events=forked.streams[0].events[:17]),))
    bundle = with_log(lambda _: forked)
    assert check(bundle, KEYS).proven  # whoever owns the key can sign false heads
    (finding,) = check(bundle, KEYS, seen=[log.checkpoint()]).findings
    assert finding.code == "CHECKPOINT_FORKED"  # but then two signed checkpoints of one size convict him


def test_cosignatures_are_shown_with_their_time() -> None:
    witness = signer("guitu/test/witness/court")
    note = LOGS[0].checkpoint()
    cosigned = add_signatures(note, [cosignature_line(note, witness, 1_700_000_100)], [witness.witness_vkey])
    bundle = with_log(lambda log: replace(log, checkpoint=cosigned))
    report = check(bundle, [*KEYS, witness.witness_vkey])
    assert report.proven
    assert [(s.name, s.time) for s in report.logs[0].signatures] == [
        (origin("intake"), None),
        ("guitu/test/witness/court", 1_700_000_100),
    ]
    assert check(bundle, KEYS).proven


def test_a_witness_key_cannot_stand_for_the_log() -> None:
    witness = Signer(origin("intake"), signer("w").public_key, signer("w").sign)
    note = LOGS[0].checkpoint(key=signer(origin("intake"), "forger"))
    cosigned = note + cosignature_line(note, witness, 1)
    bundle = with_log(lambda log: replace(log, checkpoint=cosigned))
    report = check(bundle, [*KEYS, witness.witness_vkey])
    assert report.findings[0].code == "CHECKPOINT_NOT_SIGNED"


def test_the_same_parts_give_the_same_bytes() -> None:
    again = build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[log.export(CASE) for log in reversed(LOGS)])
    assert again == GOOD == write_bundle(parse_bundle(GOOD))
    assert list(json.loads(GOOD)) == ["format", "installation", "case_id", "made_at", "logs"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"1" * 10_000,
        GOOD.replace(b"guitu-bundle-v3", b"guitu-bundle-v2"),
        GOOD.replace(b'"seq":0', b'"seq":-1'),
        GOOD.replace(b'"seq":0', b'"seq":true'),
        GOOD.replace(b'"seq":0', b'"seq":0.0'),
        GOOD.replace(b'"seq":0', b'"seq":9223372036854775808'),
        GOOD.replace(b'"seq":0', b'"seq":0,"seq":1'),
        GOOD.replace(b'"service":"intake"', b'"service":"../intake"'),
        GOOD.replace(b'"meta":"', b'"meta":"*'),
        GOOD.replace(str(CASE).encode(), str(CASE).upper().encode()),
    ],
)
def test_what_is_no_bundle_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        check(data, KEYS)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_no_flipped_bit_proves_another_history(at: int, bit: int) -> None:
    try:
        report = check(flip(GOOD, at, bit), KEYS, case_id=CASE)
    except Unreadable:
        return
    if report.proven:
        before, after = parse_bundle(GOOD), parse_bundle(flip(GOOD, at, bit))
        assert replace(after, made_at=before.made_at) == before


@given(st.binary(max_size=80))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_as_metadata(data: bytes) -> None:
    for read in (wire_fields, parse_meta):
        try:
            read(data)
        except WireError:
            continue


def test_metadata_is_read_as_protobuf_writes_it() -> None:
    meta = parse_meta(LOGS[0].events[stream_of("intake", CASE)][0][1])
    assert (meta.version, meta.type, meta.subject) == (1, "corrections.intake.v1.Happened", CASE)
    assert meta.recorded_at == 1_700_000_000 * 10**9
    twice = LOGS[0].events[stream_of("intake", CASE)][0][1] + b"\x10\x02"
    with pytest.raises(WireError, match="field 2: want one number"):
        parse_meta(twice)


def _write(folder: Path, bundle: bytes) -> list[str]:
    (folder / "bundle.json").write_bytes(bundle)
    trusted = "# pinned\n" + "".join(f"log {key}\n" for key in KEYS) + "quorum none\n"
    (folder / "keys.txt").write_text(trusted, encoding="utf-8")
    assert parse_trust((folder / "keys.txt").read_text(encoding="utf-8"))[0] == KEYS
    return [str(folder / "bundle.json"), "--keys", str(folder / "keys.txt")]


def test_the_verifier_runs_alone_on_the_standard_library(tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes(Path(proofs.verify.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", "-W", "error", str(alone)]
    good = subprocess.run([*command, *_write(tmp_path, GOOD)], capture_output=True, timeout=60, check=False)
    assert (good.returncode, good.stderr) == (0, b"")
    assert "结果：成立。".encode() in good.stdout
    arguments = [*_write(tmp_path, TAMPERED["flipped byte of data"][0]), "--json"]
    bad = subprocess.run([*command, *arguments], capture_output=True, timeout=60, check=False)
    assert (bad.returncode, bad.stderr) == (1, b"")
    report = json.loads(bad.stdout)
    assert (report["format"], report["proven"]) == ("guitu-report-v1", False)
    assert [f["code"] for f in report["findings"]] == ["EVENT_NOT_IN_LOG"]


def test_the_verifier_is_written_for_python_3_9() -> None:
    source = Path(proofs.verify.__file__).read_text(encoding="utf-8")
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source, feature_version=(3, 9)))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= set(sys.stdlib_module_names)


def test_exit_codes_are_those_documented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = _write(tmp_path, GOOD)
    assert main(good) == 0
    assert main([*good, "--case", str(CASE), "--lang", "en"]) == 0
    assert "Result: proven." in capsys.readouterr().out
    assert main([*good, "--case", str(OTHER)]) == 1
    assert "CASE_NOT_ASKED_FOR" in capsys.readouterr().out
    assert main([*good, "--case", "x"]) == 2
    assert main([str(tmp_path / "absent"), *good[1:]]) == 2
    assert main([*good, "--seen", good[0]]) == 2
    assert main([*_write(tmp_path, b"{}"), "--lang", "en"]) == 2
    assert "input not readable: bundle: want an object with 'format'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main([good[0]])
    assert usage.value.code == 2


@pytest.mark.parametrize("direction", ["it caused the case", "the case caused it", "neither"])
def test_a_stream_belongs_to_a_case_that_it_caused_or_that_caused_it(direction: str):
    exchange, stream = (
        uuid.uuid5(NAMESPACE, "exchange"),
        stream_of("handoff", uuid.uuid5(NAMESPACE, "exchange")),
    )
    handoff, intake = Log("handoff"), Log("intake")
    intake.append(CASE, cause=uuid.uuid5(stream, "1") if direction == "it caused the case" else None)
    opened = uuid.uuid5(stream_of("intake", CASE), "1")
    handoff.append(exchange)
    handoff.append(exchange, cause=opened if direction == "the case caused it" else None)
    logs = [intake.export(CASE), handoff.export(CASE, also=[stream])]
    keys = [intake.signer.vkey, handoff.signer.vkey]
    report = check(build_bundle(INSTALLATION, CASE, made_at=MADE, logs=logs), keys)
    codes = [finding.code for finding in report.findings]
    assert codes == (["STREAM_OF_OTHER_CASE"] if direction == "neither" else [])
    assert report.causes_elsewhere == ()
    # the exchange belongs here, and does not say so itself yet
    assert [one.stream_id for one in report.links_open] == [str(stream)]
    assert "关联待建立的事件流（1 个）" in report.text()
    assert str(stream) in report.text("en")


def test_an_event_whose_cause_is_not_in_the_bundle_is_named():
    intake, cause = Log("intake"), uuid.uuid5(stream_of("handoff", OTHER), "1")
    intake.append(CASE)
    intake.append(CASE, cause=cause)
    report = check(
        build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[intake.export(CASE)]), [intake.signer.vkey]
    )
    [missing] = report.causes_elsewhere
    assert (missing.service, missing.seq, missing.cause) == ("intake", 1, str(cause))
    assert report.proven  # another log may hold it: `guitu case trail` says which
    assert "起因不在案卷里的事件" in report.text()
    assert str(cause) in report.text("en")


def test_what_was_under_way_at_once_may_stand_in_either_order() -> None:
    report = verify_bundle(across(RECORDED_TOLERANCE_S), KEYS, policy=UNWITNESSED)
    assert report.findings == ()
