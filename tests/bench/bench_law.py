"""The speed of the law: a due date, the catalogue loaded and checked, an answer with its days, a calendar year that comes.

    python tests/bench/bench_law.py [--rounds N] [--clocks N] [--cases N]

Medians of CPU time over rounds, so that others on the machine do not matter. Each line reads `figure NAME VALUE UNIT target T ratio R ok|short`;
the exit code is 0 either way.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

DAYS = 365
# one rule of each way of counting; the last needs an instant
RULES = (
    "intake.report.deadline", "assessment.term.ordinary", "oversight.temporary.objection",
    "custody.temporary.twenty-four-hours", "release.summary", "device.max-term",
)  # fmt: skip
LOADED = """
import time
import lawkit.law
began = time.process_time()
lawkit.law.load_law()
print(time.process_time() - began)
"""
READ = """
import time
from importlib.resources import files
from lawkit.loading_file import read_catalogue
text = (files("lawkit") / "data" / "rules.yaml").read_bytes()
began = time.process_time()
read_catalogue(text)
print(time.process_time() - began)
"""
CHECKED = """
import time
import lawkit.law
from lawkit.forbidden import touched
from lawkit.loading_checks import contradictions
began = time.process_time()
law = lawkit.law.load_law()
assert not list(contradictions(law.catalogue)) and not list(touched(law.catalogue))
print(time.process_time() - began)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure and what it must not exceed."""

    name: str
    value: float
    unit: str
    target: float | None = None

    def show(self) -> None:
        """One line of the result."""
        line = f"figure {self.name} {self.value:.1f} {self.unit}"
        if self.target is not None:
            ratio = self.value / self.target
            line += f" target {self.target:g} ratio {ratio:.2f} {'ok' if ratio <= 1 else 'short'}"
        print(line, flush=True)


def starts(rule: str) -> Iterator[date | datetime]:
    """A start fact on each day of 2025; hours begin at an instant."""
    for days in range(DAYS):
        day = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(days=days)
        yield day if rule.endswith("hours") else day.date()


def per_call(ask: Callable[[date | datetime], object], asked: list[date | datetime]) -> float:
    """Microseconds of one call."""
    began = time.process_time()
    for start in asked:
        ask(start)
    return (time.process_time() - began) / len(asked) * 1e6


def due_dates(rounds: int) -> Iterator[Figure]:
    """A due date by each way of counting, and over all of them."""
    from lawkit import load_law

    law = load_law()
    medians: list[float] = []
    for rule in RULES:
        asked = list(starts(rule))
        law.due(rule, asked[0], date(2026, 6, 1))
        times = [per_call(lambda s, r=rule: law.due(r, s, date(2026, 6, 1)), asked) for _ in range(rounds)]
        medians.append(statistics.median(times))
        yield Figure(f"due.{law.rule(rule).counting.profile}", medians[-1], "us", 20)
    yield Figure("due", statistics.fmean(medians), "us", 20)


def explanations(rounds: int) -> Iterator[Figure]:
    """Why a day is as it is, with every counted day named, by each way of counting; the slowest one counts."""
    from lawkit import load_law
    from lawkit.why import why

    law = load_law()
    medians: list[float] = []
    for rule in RULES:
        asked = list(starts(rule))
        times = [
            per_call(lambda s, r=rule: why(law, r, s, on=date(2026, 6, 1)), asked) for _ in range(rounds)
        ]
        medians.append(statistics.median(times))
    yield Figure("why", max(medians), "us", 1000)


def in_a_new_process(code: str, rounds: int) -> float:
    """Milliseconds, the median of processes that have loaded nothing yet."""
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
        for _ in range(rounds)
    ]
    return statistics.median(times) * 1000


def recompute(clocks: int) -> None:
    """All clocks that waited for a calendar year, when it comes: real PostgreSQL, wall time."""
    if clocks:
        from recomputing import recompute_seconds

        Figure("recompute", recompute_seconds(clocks), "s", 60).show()


def simulation(cases: int) -> None:
    """Many cases replayed under a draft, their events in PostgreSQL (tests/bench/simulating.py)."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.bench.simulating import TARGET_S, simulated

    seconds, cpu, found = simulated(cases)
    Figure("simulate", seconds, "s", TARGET_S).show()
    print(
        f"  {found.cases:,} cases from PostgreSQL, without gRPC; {cpu:.1f} s of CPU; {found.outcomes:,} outcomes and {found.deadlines:,} "
        f"deadlines change, {len(found.unlike)} not reproduced",
        flush=True,
    )


def main() -> None:
    """All measurements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clocks", type=int, default=1_000_000, help="clocks asked again; 0 skips that")
    parser.add_argument("--cases", type=int, default=5000, help="cases to simulate; 0: none")
    arguments = parser.parse_args()
    rounds, clocks = arguments.rounds, arguments.clocks
    for figure in due_dates(rounds):
        figure.show()
    for figure in explanations(rounds):
        figure.show()
    Figure("law_loaded_from_its_twin", in_a_new_process(LOADED, rounds), "ms", 300).show()
    Figure("law_loaded_and_checked", in_a_new_process(CHECKED, rounds), "ms", 300).show()
    Figure("law_read_from_yaml_and_checked", in_a_new_process(READ, rounds), "ms").show()
    recompute(clocks)
    size = len((files("lawkit") / "data" / "rules.json").read_bytes())
    print(f"  twin of {size:,} bytes", flush=True)
    if arguments.cases:
        simulation(arguments.cases)


if __name__ == "__main__":
    main()
