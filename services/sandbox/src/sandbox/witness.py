"""A witness of the logs in the sandbox: a process, a key and a record of its own, speaking C2SP tlog-witness.

    python -m sandbox.witness NAME --port P --home HOME --installation I

It stands for a court, a procuratorate or a prison that keeps an eye on the platform. It reads nothing of the platform
but public keys: those of the logs that it trusts (`<home>/keys/logs.vkeys`), each pinned at first sight for good. Light on
purpose: no framework, no database, one file a log, written and flushed before an answer leaves.

    POST /add-checkpoint            the cosignature of a checkpoint that continues the last one
    GET  /checkpoint?origin=ORIGIN  the last checkpoint that it cosigned, to compare views
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore.openssl import ed25519_verify
from proofs import witness as protocol
from proofs.note import Signer
from proofs.verify import (
    KIND_ED25519,
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_vkeys,
    split_note,
)
from servicekit.bounded_http import BoundedHandler, BoundedServer

_MOST_CALLS = 16
_MOST_EVIDENCE = 64


class RecordError(Exception):
    """The record of a witness is damaged or held by another process. It never starts anew by itself."""


class Record:
    """What a witness cosigned last of each log, and the keys it pinned: files in a folder of its own.

    A file is flushed to disk under its final name before `keep` returns. Files of others' histories that were
    submitted are kept as evidence, a bounded number of them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._held = open(folder / "lock", "w")  # noqa: SIM115 - held as long as the process lives
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RecordError(f"{folder} is in use by another witness") from error
        self._notes = dict(self._read())

    def note(self, origin: str) -> str | None:
        """The note that was cosigned last."""
        return self._notes.get(origin)

    def last(self, origin: str) -> Checkpoint | None:
        """The checkpoint that was cosigned last."""
        note = self._notes.get(origin)
        return None if note is None else parse_checkpoint(split_note(note)[0])

    def keep(self, origin: str, note: str) -> None:
        """The note is the last one, on disk."""
        self._write(f"{quote(origin, safe='')}.note", note)
        self._notes[origin] = note

    def pinned(self) -> list[VerifierKey]:
        """The keys of the logs that were pinned."""
        path = self._folder / "pinned.vkeys"
        return parse_vkeys(path.read_text(encoding="utf-8")) if path.exists() else []

    def pin(self, keys: Sequence[VerifierKey]) -> None:
        """These keys are the pinned ones, on disk."""
        self._write("pinned.vkeys", "".join(f"{key}\n" for key in keys))

    def evidence(self, submission: protocol.Submission) -> None:
        """A checkpoint that its log signed and that does not continue what was seen is kept, beside what was seen.

        What was seen is kept too because the note of the log is written anew as the log grows.
        """
        folder = self._folder / "evidence"
        folder.mkdir(exist_ok=True)
        seen = self._notes.get(parse_checkpoint(split_note(submission.note)[0]).origin)
        notes = {
            f"{hashlib.sha256(note.encode()).hexdigest()[:32]}.note": note
            for note in (submission.note, seen)
            if note
        }
        new = {name: note for name, note in notes.items() if not (folder / name).exists()}
        if len(list(folder.iterdir())) + len(new) <= _MOST_EVIDENCE:
            for name, note in new.items():
                self._write(f"evidence/{name}", note)

    def close(self) -> None:
        """Another process may use the folder."""
        self._held.close()

    def _read(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for path in self._folder.glob("*.note"):
            try:
                note = path.read_text(encoding="utf-8")
                found.append((parse_checkpoint(split_note(note)[0]).origin, note))
            except ValueError as error:
                raise RecordError(f"{path} is damaged: restore it, never delete it ({error})") from error
        return found

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        partial = path.with_name(f".{path.name}.partial")
        with open(partial, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        parent = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)


class Trust:
    """The keys of the logs: each origin's are pinned at first sight; a file that changes later adds origins only."""

    def __init__(self, file: Path, record: Record) -> None:
        self._file, self._record = file, record
        self._seen: tuple[int, int] | None = None
        self._keys: dict[str, list[VerifierKey]] = {}
        for key in record.pinned():
            self._add(key)

    def keys(self) -> Mapping[str, Sequence[VerifierKey]]:
        """Keys by origin; the SM3 log beside each is signed by the same key under its own name."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return self._keys
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._seen = seen
            self._read()
        return self._keys

    def _read(self) -> None:
        new = [
            key
            for key in parse_vkeys(self._file.read_text(encoding="utf-8"))
            if key.kind == KIND_ED25519 and key.name not in self._keys
        ]
        if new:
            self._record.pin([*self._record.pinned(), *new])
        for key in new:
            self._add(key)

    def _add(self, key: VerifierKey) -> None:
        self._keys.setdefault(key.name, []).append(key)
        self._keys.setdefault(f"{key.name}/sm3", []).append(
            VerifierKey(f"{key.name}/sm3", key.kind, key.public_key)
        )


class Witness:
    """Cosigns what continues its record. Looking, storing and answering is one step: one lock, one process."""

    def __init__(self, signer: Signer, record: Record, trust: Trust) -> None:
        self._signer, self._record, self._trust = signer, record, trust
        self._lock = threading.Lock()

    def add_checkpoint(self, body: bytes) -> str:
        """The cosignature of the checkpoint; Refused."""
        submission = protocol.parse_request(body)
        with self._lock:
            try:
                checkpoint = protocol.examine(
                    submission, self._trust.keys(), self._record.last, check=ed25519_verify
                )
            except protocol.Refused as error:
                self._suspect(submission, error)
                raise
            had = self._record.last(checkpoint.origin)
            line = protocol.cosign(submission.note, self._signer, int(time.time()))  # noqa: TID251 - an agency's own clock
            if had is None or (had.size, had.root) != (checkpoint.size, checkpoint.root):
                self._record.keep(checkpoint.origin, submission.note + line)
            return line

    def note(self, origin: str) -> str | None:
        """The last note that was cosigned of a log."""
        return self._record.note(origin)

    def _suspect(self, submission: protocol.Submission, error: protocol.Refused) -> None:
        """Signed by the log, and against what was seen: of one size another text, or no proof of the way there.

        Other extension lines over one root are two maps of one log (ADR 0029): one reader is told other stream heads.
        """
        why = str(error)
        if error.status == HTTPStatus.CONFLICT:
            checkpoint = parse_checkpoint(split_note(submission.note)[0])
            had = self._record.last(checkpoint.origin)
            if had is None or had.size != checkpoint.size:
                return
            if (had.root, had.extensions) == (checkpoint.root, checkpoint.extensions):
                return
            other = "root" if had.root != checkpoint.root else "extension lines"
            why = f"{checkpoint.origin}: two signed checkpoints of size {had.size}, with other {other}"
        elif error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            return
        self._record.evidence(submission)
        print(f"refused: {why}", file=sys.stderr, flush=True)


def server(host: str, port: int, witness: Witness) -> BoundedServer:
    """The witness over HTTP, not yet serving; `port` 0 lets the kernel choose. OSError where it is taken."""

    class Handler(BoundedHandler):
        server_version = "guitu-witness"

        def do_POST(self) -> None:
            if self.path.partition("?")[0] != protocol.PATH:
                self.answer(HTTPStatus.NOT_FOUND, b"want /add-checkpoint\n", close=True)
                return
            body = self.body(protocol.MAX_BODY)
            if body is None:
                return
            try:
                self.answer(HTTPStatus.OK, witness.add_checkpoint(body).encode(), protocol.TEXT)
            except protocol.Refused as error:
                self.answer(error.status, error.text.encode(), error.kind)

        def do_GET(self) -> None:
            self.received()
            path, _, query = self.path.partition("?")
            [origin] = parse_qs(query).get("origin", [""])[:1]
            note = witness.note(origin) if path == "/checkpoint" else None
            if note is None:
                self.answer(HTTPStatus.NOT_FOUND, b"no such checkpoint\n")
            else:
                self.answer(HTTPStatus.OK, note.encode(), protocol.TEXT)

        do_HEAD = do_GET

        def refuse(self) -> None:
            if self.path.partition("?")[0] == protocol.PATH:
                self.not_allowed("POST")
            else:
                self.not_allowed("GET", "HEAD")

        do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_CONNECT = refuse

    return BoundedServer((host, port), Handler, most=_MOST_CALLS)


def load_signer(path: Path, name: str) -> Signer:
    """The witness's key, named as its users pin it; ValueError when the file holds another kind of key."""
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} is no Ed25519 key: restore it from its backup")
    return Signer(name, key.public_key().public_bytes_raw(), key.sign)


def main(arguments: Sequence[str] | None = None) -> int:
    """The witness serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.witness", description=__doc__)
    parser.add_argument("name", help="short name: procuratorate, court, prison")
    parser.add_argument("--key-name", required=True, help="name of its key, as verifiers pin it")
    parser.add_argument("--home", required=True, type=Path, help="data folder of the sandbox")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args(arguments)
    try:
        signer = load_signer(options.home / "keys" / f"witness-{options.name}.ed25519", options.key_name)
        record = Record(options.home / "witness" / options.name)
        trust = Trust(options.home / "keys" / "logs.vkeys", record)
        serving = server(options.host, options.port, Witness(signer, record, trust))
    except (OSError, ValueError, NoteError, RecordError) as error:
        print(f"ERROR witness {options.name}: {error}", file=sys.stderr)
        return 1

    def stop(_number: int, _frame: object) -> None:
        threading.Thread(target=serving.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    serving.serve_forever()
    serving.server_close()
    record.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
