"""Which logs audit checks: every service whose events the contracts know."""

from __future__ import annotations

from contracts import registry

OWN = "audit"


def service_of(type_name: str) -> str:
    """Service of an event's full protobuf name: corrections.<service>.v1.<Event>."""
    return type_name.split(".")[1]


LOGS: tuple[str, ...] = tuple(sorted({service_of(name) for name in registry.event_types()}))
OTHERS: tuple[str, ...] = tuple(name for name in LOGS if name != OWN)
