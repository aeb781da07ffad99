"""`python -m tests.golden.write`: the golden histories of the version in pyproject.toml, every event type at least once.

`make release-contracts` calls it. Until a version is released its folder is written anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid5

from contracts import registry
from eventcore import ids, meta
from eventcore.decider import Caller
from proofs.canonical import leaf_pair

from tests.golden.histories import GOLDEN, IMAGE, Record, planned
from tests.golden.values import Filler

INSTALLATION = "guitu-golden"
FIRST = datetime(2026, 3, 10, 1, tzinfo=UTC)
CALLER = Caller(f"spiffe://{INSTALLATION}/staff/330203/COUNTY_CCI/golden", "330203", "COUNTY_CCI", "golden")


def history(service: str, filler: Filler) -> Iterator[Record]:
    """The golden history of a service: one event an hour."""
    versions: dict[tuple[str, str], int] = {}
    for hour, (stream, name) in enumerate(planned(service)):
        category, key = stream
        version = versions[stream] = versions.get(stream, 0) + 1
        stream_id = ids.stream_id(INSTALLATION, service, category, key)
        event = filler.event(registry.event_types()[name])
        at = FIRST + timedelta(hours=hour)
        built = meta.build(
            event,
            origin=meta.Origin(service, CALLER, uuid5(stream_id, "correlation"), None, "0" * 64, "cn-2026"),
            stream=stream_id,
            version=version,
            subject=ids.derived(INSTALLATION, category, key),
            occurred_at=at,
            recorded_at=at,
        )
        head, data = (m.SerializeToString(deterministic=True) for m in (built, event))
        yield Record(f"{category}/{key}", name, head, data, *leaf_pair(head, data))


def main() -> None:
    """The folder of the version holds a file a service."""
    project = tomllib.loads((GOLDEN.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    folder = GOLDEN / project["project"]["version"]
    folder.mkdir(exist_ok=True)
    filler = Filler(IMAGE)
    for service in sorted({name.split(".")[1] for name in registry.events()}):
        lines = [record.line() for record in history(service, filler)]
        (folder / f"{service}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
