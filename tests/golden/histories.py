"""Golden histories: which events of each service stand in which stream, and the files that hold them.

A release's folder is never written again: later releases add folders, and all of them must replay.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts import registry

GOLDEN = Path(__file__).parent
IMAGE = GOLDEN / "contracts.binpb"

# Streams of a service: (category, key) -> events in their order; "*" takes what no other stream names, in the order
# of the proto.
STREAMS: Mapping[str, Mapping[tuple[str, str], tuple[str, ...]]] = {
    "intake": {
        ("person", "1"): ("PersonRegistered", "PersonNoted", "PersonRead"),
        ("exchange", "1/1"): ("JudgmentWithoutEffect",),
        ("case", "1"): ("*",),
    },
    "handoff": {
        ("exchange", "message"): ("*",),
        ("exchange", "refused"): ("MessageReceived", "MessageRefused"),
        ("exchange", "notice"): ("NoticePrepared", "NoticeReceipted"),
        ("exchange", "refused-notice"): ("NoticePrepared", "NoticeRefused"),
        ("exchange", "query"): ("MissingStatusQueried",),
        ("exchange", "sealed-query"): ("MissingStatusQueryAnswered",),
    },
    "audit": {("log", "intake"): ("*",)},
    "administration": {
        ("calendar", "2027"): ("CalendarImported", "CalendarCorrected"),
        ("ruleset", "2027-01"): ("*",),
    },
}
CASE: Mapping[tuple[str, str], tuple[str, ...]] = {("case", "1"): ("*",)}
# Events that end a stream stand last, whatever the proto's order.
ENDINGS = (
    "MessageEffected", "EducationClosed", "AssistanceClosed", "SupervisionClosed", "ReleasePrepared", "Released", "ReleaseCertified", "Terminated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One event as it was stored, with the leaves that it had."""

    stream: str
    type: str
    meta: bytes
    data: bytes
    leaf_sha256: bytes
    leaf_sm3: bytes

    def line(self) -> str:
        """The record as one line of a golden file."""
        return json.dumps(
            {
                "stream": self.stream,
                "type": self.type,
                "meta": base64.b64encode(self.meta).decode(),
                "data": base64.b64encode(self.data).decode(),
                "leaf_sha256": self.leaf_sha256.hex(),
                "leaf_sm3": self.leaf_sm3.hex(),
            }
        )

    @classmethod
    def of(cls, line: str) -> Record:
        """The record of one line."""
        read = json.loads(line)
        return cls(
            read["stream"],
            read["type"],
            base64.b64decode(read["meta"]),
            base64.b64decode(read["data"]),
            bytes.fromhex(read["leaf_sha256"]),
            bytes.fromhex(read["leaf_sm3"]),
        )


def releases() -> list[str]:
    """Releases that have golden histories, oldest first."""
    folders = [p.name for p in GOLDEN.glob("*.*.*") if p.is_dir()]
    return sorted(folders, key=lambda name: tuple(int(part) for part in name.split(".")))


def services(release: str) -> list[str]:
    """Services with a golden history in a release."""
    return sorted(p.stem for p in (GOLDEN / release).glob("*.jsonl"))


def records(release: str, service: str) -> list[Record]:
    """A service's golden history, in log order."""
    lines = (GOLDEN / release / f"{service}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Record.of(line) for line in lines]


def by_stream(found: Iterable[Record]) -> Mapping[str, list[Record]]:
    """Records of each stream, in order."""
    streams: dict[str, list[Record]] = {}
    for record in found:
        streams.setdefault(record.stream, []).append(record)
    return streams


def planned(service: str) -> Iterator[tuple[tuple[str, str], str]]:
    """(stream, full event name) of every event that a service's golden history holds."""
    streams = STREAMS.get(service, CASE)
    named = {name for events in streams.values() for name in events}
    package = f"corrections.{service}.v1"
    for stream, events in streams.items():
        rest = [n for n in _declared(package) if n not in named]
        wanted = [n for e in events for n in (rest if e == "*" else [e])]
        if stream[1] == "message":
            wanted.insert(0, "MessageReceived")
        for name in sorted(wanted, key=lambda n: ENDINGS.index(n) + 1 if n in ENDINGS else 0):
            yield stream, f"{package}.{name}"


def _declared(package: str) -> list[str]:
    mine = {n.rpartition(".")[2]: e for n, e in registry.events().items() if n.startswith(f"{package}.")}
    file = next(iter(mine.values())).message.DESCRIPTOR.file
    return [name for name in file.message_types_by_name if name in mine]
