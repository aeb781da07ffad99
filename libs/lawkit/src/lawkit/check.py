"""Worked examples against the law: `guitu law check FILE`.

An example gives facts (`compute`: a computation by name and its arguments) and what must come out (`expect`).
It passes when every expected key comes out as expected; `outcome` is for people. Whatever would pass without
having been asked counts as failed, each with its reason and line: nothing expected, an expected key that the
computation does not answer, a fact that nobody reads, a rule that does not exist, an id given twice, an unknown
computation, a missing fact, a fact in a word that the law does not know, a length that the example's own rule does not
have, no rule or an article that its source does not have, a record that is no example.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import cast

from lawkit import _check_organs, _check_persons, _check_time
from lawkit._check_articles import unknown_articles
from lawkit._check_context import Answer, Example, read_back
from lawkit._facts import Facts
from lawkit.errors import CalendarMissing, LawError, NotInForce, WrongData
from lawkit.law import Law
from lawkit.loading_yaml import Marked

Computation = Callable[[Law, Example, Facts], Answer]
_COMPUTATIONS: Mapping[str, Computation] = {
    **_check_time.COMPUTATIONS,
    **_check_organs.COMPUTATIONS,
    **_check_persons.COMPUTATIONS,
}
_FOR_PEOPLE = "outcome"
_FIELDS = {"id", "topic", "title", "rules", "given", "compute", "expect", "articles", "official", "note"}
# in the place of a value: the computation does not answer that
NOT_ANSWERED = "not answered"
_NOT_IN_FORCE = "not-in-force"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that came out differently; `got` is NOT_ANSWERED when the computation does not give the key."""

    key: str
    expected: object
    got: object
    line: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One example. error: why it failed but for differences; unused: facts that no computation read; line: from 1.

    read_back: the day whose law an official case with older days was asked by (law_of_the_day.py); None for all others.
    """

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
    line: int = 0
    read_back: date | None = None


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
    results: list[Result] = []
    first: dict[str, int] = {}
    for number, raw in enumerate(examples, 1):
        result = check_one(law, raw)
        if result.id in first:
            again = f"the id {result.id} was given before, example {first[result.id]} of the file"
            error = again if result.error is None else f"{again}; {result.error}"
            result = replace(result, passed=False, error=error)
        first.setdefault(result.id, number)
        results.append(result)
    return Report(tuple(results))


def check_file(law: Law, file: Marked) -> Report:
    """The same for a file, with the line of each example and difference. Raises WrongData for no list of examples."""
    report = check(law, examples_of(file.content))
    start = ("examples",) if isinstance(file.content, dict) else ()
    return Report(
        tuple(
            replace(
                one,
                line=file.line((*start, at)),
                differences=tuple(
                    replace(difference, line=file.line((*start, at, "expect", difference.key)))
                    for difference in one.differences
                ),
            )
            for at, one in enumerate(report.results)
        )
    )


def check_one(law: Law, raw: object) -> Result:
    """One example computed and compared. Never raises for what the example says."""
    try:
        example = Example.parse(raw)
    except LawError as wrong:
        return Result(_id_of(raw), "", False, {}, {}, (), "", (), str(wrong))
    wanted = {key: value for key, value in example.expect.items() if key != _FOR_PEOPLE}
    if (name := example.compute.get("fn")) not in _COMPUTATIONS:
        reasons = [
            f"no such computation: {name}{_near(str(name), _COMPUTATIONS)}",
            *_not_asked(law, raw, example, wanted),
        ]
        return Result(
            example.id,
            example.title,
            False,
            wanted,
            {},
            (),
            example.articles,
            example.rules,
            "; ".join(reasons),
        )
    facts = Facts(example.compute)
    error: str | None = None
    asked_by: date | None = None
    try:
        got, asked_by = _computed(law, example, facts)
    except NotInForce as other_day:
        error = str(other_day)
        got = {"error": _NOT_IN_FORCE}
    except CalendarMissing as missing:
        error = f"calendar-missing {missing.year}"
        got = {"error": error}
    except (LawError, ValueError, OverflowError) as wrong:
        error = str(wrong)
        got = {"error": error}
    differences = tuple(_differences(wanted, got))
    answers = error is None or "error" in wanted
    reasons = [*_not_asked(law, raw, example, wanted), *(_unread(facts) if answers else ())]
    passed = answers and not differences and not reasons
    if not passed and error is not None:
        reasons.append(error)
    return Result(
        example.id, example.title, passed, wanted, got, differences, example.articles, example.rules,
        "; ".join(reasons) or None, facts.unused, read_back=asked_by,
    )  # fmt: skip


def _differences(wanted: Answer, got: Answer) -> Iterator[Difference]:
    for key, value in wanted.items():
        if key not in got:
            yield Difference(key, value, NOT_ANSWERED if "error" not in got else None)
        elif not _same(value, got[key]):
            yield Difference(key, value, got[key])


def _not_asked(law: Law, raw: object, example: Example, wanted: Answer) -> Iterator[str]:
    """Why the example would pass, or seem to be about something, without asking anything of the law."""
    if not wanted:
        yield "nothing is expected: expect must hold a key that the computation answers"
    for key, value in cast(Mapping[str, object], raw).items():
        # YAML reads `articles: CCL 57, 58` inside braces as a key 58 without a value
        if value is not None and key not in _FIELDS:
            yield f"no field of an example: {key}{_near(str(key), _FIELDS)}"
    if not example.rules:
        yield "no rule is named: rules must hold the rule that the example is about"
    if not example.articles:
        yield "no article is named: articles must say where the law is written"
    yield from unknown_articles(law, example.articles)
    known = _known_ids(law)
    for rule_id in example.rules:
        if rule_id not in known:
            yield f"no such rule: {rule_id}{_near(rule_id, known)}"


def _unread(facts: Facts) -> Iterator[str]:
    for name in facts.unused:
        place, dot, own = name.rpartition(".")
        near = _near(own, (one.rpartition(".")[2] for one in facts.asked if one.rpartition(".")[0] == place))
        yield f"the computation reads no fact {place}{dot}{own}{near}"


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, sorted(known), 1)
    return f" (meant {near[0]}?)" if near else ""


def _known_ids(law: Law) -> frozenset[str]:
    file = law.catalogue
    groups = (file.forbidden_features, file.traps, file.documents, file.transitions, file.approvals)
    rows = (file.quarterly_assessment.id, *(row.id for row in file.quarterly_assessment.rows))
    return frozenset((*law.rule_ids, *law.setting_ids, *rows, *(one.id for group in groups for one in group)))


def _computed(law: Law, example: Example, facts: Facts) -> tuple[Answer, date | None]:
    """By the law of the facts' day; a published case with older days by the law it teaches, with that law's day."""
    try:
        return _compute(law, example, facts), None
    except NotInForce:
        taught = read_back(law, example)
        if taught is None:
            raise
        return _compute(taught[0], example, facts), taught[1]


def _compute(law: Law, example: Example, facts: Facts) -> Answer:
    return _COMPUTATIONS[facts.word("fn")](law, example, facts)


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
