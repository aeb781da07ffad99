"""What the code of the workspace says of itself, for pages that contracts alone cannot fill.

The libraries and services stand above the contracts: this program loads them by name when it runs, nothing of the
contracts imports them.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader of another service's events."""

    service: str
    subscription: str


def module(name: str) -> ModuleType:
    """The module of this name; ModuleNotFoundError where there is none."""
    return importlib.import_module(name)


def services(root: Path) -> list[str]:
    """Services of the repository, in order of name."""
    return sorted(p.name for p in (root / "services").iterdir() if (p / "pyproject.toml").is_file())


def consumers(root: Path) -> Mapping[str, tuple[Reading, ...]]:
    """Who reads each event from its topic, by full name of the event."""
    found: dict[str, list[Reading]] = {}
    for service in services(root):
        for name, reads in _subscriptions(service):
            for event in reads:
                found.setdefault(event, []).append(Reading(service, name))
    return {event: tuple(readings) for event, readings in found.items()}


def _subscriptions(service: str) -> Iterator[tuple[str, list[str]]]:
    if importlib.util.find_spec(f"{service}.main") is None:
        return
    composed = getattr(module(f"{service}.main"), "SERVICE", None)
    for subscription in getattr(composed, "subscriptions", ()):
        yield subscription.name, sorted({kind.DESCRIPTOR.full_name for kind in subscription.handle})
