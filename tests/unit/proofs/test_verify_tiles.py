"""Whole logs and checkpoints verify offline from files, and whatever differs is named (guarantee G35)."""

import json
import os
import uuid
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from corrections.common.v1.common_pb2 import EventMeta
from proofs import ed25519
from proofs.canonical import canonical
from proofs.maps import LogMaps
from proofs.note import Signer, Sm2Key, add_signatures, cosignature_line, sign_checkpoint
from proofs.tiles import Growing
from proofs.tree import HashName
from proofs.verify import (
    MAX_LOGS,
    Fetch,
    WholeLogsReport,
    main,
    parse_trust,
    verify_checkpoint,
    verify_tiles,
)

ORIGIN = "guitu/test/intake"
STREAMS = [uuid.uuid5(uuid.NAMESPACE_DNS, f"stream {number}").bytes for number in range(7)]

CASE = uuid.uuid5(uuid.NAMESPACE_DNS, "case").bytes


def place(number: int) -> EventMeta:
    """Event number // 7 + 1 of the seven streams in turn."""
    stream, version = STREAMS[number % 7], number // 7 + 1
    event_id = uuid.uuid5(uuid.UUID(bytes=stream), str(version)).bytes
    return EventMeta(stream_id=stream, version=version, event_id=event_id, subject=CASE)


def entry(number: int) -> bytes:
    return canonical(place(number).SerializeToString(), b"entry %d" % number)


ENTRIES = [entry(number) for number in range(600)]


def timed(number: int, behind: int) -> bytes:
    """An entry a second; that at place 300 so many seconds behind the one in front of it."""
    meta = place(number)
    meta.recorded_at.seconds = 1_700_000_000 + number - (behind + 1 if number == 300 else 0)
    return canonical(meta.SerializeToString(), b"")


def signer(name: str, seed: int, sm2: Sm2Key | None = None) -> Signer:
    secret = bytes([seed]) * 32
    return Signer(name, ed25519.public_key(secret), lambda message: ed25519.sign(secret, message), sm2)


LOG = signer(ORIGIN, 1)
WITNESS = signer("guitu/test/witness/procuratorate", 2)
POLICY = f"log {LOG.vkey}\nwitness procuratorate {WITNESS.witness_vkey}\nquorum procuratorate\n"


