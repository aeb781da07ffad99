"""Whether the witnesses have caught up by themselves: every log is proven, and they all keep one history of it.

For the drills: nobody asks a witness for anything here but what it cosigned last.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from corrections.audit.v1 import service_pb2 as audit
from devstack.system import System
from proofs.note import Checkpoint, parse_checkpoint, split_note

from guitu_cli import trail
from guitu_cli.client import Client
from guitu_cli.texts import say

_LOOK_EVERY_S = 1.0
_ANSWER_S = 5.0
_PURPOSE = "guitu/drill"
_TREES = ("sha256", "sm3")
Sizes = Mapping[str, int]


def caught_up(client: Client, made: System, limit_s: float) -> list[str]:
    """Waits until all that audit has read is proven and no witness stands aside; what is short of it after the limit."""
    want = {log.log: log.read for log in _logs(client)}
    until, pause = time.monotonic() + limit_s, threading.Event()
    while short := _short(client, want):
        if time.monotonic() > until:
            return short
        pause.wait(_LOOK_EVERY_S)
    return disagreements(_kept(made, [log for log, size in want.items() if size]))


def unproven_endings(client: Client, cases: Iterable[str]) -> tuple[int, list[str]]:
    """How many of the cases have ended, and which of these endings is not proven."""
    ended, short = 0, list[str]()
    for case_id in cases:
        request = audit.GetCaseTrailRequest(case_id=case_id)
        found = trail.ends(client.call(request, audit.GetCaseTrailResponse, purpose=_PURPOSE).steps)
        ended += len(found)
        short += [f"{case_id}: {step.type} {step.proof}" for step in found if step.proof != "PROVEN"]
    return ended, short


def disagreements(kept: Mapping[str, Iterable[Checkpoint]]) -> list[str]:
    """Where two witnesses keep different roots of one size of a log; by witness, what each cosigned last."""
    roots: dict[tuple[str, int], tuple[str, bytes]] = {}
    found: list[str] = []
    for witness, checkpoints in kept.items():
        for one in checkpoints:
            other, root = roots.setdefault((one.origin, one.size), (witness, one.root))
            if root != one.root:
                found.append(f"{one.origin}: {witness} and {other} keep different roots of {one.size} events")
    return found


def _short(client: Client, want: Sizes) -> list[str]:
    found = [
        say(
            f"{log.log}：{want[log.log]} 条中 {log.cosigned} 条已证明",
            f"{log.log}: {log.cosigned} of {want[log.log]} events proven",
        )
        for log in _logs(client)
        if log.cosigned < want[log.log]
    ]
    states = client.call(audit.ListWitnessesRequest(), audit.ListWitnessesResponse).witnesses
    asked = {(one.witness, one.log, one.tree) for one in states}
    found += [
        f"{witness} {log}/{tree}: NEW"
        for witness in sorted({one.witness for one in states})
        for log, size in want.items()
        for tree in _TREES
        if size and (witness, log, tree) not in asked
    ]
    found += [
        f"{one.witness} {one.log}/{one.tree}: {one.state} {one.detail}".rstrip()
        for one in states
        if one.state != "OK"
    ]
    return found


def _logs(client: Client) -> Iterable[audit.LogState]:
    return client.call(audit.ListLogsRequest(), audit.ListLogsResponse).logs


def _kept(made: System, logs: Iterable[str]) -> dict[str, list[Checkpoint]]:
    """What each witness says that it cosigned last, of both trees of these logs."""
    origins = [f"guitu/{made.topology.installation}/{log}{tree}" for log in logs for tree in ("", "/sm3")]
    return {one.name: [_last(one.port, origin) for origin in origins] for one in made.topology.witnesses.all}


def _last(port: int, origin: str) -> Checkpoint:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_S)
    try:
        connection.request("GET", f"/checkpoint?origin={quote(origin, safe='')}")
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != http.HTTPStatus.OK:
            raise LookupError(f"the witness on port {port} keeps nothing of {origin}: {text.strip()}")
        return parse_checkpoint(split_note(text)[0])
    finally:
        connection.close()
