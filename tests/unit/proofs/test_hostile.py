"""Whatever somebody hands in is refused or judged: in bounded time and space, with words that fit, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import proofs.verify
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.bundle import Bucket, BundleStream, parse_bundle, write_bundle
from proofs.verify import (
    MAX_FILE,
    MOST_NAMED,
    BundleEvent,
    TileError,
    TlogProof,
    Unreadable,
    canonical,
    decode_bundle,
    main,
    parse_trust,
    verify_file,
    verify_tlog_proof,
    write_tlog_proof,
)

from tests.unit.proofs.test_bundle import CASE, GOOD, INSTALLATION, KEYS, LOGS, check, flip, stream_of
from tests.unit.proofs.test_verify_tiles import files, verified

TRUST = "".join(f"log {key}\n" for key in KEYS) + "quorum none\n"
SEQ = GOOD.index(b'"seq":0') + 6


def proof() -> bytes:
    log = LOGS[0]
    seq, meta, data = log.events[stream_of("intake", CASE)][3]
    path = tuple(log.tree.inclusion(seq))
    return write_tlog_proof(TlogProof(seq, path, log.checkpoint(), canonical(meta, data))).encode()


PROOF = proof()


def said(tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str], *kind: str) -> tuple[str, str]:
    """What the command says of unreadable input, in English and in Chinese."""
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "keys").write_text(TRUST)
    command = [*kind, str(tmp_path / "data"), "--keys", str(tmp_path / "keys")]
    assert main([*command, "--lang", "en"]) == 2
    english = capsys.readouterr()
    assert main(command) == 2
    chinese = capsys.readouterr()
    assert english.out == chinese.out == ""
    assert english.err.startswith("input not readable: ")
    assert chinese.err.startswith("输入不可读：")
    assert english.err.count("\n") == chinese.err.count("\n") == 1
    assert len(english.err) < 400
    return english.err, chinese.err


NO_FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no bundle (a JSON object), tlog-proof or checkpoint"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
    "a byte order mark before a proof": (b"\xef\xbb\xbf" + PROOF, "byte order mark"),
    "no UTF-8": (b"{\xff", "no UTF-8 at byte 1"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "no UTF-8 at byte 0"),
    "NaN": (b"NaN", "begins with 'NaN'"),
    "a bare number": (b"42", "begins with '42'"),
    "a huge number": (b"1" * 5000, "begins with '1111"),
    "a list": (b"[]", "begins with '[]'"),
    "a program": (b"#!/bin/sh\n", "begins with '#!/bin/sh"),
    "an object of something else": (b'{"a": 1}', "bundle: want an object with 'format', got an object"),
    "half an object": (GOOD[:5000], "no JSON: "),
    "two objects": (GOOD + GOOD, "no JSON: Extra data"),
    "NaN inside": (GOOD[:SEQ] + b"NaN" + GOOD[SEQ + 1 :], "NaN is no whole number"),
    "infinity inside": (GOOD[:SEQ] + b"-Infinity" + GOOD[SEQ + 1 :], "-Infinity is no whole number"),
    "a fraction": (GOOD[:SEQ] + b"0.5" + GOOD[SEQ + 1 :], "0.5 is no whole number"),
    "an exponent": (GOOD[:SEQ] + b"1e999999" + GOOD[SEQ + 1 :], "1e999999 is no whole number"),
    "5,000 digits": (GOOD[:SEQ] + b"1" * 5000 + GOOD[SEQ + 1 :], "a number of 5000 digits"),
    "2^63": (GOOD[:SEQ] + b"9223372036854775808" + GOOD[SEQ + 1 :], "events[0].seq: want a number from 0"),
    "deep lists": (b'{"format":' + b"[" * 100_000, "nested too deeply"),
    "deep objects": (b'{"format":' + b'{"a":' * 100_000, "nested too deeply"),
    "a field twice": (GOOD.replace(b'{"format"', b'{"format":1,"format"', 1), "names 'format' twice"),
    "half a pair": (
        GOOD.replace(b'"checkpoint":"', b'"checkpoint":"\\ud800'),
        "checkpoint: want text without half",
    ),
    "half a pair as a field": (
        GOOD.replace(b'{"format"', b'{"\\udfff":1,"\\udfff":2,"format"', 1),
        "'\\udfff' twice",
    ),
    "many values": (b'{"a":[' + b"1," * 1_000_001 + b"1]}", "want at most 1000000"),
    "101 logs": (write_bundle(replace(parse_bundle(GOOD), logs=parse_bundle(GOOD).logs * 51)), "at most 100"),
    "a large file": (b"{" + b" " * MAX_FILE, f"more than {MAX_FILE} bytes"),
    "a proof of nothing": (b"c2sp.org/tlog-proof@v1\n", "tlog-proof: want"),
    "a proof without a note": (PROOF[: PROOF.index(b"\n\n") + 2] + b"rubbish", "tlog-proof: want a text"),
    "a proof of no event": (PROOF.replace(b"extra ", b"extra AAAA"), "tlog-proof: "),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_material_is_told_by_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, words = NO_FILES[name]
    english, _ = said(tmp_path, data, capsys)
    assert words in english
    assert "readable: checkpoint" not in english


def test_a_kind_that_is_asked_for_by_name_is_told_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "NaN is no whole number" in said(tmp_path, b"NaN", capsys, "bundle")[0]
    assert "a number of 5000 digits" in said(tmp_path, b"1" * 5000, capsys, "bundle")[0]
    assert "want an object with 'format', got a number" in said(tmp_path, b"42", capsys, "bundle")[0]
    english, chinese = said(tmp_path, b"[]", capsys, "bundle")
    assert ("got a list" in english, "实为列表" in chinese) == (True, True)
    assert "checkpoint: want a text" in said(tmp_path, b"NaN", capsys, "checkpoint")[0]


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13"])
def test_every_python_says_the_same_of_hostile_input(version: str, tmp_path: Path) -> None:
    """GUITU_PYTHONS names a folder of Pythons; without it this one alone is asked."""
    folder = os.environ.get("GUITU_PYTHONS", "")
    found = sorted(Path(folder).glob(f"{version}*/bin/python{version}")) if folder else []
    python = str(found[0]) if found else shutil.which(f"python{version}")
    # a shim may be on the path without a Python behind it
    if python is None or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"no Python {version} on the path, and GUITU_PYTHONS names none")
    (tmp_path / "keys").write_text(TRUST)
    for data, words in [*NO_FILES.values(), (GOOD, ""), (PROOF, "")]:
        (tmp_path / "data").write_bytes(data)
        command = [python, "-I", "-W", "error", proofs.verify.__file__, str(tmp_path / "data")]
        done = subprocess.run(
            [*command, "--keys", str(tmp_path / "keys"), "--lang", "en"],
            capture_output=True,
            timeout=60,
            check=False,
            env={"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == (2 if words else 0), done.stderr
        assert words in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def many(change: Callable[[Any], Any]) -> bytes:
    """The good bundle as plain JSON, changed."""
    fields = json.loads(GOOD)
    change(fields)
    return json.dumps(fields).encode()


def test_a_report_names_the_first_findings_and_counts_the_rest() -> None:
    events = tuple(BundleEvent(number, 7, b"", b"", ()) for number in range(20_000))
    bundle = parse_bundle(GOOD)
    log = replace(bundle.logs[0], streams=(BundleStream(uuid.UUID(int=1), events),))
    report = check(write_bundle(replace(bundle, logs=(log,))), KEYS)
    assert len(report.findings) == MOST_NAMED
    assert report.failed > 40_000
    for text in (report.text(), report.text("en"), report.json()):
        assert len(text) < 100_000
    assert f"另有 {report.failed - MOST_NAMED} 处" in report.text()
    assert json.loads(report.json())["failed"] == report.failed


def test_a_bucket_of_the_heads_listed_20000_times_is_named_once() -> None:
    bundle = parse_bundle(GOOD)
    bucket = bundle.logs[0].heads[0]
    streams = tuple(BundleStream(uuid.UUID(int=number << 32), ()) for number in range(2000))
    others = [Bucket(number, b"", ()) for number in range(2000)]
    log = replace(bundle.logs[0], heads=(bucket,) * 20_000)
    report = check(write_bundle(replace(bundle, logs=(log, *bundle.logs[1:]))), KEYS)
    [finding] = report.findings
    assert (finding.code, finding.service, finding.got) == (
        "LISTED_TWICE",
        "intake",
        f"stream-heads {bucket.index}",
    )
    log = replace(log, heads=(*log.heads, *others), streams=streams)
    assert check(write_bundle(replace(bundle, logs=(log,))), KEYS).failed > 4000


def test_causes_outside_a_bundle_are_counted_too() -> None:
    bundle = parse_bundle(GOOD)
    stream = bundle.logs[0].streams[0]
    event = stream.events[0]
    cause = b"\x52\x10" + bytes(15)
    events = tuple(replace(event, version=n, meta=event.meta + cause + bytes([n & 255])) for n in range(2000))
    log = replace(bundle.logs[0], streams=(replace(stream, events=events),))
    report = check(write_bundle(replace(bundle, logs=(log,))), KEYS)
    assert (len(report.causes_elsewhere), report.causes_elsewhere_count) == (MOST_NAMED, 2000)
    assert len(report.json()) < 200_000


def test_nothing_that_is_quoted_is_long() -> None:
    bundle = parse_bundle(GOOD)
    note = bundle.logs[0].checkpoint
    long = replace(bundle.logs[0], checkpoint=note.replace("guitu/test/intake\n", "x" * 60_000 + "\n", 1))
    report = check(write_bundle(replace(bundle, logs=(long, *bundle.logs[1:]))), KEYS)
    assert report.findings[0].code == "CHECKPOINT_OF_OTHER_LOG"
    assert len(report.text()) < 10_000
    longer = replace(long, checkpoint=note + "x" * 70_000)
    report = check(write_bundle(replace(bundle, logs=(longer, *bundle.logs[1:]))), KEYS)
    assert (report.findings[0].code, "at most 65536" in report.findings[0].got) == (
        "CHECKPOINT_UNREADABLE",
        True,
    )


def test_a_bundle_of_entries_is_read_no_further_than_it_may_hold() -> None:
    with pytest.raises(TileError, match="more than 256"):
        decode_bundle(bytes(1 << 20), 256)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(("flip", "drop", "double", "splice", "cut", "insert")),
        st.integers(0, 1 << 20),
        st.integers(1, 64),
        st.binary(max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def mutated(data: bytes, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    """The bytes with parts changed, left out, doubled, moved, cut off or put in."""
    for how, place, length, more in edits:
        at = place % max(1, len(data))
        part = data[at : at + length]
        if how == "flip" and data:
            data = flip(data, at, length % 8)
        elif how == "drop":
            data = data[:at] + data[at + length :]
        elif how == "double":
            data = data[:at] + part + data[at:]
        elif how == "splice":
            other = (place >> 3) % max(1, len(data))
            data = data[:other] + part + data[other + length :]
        elif how == "cut":
            data = data[:at]
        else:
            data = data[:at] + more + data[at:]
    return data


@given(edits=EDITS)
@settings(max_examples=200, deadline=None)
def test_no_mutated_bundle_proves_another_history(edits: list[tuple[str, int, int, bytes]]) -> None:
    vkeys, policy = parse_trust(TRUST)
    data = mutated(GOOD, edits)
    try:
        report = verify_file(data, vkeys, case_id=CASE, policy=policy)
    except Unreadable:
        return
    report.text()
    report.json()
    if report.proven:
        before, after = parse_bundle(GOOD), parse_bundle(data)
        assert replace(after, made_at=before.made_at) == before


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.text(max_size=20)
    | st.sampled_from(["", "AAAA", str(CASE), "intake", INSTALLATION, GOOD[:50].decode()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in the JSON there is a value."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += places(item, (*path, key))
    return found


PLACES = places(json.loads(GOOD))


@given(where=st.sampled_from(PLACES), value=VALUES, how=st.sampled_from(("set", "drop", "double", "swap")))
@settings(max_examples=300, deadline=None)
def test_no_other_value_in_a_bundle_proves_another_history(
    where: tuple[Any, ...], value: Any, how: str
) -> None:
    fields = json.loads(GOOD)
    holder = fields
    for key in where[:-1]:
        holder = holder[key]
    if how == "set":
        holder[where[-1]] = value
    elif how == "drop":
        del holder[where[-1]]
    elif isinstance(holder, list) and how == "double":
        holder.append(holder[where[-1]])
    elif isinstance(holder, list):
        holder.reverse()
    vkeys, policy = parse_trust(TRUST)
    data = json.dumps(fields).encode()
    try:
        report = verify_file(data, vkeys, case_id=CASE, policy=policy)
    except Unreadable:
        return
    report.text()
    report.json()
    if report.proven:
        logs = {log.service: log for log in parse_bundle(data).logs}
        assert logs == {log.service: log for log in parse_bundle(GOOD).logs}


@given(edits=EDITS)
@settings(max_examples=200, deadline=None)
def test_no_mutated_proof_proves_another_event(edits: list[tuple[str, int, int, bytes]]) -> None:
    vkeys, policy = parse_trust(TRUST)
    data = mutated(PROOF, edits)
    try:
        report = verify_tlog_proof(data, vkeys, policy=policy)
    except Unreadable:
        return
    report.text()
    report.json()
    if report.proven:  # a line of an unknown key may stand below
        assert data.startswith(PROOF)


@given(path=st.sampled_from(sorted(files(300))), edits=EDITS)
@settings(max_examples=60, deadline=None)
def test_no_mutated_file_of_a_log_is_proven(path: str, edits: list[tuple[str, int, int, bytes]]) -> None:
    made = files(300)
    changed = mutated(made[path], edits)
    again = dict(made)
    again[path] = changed
    try:
        report = verified(again)
    except (Unreadable, ValueError):
        return
    report.text()
    report.json()
    assert not report.proven or changed.startswith(made[path])


@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_judged_or_refused(data: bytes) -> None:
    vkeys, policy = parse_trust(TRUST)
    with pytest.raises(Unreadable):
        verify_file(data, vkeys, policy=policy)


def test_this_python_runs_the_file_with_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", proofs.verify.__file__, "--help"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
