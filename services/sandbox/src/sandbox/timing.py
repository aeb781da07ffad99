"""Where the wall time of a play goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """Seconds and number of spans by name."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    count: dict[str, int] = field(default_factory=dict[str, int])

    @contextlib.contextmanager
    def span(self, name: str) -> Generator[None]:
        """The time of the block counts under the name."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began
            self.count[name] = self.count.get(name, 0) + 1

    def lines(self) -> list[str]:
        """One line a name: seconds in all, number, mean in milliseconds."""
        return [
            f"{name}: {self.seconds[name]:.1f} s / {self.count[name]} = {1000 * self.seconds[name] / self.count[name]:.0f} ms"
            for name in self.seconds
        ]
