"""The event catalogue: docs/reference/events.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from contracts import registry
from contracts.reference import code
from contracts.reference.comments import Comments
from contracts.reference.markdown import GENERATED, short, table, type_of

if TYPE_CHECKING:
    from google._upb._message import EnumDescriptor as UpbEnumDescriptor
    from google.protobuf.descriptor import EnumDescriptor

_HEAD = """# Events

Every fact that the platform can record. The protobuf message is the only definition of an event: the same bytes are
stored, published on the topic, hashed and proven. Fields marked *sealed* are about a person's identity and can be
read only with that person's (or that exchange's) key. Audit reads every topic; the other readers are named.

"""


def area_of(full_name: str) -> str:
    """Service that an event or method belongs to."""
    return full_name.split(".")[1]


def in_order(names: Iterable[str]) -> list[str]:
    """Events of one file in the order in which the proto defines them."""
    known = set(names)
    file = registry.event_types()[min(known)].DESCRIPTOR.file
    return [m.full_name for m in file.message_types_by_name.values() if m.full_name in known]


def stream_of(comments: Comments, full_name: str) -> str:
    """Streams of the event's file, as its first comment names them: "case/<id>"."""
    path = registry.event_types()[full_name].DESCRIPTOR.file.name
    _, _, after = comments[path].partition("Stream")
    return after.lstrip("s").removeprefix(": ").partition(".")[0]


def first_versions(root: Path) -> Mapping[str, str]:
    """Release in whose golden histories each event first stands."""
    found: dict[str, str] = {}
    for folder in sorted(p for p in (root / "tests" / "golden").glob("*.*.*") if p.is_dir()):
        for file in sorted(folder.glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                found.setdefault(json.loads(line)["type"], folder.name)
    return found


def page(comments: Comments, root: Path) -> str:
    """The catalogue as one page."""
    areas: dict[str, list[str]] = {}
    for name in registry.events():
        areas.setdefault(area_of(name), []).append(name)
    readers, since = code.consumers(root), first_versions(root)
    parts = [GENERATED, _HEAD]
    for area, names in areas.items():
        ordered = in_order(names)
        parts.append(
            f"## {area}\n\nTopic `corrections.{area}.v1`; stream {stream_of(comments, names[0])}.\n\n"
        )
        rows = [_summary(comments, name) for name in ordered]
        parts.append(table(["Event", "中文", "What is now true", "Articles", "Rule"], rows) + "\n")
        parts += [_event(comments, n, readers.get(n, ()), since.get(n, "not yet released")) for n in ordered]
    return "".join(parts).rstrip("\n") + "\n"


def _summary(comments: Comments, name: str) -> list[str]:
    event = registry.events()[name]
    title = name.rpartition(".")[2]
    link = f"[{title}](#{short(name).replace('.', '').lower()})"
    return [link, event.title_zh, comments.sentence(name), ";".join(event.law), f"`{event.rule}`"]


def _event(comments: Comments, name: str, readers: tuple[code.Reading, ...], since: str) -> str:
    event = registry.events()[name]
    read_by = ", ".join(f"{r.service} ({r.subscription})" for r in readers) or "no subscription"
    fields = [
        [
            str(field.number),
            f"`{field.name}`",
            type_of(field) + (" *sealed*" if registry.personal(field) else ""),
            _meaning(comments.sentence(f"{name}.{field.name}"), field.enum_type),
        ]
        for field in event.message.DESCRIPTOR.fields
    ]
    lines = [
        f"### {short(name)}\n\n{event.title_zh}. {comments.sentence(name)}\n\n",
        f"{';'.join(event.law)} · rule `{event.rule}` · read by {read_by} · since {since}\n\n",
    ]
    return "".join(lines) + (table(["#", "Field", "Type", "Meaning"], fields) + "\n" if fields else "")


def _meaning(said: str, enum: EnumDescriptor | UpbEnumDescriptor | None) -> str:
    if enum is None:
        return said
    return f"{said} One of {', '.join(f'`{v.name}`' for v in enum.values if v.number)}."