def files(size: int, hash: HashName = "sha256", *, cosigned: bool = True) -> dict[str, bytes]:
    """The log's files: checkpoint, tiles, entries."""
    edge = Growing(hash=hash)
    made = {tile.path: data for tile, data in edge.extend(ENTRIES[:size])}
    made.update((tile.path, data) for tile, data in edge.partials())
    name = f"{ORIGIN}/sm3" if hash == "sm3" else ORIGIN
    maps = LogMaps()
    maps.extend([(STREAMS[number % 7], number // 7 + 1, [CASE]) for number in range(size)])
    lines = maps.lines() if hash == "sha256" else []
    note = sign_checkpoint(name, size, edge.root(), Signer(name, LOG.public_key, LOG.sign), extensions=lines)
    if cosigned:
        note = add_signatures(note, [cosignature_line(note, WITNESS, 1_700_000_000)], [WITNESS.witness_vkey])
    return {**made, "checkpoint": note.encode()}


def verified(made: dict[str, bytes], *, trust: str = POLICY, seen: tuple[str, ...] = ()) -> WholeLogsReport:
    """The report on a log, beside which its SM3 log lies."""
    vkeys, policy = parse_trust(trust)
    name, size = made["checkpoint"].decode().split("\n")[:2]
    logs = [("here", made.__getitem__)]
    if name == ORIGIN:
        logs.append(("here/sm3", files(int(size), "sm3").__getitem__))
    return verify_tiles(logs, vkeys, policy=policy, seen=seen, one=True)


def named(report: WholeLogsReport) -> list[tuple[str, int | None]]:
    return [(one.code, one.seq) for one in report.findings]


@pytest.mark.parametrize("size", [1, 3, 255, 256, 257, 512, 600])
@pytest.mark.parametrize("hash", ["sha256", "sm3"])
def test_a_whole_log_is_proven(size: int, hash: HashName) -> None:
    report = verified(files(size, hash))
    assert (report.findings, report.state) == ((), "PROVEN")
    log = report.logs[0]
    assert (log.size, log.entries, log.witnessed) == (size, size, True)


def test_without_cosignatures_nothing_is_proven() -> None:
    assert verified(files(5, cosigned=False)).state == "WITNESS_PENDING"
    assert verified(files(5), trust=f"{LOG.vkey}\n").state == "WITNESS_PENDING"


Change = Callable[[bytes], bytes] | None
CHANGES: list[tuple[str, Change, str, int | None]] = [
    ("tile/entries/001", lambda data: data.replace(b"entry 300", b"entry 3OO"), "TILE_WRONG", 300),
    ("tile/entries/000", lambda data: data[:-1], "TILE_WRONG", 0),
    ("tile/entries/002.p/88", lambda data: data + b"\x00\x00", "TILE_WRONG", 512),
    ("tile/0/001", lambda data: data[:64] + bytes(32) + data[96:], "TILE_WRONG", 258),
    ("tile/1/000.p/2", lambda data: data[32:] + data[:32], "TILE_WRONG", 0),
    ("tile/0/002.p/88", lambda data: data[:-32], "TILE_WRONG", None),
    ("tile/0/002.p/88", None, "TILE_MISSING", None),
    ("tile/entries/000", None, "TILE_MISSING", None),
]


@pytest.mark.parametrize(("path", "change", "code", "seq"), CHANGES)
def test_a_changed_file_is_named(path: str, change: Change, code: str, seq: int | None) -> None:
    made = files(600)
    if change is None:
        del made[path]
    else:
        made[path] = change(made[path])
    report = verified(made)
    assert named(report) == [(code, seq)]
    assert "tile/" in report.findings[0].got


def test_a_history_rewritten_with_its_tiles_is_not_the_signed_one() -> None:
    made, edge = files(5), Growing()
    list(edge.extend([b"entry 0", b"another", *ENTRIES[2:5]]))
    made.update((tile.path, data) for tile, data in edge.partials())
    assert named(verified(made)) == [("TILES_NOT_SIGNED", None)]


def test_a_log_begins_with_what_was_kept() -> None:
    kept = files(300)["checkpoint"].decode()
    report = verified(files(600), seen=(kept,))
    assert (report.state, report.logs[0].continues) == ("PROVEN", (300,))
    forked = sign_checkpoint(ORIGIN, 300, bytes(32), LOG)
    assert named(verified(files(600), seen=(forked,))) == [("LOG_FORKED", None)]
    assert named(verified(files(200), seen=(kept,))) == [("CHECKPOINT_OLDER_THAN_SEEN", None)]
    assert named(verified(files(300), seen=(forked,))) == [("CHECKPOINT_FORKED", None)]


def test_a_kept_checkpoint_of_a_log_that_is_not_there_is_said_to_be_compared_with_none() -> None:
    other = signer("guitu/test/education", 3)
    kept = sign_checkpoint(other.name, 9, bytes(32), other)
    vkeys, policy = parse_trust(f"log {other.vkey}\n{POLICY}")
    made = files(5)["checkpoint"]
    report = verify_checkpoint(made, vkeys, policy=policy, seen=(kept, made.decode()))
    assert (report.state, report.not_compared) == ("PROVEN", (other.name,))
    assert f"Not compared: the checkpoint that you kept is of {other.name}" in " ".join(
        report.text("en").split()
    )
    logs = [("here", files(5).__getitem__), ("here/sm3", files(5, "sm3").__getitem__)]
    assert verify_tiles(logs, vkeys, policy=policy, seen=(kept,), one=True).not_compared == (other.name,)


def test_a_key_comes_from_the_user_alone() -> None:
    other = f"log {signer(ORIGIN, 9).vkey}\nquorum none\n"
    assert named(verified(files(5), trust=other)) == [("CHECKPOINT_NOT_SIGNED", None)] * 2
    stranger = f"log {signer('guitu/test/education', 1).vkey}\nquorum none\n"
    assert named(verified(files(5), trust=stranger)) == [("KEY_NOT_PINNED", None)] * 2


def write(folder: Path, made: dict[str, bytes]) -> None:
    for path, data in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_the_command_reads_a_folder_of_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "logs" / "intake", files(300))
    write(tmp_path / "logs" / "intake" / "sm3", files(300, "sm3"))
    keys = tmp_path / "keys"
    keys.write_text(POLICY)
    folder, arguments = tmp_path / "logs", ["--keys", str(keys)]
    assert main(["tiles", str(folder), *arguments]) == 0
    out = capsys.readouterr().out
    assert ORIGIN in out
    assert f"{ORIGIN}/sm3" in out
    assert main([str(folder), *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["format"], report["proven"], len(report["logs"])) == ("guitu-tiles-report-v1", True, 2)
    (folder / "intake" / "sm3" / "tile" / "0" / "000").write_bytes(bytes(8192))
    assert main([str(folder), *arguments]) == 1
    assert main([str(tmp_path / "absent"), *arguments]) == 2
    assert main(["tiles", str(tmp_path / "absent"), *arguments]) == 2
    assert main(["bundle", str(folder / "intake" / "checkpoint"), *arguments]) == 2
    assert main(["proof", str(folder / "intake" / "checkpoint"), *arguments]) == 2
    capsys.readouterr()


def test_the_command_waits_for_no_pipe_and_reads_so_many_logs_at_most(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, folder = tmp_path / "keys", tmp_path / "logs"
    keys.write_text(POLICY)
    write(folder / "intake", files(2))
    (tile,) = (folder / "intake" / "tile" / "entries").rglob("2")
    tile.unlink()
    os.mkfifo(tile)
    assert main(["tiles", str(folder), "--keys", str(keys)]) == 2
    assert f"{tile}：不是普通文件" in capsys.readouterr().err
    for number in range(MAX_LOGS):
        write(folder / f"z{number}", {"checkpoint": b""})
    assert main(["tiles", str(folder), "--keys", str(keys), "--lang", "en"]) == 2
    assert f"more than {MAX_LOGS} folders" in capsys.readouterr().err


def test_the_command_reads_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note, keys = tmp_path / "note", tmp_path / "keys"
    note.write_bytes(files(300)["checkpoint"])
    keys.write_text(POLICY)
    assert main([str(note), "--keys", str(keys), "--lang", "en"]) == 0
    assert "What the log holds: check the checkpoint" in capsys.readouterr().out
    forked = tmp_path / "forked"
    forked.write_text(sign_checkpoint(ORIGIN, 300, bytes(32), LOG))
    assert main(["checkpoint", str(note), "--keys", str(keys), "--seen", str(forked)]) == 1
    assert "CHECKPOINT_FORKED" in capsys.readouterr().out
    note.write_bytes(files(300)["checkpoint"].replace(b"\n300\n", b"\n301\n"))
    assert main([str(note), "--keys", str(keys)]) == 1
    assert "CHECKPOINT_FALSE_SIGNATURE" in capsys.readouterr().out


def test_a_log_that_is_left_out_is_named() -> None:
    vkeys, policy = parse_trust(f"log {signer('guitu/test/education', 3).vkey}\n{POLICY}")
    here = ("here", files(5).__getitem__)
    sm3 = ("here/sm3", files(5, "sm3").__getitem__)

    def left_out(*logs: tuple[str, Fetch], one: bool = False) -> list[str]:
        report = verify_tiles(logs, vkeys, policy=policy, one=one)
        assert {finding.code for finding in report.findings} <= {"LOG_LEFT_OUT"}
        return [finding.expected for finding in report.findings]

    assert left_out(here, sm3) == ["guitu/test/education", "guitu/test/education/sm3"]
    assert left_out(here, sm3, one=True) == []
    assert left_out(here, one=True) == [f"{ORIGIN}/sm3"]
    assert left_out(sm3, one=True) == []
    vkeys, policy = parse_trust(POLICY)
    assert left_out(here) == [f"{ORIGIN}/sm3"]
    twice = verify_tiles([here, sm3, ("copy", here[1])], vkeys, policy=policy)
    assert [(one.code, one.got) for one in twice.findings] == [("LISTED_TWICE", ORIGIN)]


def test_a_checkpoint_that_does_not_commit_both_maps_is_named() -> None:
    made = files(5)
    root = b64decode(made["checkpoint"].split(b"\n")[2])
    made["checkpoint"] = sign_checkpoint(ORIGIN, 5, root, LOG).encode()
    assert named(verified(made, trust=f"log {LOG.vkey}\nquorum none\n")) == [
        ("HEADS_NOT_COMMITTED", None),
        ("SUBJECTS_NOT_COMMITTED", None),
    ]


def test_a_cosignature_of_the_future_counts_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vkeys, policy = parse_trust(POLICY)
    note = files(5)["checkpoint"]  # cosigned at 1,700,000,000
    states = {
        now: verify_checkpoint(note, vkeys, policy=policy, now=now).state
        for now in (None, 1_700_000_000, 1_700_000_000 - 300, 1_700_000_000 - 301)
    }
    assert list(states.values()) == ["PROVEN", "PROVEN", "PROVEN", "WITNESS_PENDING"]
    (tmp_path / "note").write_bytes(note)
    (tmp_path / "keys").write_text(POLICY)
    command = [str(tmp_path / "note"), "--keys", str(tmp_path / "keys")]
    assert main([*command, "--now", "2023-11-14T22:13:20Z"]) == 0
    assert main([*command, "--now", "2023-11-14T20:13:20+08:00"]) == 3
    out = capsys.readouterr().out
    assert "2023-11-14 22:13*" in out
    assert "不计入" in out
    assert main([*command, "--now", "yesterday"]) == 2
    assert main([*command, "--now", "2023-11-14T22:13:20"]) == 2


@pytest.mark.parametrize("times", [(0, 1_800_000_000, 1_700_000_000), (1_700_000_000, 1_800_000_000)])
def test_a_cosignature_that_counts_counts_beside_others_of_its_witness(times: tuple[int, ...]) -> None:
    vkeys, policy = parse_trust(POLICY)
    note = files(5, cosigned=False)["checkpoint"].decode()
    note += "".join(cosignature_line(note, WITNESS, time) for time in times)
    report = verify_checkpoint(note.encode(), vkeys, policy=policy, now=1_700_000_000)
    assert report.state == "PROVEN"
    assert [(one.time, one.counted) for one in report.logs[0].signatures] == [
        (None, True),
        *((time, time == 1_700_000_000) for time in times),
    ]


def test_missing_files_are_told_from_unreadable_ones() -> None:
    def nothing(path: str) -> bytes:
        raise FileNotFoundError(path)

    fetch: Fetch = nothing
    vkeys, policy = parse_trust(POLICY)
    with pytest.raises(ValueError, match="checkpoint"):
        verify_tiles([("here", fetch)], vkeys, policy=policy)
    with pytest.raises(ValueError, match="no log"):
        verify_tiles([], vkeys, policy=policy)


@pytest.mark.parametrize(("behind", "found"), [(60, []), (61, [("RECORDED_BACKWARDS", 300)])])
def test_a_recorded_time_that_falls_along_the_log_is_named(
    monkeypatch: pytest.MonkeyPatch, behind: int, found: list[tuple[str, int]]
) -> None:
    monkeypatch.setitem(globals(), "ENTRIES", [timed(number, behind) for number in range(600)])
    assert named(verified(files(600))) == found * 2  # in its SM3 log too
    assert named(verified(files(600, "sm3"))) == found


def changed(at: int, **fields: object) -> list[bytes]:
    """The first 21 entries, with one whose metadata says something else."""
    metas = [place(number) for number in range(21)]
    for name, value in fields.items():
        setattr(metas[at], name, value)
    return [canonical(meta.SerializeToString(), b"entry %d" % n) for n, meta in enumerate(metas)]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        # version 2 of stream 0 with two contents: a bundle could show either
        (
            [*ENTRIES[:8], canonical(place(7).SerializeToString(), b"nothing"), *ENTRIES[8:21]],
            ("EVENT_TWICE", 8),
        ),
        ([*ENTRIES[:7], *ENTRIES[8:21]], ("EVENTS_REORDERED", 13)),
        (changed(9, event_id=place(8).event_id), ("META_EVENT_ID", 9)),
        (changed(9, service="education"), ("META_SERVICE", 9)),
        (changed(9, service="intake"), None),
    ],
    ids=["twice", "hole", "id", "service", "own service"],
)
@pytest.mark.parametrize("hash", ["sha256", "sm3"])
def test_entries_that_do_not_follow_from_those_in_front_of_them_are_named(
    monkeypatch: pytest.MonkeyPatch, entries: list[bytes], found: tuple[str, int] | None, hash: HashName
) -> None:
    monkeypatch.setitem(globals(), "ENTRIES", entries)
    assert found in [*named(verified(files(len(entries), hash))), None]
    if found is None:
        assert named(verified(files(len(entries), hash))) == []
