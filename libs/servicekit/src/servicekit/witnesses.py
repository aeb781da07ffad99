"""The installation's policy (who witnesses, how many are enough), and how a witness is asked over HTTP.

The policy is `<home>/keys/witnesses.policy`, a C2SP tlog-policy: `guitu up` makes it of deploy/witnesses.yaml, elsewhere
an operator writes it, with the keys that the agencies handed over. It is read again when it changes. Without one nothing
is called proven.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from eventcore.openssl import ed25519_verify
from proofs.note import NoteError, parse_checkpoint, split_note, verify_note
from proofs.verify import Policy, PolicyError, VerifierKey, parse_policy
from proofs.witness import MAX_BODY, PATH, Faulty

from servicekit.logs import log

POLICY = "witnesses.policy"
_TEXT = "text/plain; charset=utf-8"


def machine_seconds() -> int:
    """The machine's clock, seconds since 1970: what a witness's clock is compared with. Never a fact of a case."""
    return int(time.time())


class PolicyFile:
    """The policy of a data folder. Safe for several threads: it is replaced whole."""

    def __init__(self, home: Path) -> None:
        self._path = home / "keys" / POLICY
        self._seen: tuple[int, int] | None = None
        self._policy: Policy | None = None

    def read(self) -> Policy | None:
        """The policy of now; None where there is none, or one that cannot be read, which is logged once."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._policy = None, None
            return None
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            try:
                self._policy = parse_policy(self._path.read_text(encoding="utf-8"))
            except (ValueError, PolicyError) as error:
                self._policy = None
                log().error("witness_policy_unreadable", file=str(self._path), error=str(error))
            self._seen = seen
        return self._policy


def merged(note: str, answer: str, policy: Policy) -> str:
    """The note with those lines of another note of the same text that witnesses of the policy signed; others are left out.

    A line that does not verify raises NoteError: a false one of a known key would void the whole note.
    """
    text, lines = split_note(note)
    other, _ = split_note(answer)
    if other != text:
        raise NoteError("the text is not that of the checkpoint")
    have = {(line.name, line.key_id) for line in lines}
    for line in answer[len(text) + 1 :].splitlines(keepends=True):
        [found] = split_note(f"{text}\n{line}")[1]
        keys = [
            one.key for one in policy.witnesses if (one.key.name, one.key.id) == (found.name, found.key_id)
        ]
        if keys and (found.name, found.key_id) not in have:
            verify_note(f"{text}\n{line}", keys, check=ed25519_verify)
            have.add((found.name, found.key_id))
            note += line
    return note


def quorum(note: str, policy: Policy) -> bool:
    """Whether the witnesses' signatures under the note reach the quorum; NoteError where one is false."""
    witnesses: list[VerifierKey] = [one.key for one in policy.witnesses]
    lines = {(line.name, line.key_id) for line in split_note(note)[1]}
    known = [key for key in witnesses if (key.name, key.id) in lines]
    parse_checkpoint(split_note(note)[0])
    return policy.met(verify_note(note, known, check=ed25519_verify) if known else ())


class WitnessClient:
    """One witness over HTTP: a connection that is kept, one call at a time, answers bounded in time and size."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Faulty("AWAY", f"its address in the policy is no URL: {url!r}")
        self._host, self._port, self._tls = parts.hostname, parts.port, parts.scheme == "https"
        self._path = parts.path.rstrip("/") + PATH
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    async def ask(self, body: bytes, *, deadline_s: float) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer to an add-checkpoint call. Faulty: AWAY, SLOW, RUBBISH."""
        asking = asyncio.create_task(asyncio.to_thread(self._ask, body, deadline_s))
        done, _ = await asyncio.wait({asking}, timeout=deadline_s)
        if not done:
            self.abort()
            with contextlib.suppress(Exception):
                await asking
            raise Faulty("SLOW", f"no answer within {deadline_s:g} s")
        return asking.result()

    def abort(self) -> None:
        """The call under way ends with an error: a socket's own limit holds for each byte, not for the answer."""
        connection = self._connection
        held = None if connection is None else connection.sock
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """No connection is open."""
        with self._lock:
            self._drop()

    def _ask(self, body: bytes, deadline_s: float) -> tuple[int, str, bytes]:
        with self._lock:
            kept = self._connection is not None
            try:
                return self._call(body, deadline_s)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
                self._drop()
                if not kept:
                    raise Faulty("AWAY", _said(error)) from error
            except (http.client.HTTPException, OSError) as error:
                raise self._failed(error) from error
            # the witness had closed a connection that was kept: once more on a new one
            try:
                return self._call(body, deadline_s)
            except (http.client.HTTPException, OSError) as error:
                raise self._failed(error) from error

    def _call(self, body: bytes, deadline_s: float) -> tuple[int, str, bytes]:
        connection = self._connection or self._connect(deadline_s)
        connection.request("POST", self._path, body, {"Content-Type": _TEXT})
        with contextlib.closing(connection.getresponse()) as answer:
            data = answer.read(MAX_BODY + 1)
        if len(data) > MAX_BODY:
            self._drop()
            raise Faulty("RUBBISH", f"an answer of more than {MAX_BODY} bytes")
        if answer.will_close:
            self._drop()
        return answer.status, answer.headers.get("Content-Type", ""), data

    def _connect(self, deadline_s: float) -> http.client.HTTPConnection:
        if self._tls:
            context = ssl.create_default_context()
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=deadline_s, context=context
            )
        else:
            made = http.client.HTTPConnection(self._host, self._port, timeout=deadline_s)
        self._connection = made
        return made

    def _failed(self, error: Exception) -> Faulty:
        self._drop()
        if isinstance(error, TimeoutError):
            return Faulty("SLOW", _said(error))
        return Faulty("AWAY" if isinstance(error, OSError) else "RUBBISH", _said(error))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
