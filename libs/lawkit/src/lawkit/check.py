"""Worked examples against the law: `guitu law check FILE`.

An example gives facts (`compute`: a computation by name and its arguments) and what must come out (`expect`).
It passes when every expected key comes out as expected; `outcome` is for people. A computation that nobody
knows, a fact that is missing and a record that is no example count as failed, each with its reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from lawkit import _check_organs, _check_persons, _check_time
from lawkit._check_context import Answer, Example
from lawkit._facts import Facts
from lawkit.errors import CalendarMissing, LawError, WrongData
from lawkit.law import Law

Computation = Callable[[Law, Example, Facts], Answer]
_COMPUTATIONS: Mapping[str, Computation] = {
    **_check_time.COMPUTATIONS,
    **_check_organs.COMPUTATIONS,
    **_check_persons.COMPUTATIONS,
}
_FOR_PEOPLE = "outcome"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that came out differently; `got` is None when the computation does not give the key."""

    key: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True)
class Result:
    """One example. error: why nothing could be computed; unused: facts that no computation read."""

    id: str
    title: str
    passed: bool
    expected: Mapping[str, object]
    got: Mapping[str, object]
    differences: tuple[Difference, ...]
    articles: str
    rules: tuple[str, ...]
    error: str | None = None
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All examples of a file, in its order."""

    results: tuple[Result, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        """How many did not."""
        return len(self.results) - self.passed

    @property
    def closing(self) -> str:
        """The last line of the report."""
        return f"{self.passed} passed, {self.failed} failed"


def computations() -> tuple[str, ...]:
    """The names that `compute.fn` may have."""
    return tuple(sorted(_COMPUTATIONS))


def examples_of(document: object) -> tuple[object, ...]:
    """The examples of a parsed YAML or JSON document: a list, or a mapping with `examples`. Raises WrongData."""
    listed = cast(Mapping[str, object], document).get("examples") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise WrongData("examples", type(listed).__name__, "a list of examples")
    return tuple(cast(list[object], listed))


def check(law: Law, examples: Iterable[object]) -> Report:
    """Every example computed by this law and compared; nothing stops at the first failure."""
    return Report(tuple(check_one(law, example) for example in examples))


def check_one(law: Law, raw: object) -> Result:
    """One example computed and compared. Never raises for what the example says."""
    try:
        example = Example.parse(raw)
    except LawError as wrong:
        return Result(_id_of(raw), "", False, {}, {}, (), "", (), str(wrong))
    facts = Facts(example.compute)
    error: str | None = None
    try:
        got = _compute(law, example, facts)
    except CalendarMissing as missing:
        error = f"calendar-missing {missing.year}"
        got = {"error": error}
    except (LawError, ValueError, OverflowError) as wrong:
        error = str(wrong)
        got = {"error": error}
    wanted = {key: value for key, value in example.expect.items() if key != _FOR_PEOPLE}
    differences = tuple(
        Difference(key, value, got.get(key))
        for key, value in wanted.items()
        if not _same(value, got.get(key))
    )
    passed = not differences and (error is None or "error" in wanted)
    explained = None if passed else error
    return Result(
        example.id, example.title, passed, wanted, got, differences, example.articles, example.rules, explained,
        facts.unused,
    )  # fmt: skip


def _compute(law: Law, example: Example, facts: Facts) -> Answer:
    name = facts.word("fn")
    computation = _COMPUTATIONS.get(name)
    if computation is None:
        raise WrongData("compute.fn", repr(name), f"one of {', '.join(computations())}")
    return computation(law, example, facts)


def _same(expected: object, got: object) -> bool:
    if expected is False and got == "no":
        # YAML 1.1 reads an unquoted `no` as false
        return True
    left, right = _plain(expected), _plain(got)
    if isinstance(left, list) and isinstance(right, list):
        # the order of copies, missing items and rows carries no meaning in law
        return sorted(map(str, left)) == sorted(map(str, right))  # type: ignore[reportUnknownArgumentType]
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _plain(value: object) -> object:
    """As YAML writes it: days as text, tuples as lists, `none` and `no` as nothing."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in cast(Iterable[object], value)]
    return None if value in ("none", "no") else value


def _id_of(raw: object) -> str:
    return str(cast(Mapping[str, object], raw).get("id", "?")) if isinstance(raw, dict) else "?"
