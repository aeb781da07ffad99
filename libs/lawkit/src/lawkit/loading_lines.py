"""The lines of a catalogue against each other: ladders without gap or overlap, units that fit the counting, sources in time.

data/ladders.yaml says which rules stand side by side. Several versions of a rule are compared for the days on which both
are in force.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise, product

import yaml
from pydantic import TypeAdapter

from lawkit.errors import Fault
from lawkit.model import Catalogue
from lawkit.rules import Number, Rule
from lawkit.words import CLOSED

# in which units a way of counting counts; P-AGE: in years, which stand in the threshold
UNITS: Mapping[str, frozenset[str]] = {
    name: frozenset(units.split())
    for name, units in {
        "P-HOUR": "hour", "P-DAY": "day", "P-DAY-STRICT": "day", "P-WD": "working_day", "P-MONTH": "month",
        "P-MONTH-STRICT": "month", "P-BACK-DAY": "day", "P-BACK-MONTH": "month", "P-LEAVE": "day", "P-DEVICE": "month",
        "P-PERMIT": "month", "P-TERM": "month", "P-LATE": "day month", "P-INTERVAL": "day month", "P-AGE": "",
    }.items()
}  # fmt: skip
# what a bound or the operator of a threshold says of a line: does it belong below it, above it, with it
_ENDS = {"at_most": True, "lte": True, "less_than": False, "lt": False, "max_exclusive": False, "max": True}
_BEGINS = {"more_than": False, "gt": False, "at_least": True, "gte": True, "min": True}
_SAME_LINE = {"at_most": "lte", "less_than": "lt", "more_than": "gt", "at_least": "gte", "exactly": "eq"}
# an order of lengths of different units, for comparing only
_DAY = 24  # not the law's: hours
_MONTH = 30 * _DAY  # not the law's: of some length
_HOURS = {"hour": 1, "day": _DAY, "working_day": _DAY, "month": _MONTH}


@dataclass(frozen=True, slots=True)
class Ladders:
    """data/ladders.yaml; its head says what each list means."""

    __pydantic_config__ = CLOSED

    meets: tuple[tuple[str, str], ...]
    same: tuple[tuple[str, ...], ...]
    rises: tuple[tuple[str, ...], ...]
    equal: tuple[tuple[str, str], ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A number of a rule, and on which side of it the rule lies. how: bound, operator or key."""

    rule: Rule
    at: int
    number: Number
    how: str
    key: str | None

    def __str__(self) -> str:
        return f"{self.how} {self.number} {self.rule.unit or ''}".rstrip()

    @property
    def field(self) -> str:
        """The field where the number stands."""
        return "threshold" if self.key else "duration"


@cache
def ladders() -> Ladders:
    """The ladders of this release."""
    text = (files("lawkit") / "data" / "ladders.yaml").read_text(encoding="utf-8")
    return TypeAdapter(Ladders).validate_python(yaml.load(text, Loader=yaml.CSafeLoader))


def ladders_meet(file: Catalogue) -> Iterator[Fault]:
    """Ladders where one step overlaps the next, leaves a gap, or lies the wrong way round."""
    known = ladders()
    rules: dict[str, list[tuple[int, Rule]]] = {}
    for at, rule in enumerate(file.rules):
        rules.setdefault(rule.id, []).append((at, rule))
    for one, other in _together(known.meets, rules):
        if (one.rule.unit, one.rule.counting) != (other.rule.unit, other.rule.counting):
            got = f"{one} by {one.rule.counting.profile}"
            yield _fault(
                one, got, f"the unit and counting of {other.rule.id} ({other}, {other.rule.counting.profile})"
            )
        elif one.number != other.number or _ENDS.get(one.how) is _BEGINS.get(other.how):
            wrong = "overlaps" if one.number > other.number else "leaves a gap to"
            yield _fault(
                one,
                f"{one}, which {wrong} {other.rule.id}: {other}",
                f"the line where {other.rule.id} begins",
            )
    for one, other in _together(_pairs(known.same), rules):
        alike = (one.number, one.how, one.rule.unit, one.rule.counting.profile)
        if alike != (other.number, other.how, other.rule.unit, other.rule.counting.profile):
            yield _fault(other, str(other), f"{one} as {one.rule.id}")
    for one, other in _together(_pairs(known.rises), rules):
        if _hours(one) >= _hours(other):
            yield _fault(
                one,
                str(one),
                f"less than {other} of {other.rule.id}{'#' if other.key else ''}{other.key or ''}",
            )
    for one, other in _together(known.equal, rules):
        if one.number != other.number:
            yield _fault(one, str(one), f"{other.number}, as it is said again in {other.key or 'duration'}")


def thresholds_are_sound(file: Catalogue) -> Iterator[Fault]:
    """Thresholds that contradict themselves or the duration beside them."""
    for at, rule in enumerate(file.rules):
        numbers, path = rule.numbers, ("rules", at, "threshold")
        for low, high in (
            ("min", "max"),
            ("min", "max_exclusive"),
            ("fine_min_cny", "fine_max_cny"),
            ("sentence_min", "sentence_max"),
        ):
            least, most = numbers.get(low), numbers.get(high)
            if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
                yield Fault(
                    f"{rule.id}.threshold",
                    f"{low} {least} beside {high} {most}",
                    f"{low} not over {high}",
                    path=path,
                )
        op, value = numbers.get("op"), numbers.get("value")
        if rule.duration is None or not isinstance(value, int | float):
            continue
        if value != rule.duration:
            got = f"duration {rule.duration} beside a threshold of {value}"
            yield Fault(f"{rule.id}.threshold", got, "one number", path=path)
        if isinstance(op, str) and rule.bound in _SAME_LINE and op != _SAME_LINE[rule.bound]:
            got = f"{rule.bound} beside {op}"
            yield Fault(
                f"{rule.id}.bound",
                got,
                f"{_SAME_LINE[rule.bound]} with {rule.bound}",
                path=("rules", at, "bound"),
            )


def units_fit_the_counting(file: Catalogue) -> Iterator[Fault]:
    """Durations in a unit that their way of counting does not count."""
    for at, rule in enumerate(file.rules):
        units = UNITS.get(rule.counting.profile)
        if rule.unit and units is not None and rule.unit not in units:
            want = f"{' or '.join(sorted(units)) or 'no unit'} with {rule.counting.profile}"
            yield Fault(f"{rule.id}.unit", rule.unit, want, path=("rules", at, "unit"))
        if (
            rule.counting.profile == "P-NONE"
            and rule.duration is not None
            and rule.type in {"deadline", "interval"}
        ):
            want = "a way of counting for a period"
            yield Fault(f"{rule.id}.counting.profile", "P-NONE", want, path=("rules", at, "counting"))


def sources_are_in_force(file: Catalogue) -> Iterator[Fault]:
    """Rules that are in force before any text that they cite, or after the last."""
    sources = {source.id: source for source in file.sources}
    for at, rule in enumerate(file.rules):
        cited = [sources[citation.text] for citation in rule.source if citation.text in sources]
        if not cited:
            continue
        said = ", ".join(f"{s.id} {s.in_force_from} to {s.in_force_to or 'open'}" for s in cited)
        if not any(source.in_force(rule.in_force_from) for source in cited):
            got = f"{rule.in_force_from}, before or after its sources: {said}"
            want = "a day on which one of its sources is in force"
            yield Fault(f"{rule.id}.in_force_from", got, want, path=("rules", at, "in_force_from"))
        ends = [source.in_force_to for source in cited]
        last = max(end for end in ends if end) if None not in ends else None
        if last is not None and (rule.in_force_to is None or rule.in_force_to > last):
            got = f"{rule.in_force_to or 'open'}, after its sources: {said}"
            yield Fault(
                f"{rule.id}.in_force_to", got, f"{last} or earlier", path=("rules", at, "in_force_to")
            )


def _together(
    pairs: Sequence[tuple[str, str]], rules: Mapping[str, Sequence[tuple[int, Rule]]]
) -> Iterator[tuple[_Line, _Line]]:
    """The lines of both names, for each two versions that are in force on one day."""
    for one, other in pairs:
        for first, second in product(_lines(one, rules), _lines(other, rules)):
            if overlap(first.rule, second.rule):
                yield first, second


def _lines(name: str, rules: Mapping[str, Sequence[tuple[int, Rule]]]) -> Iterator[_Line]:
    rule_id, _, key = name.partition("#")
    for at, rule in rules.get(rule_id, ()):
        number: object = rule.numbers if key else rule.duration
        for step in key.split(".") if key else ():
            number = _below(number, step)
        if isinstance(number, int | float):
            how = str(rule.numbers.get("op")) if key == "value" else key or str(rule.bound)
            yield _Line(rule, at, number, how, key or None)


def _below(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return value[int(step)] if isinstance(value, list | tuple) and int(step) < len(value) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _pairs(groups: Sequence[Sequence[str]]) -> Sequence[tuple[str, str]]:
    return [pair for group in groups for pair in pairwise(group)]


def overlap(one: Rule, other: Rule) -> bool:
    """Whether both are in force on some day."""
    first, second = sorted((one, other), key=lambda rule: rule.in_force_from)
    return first.in_force_to is None or first.in_force_to >= second.in_force_from


def _hours(line: _Line) -> float:
    return line.number * _HOURS.get(line.rule.unit or "", 1)


def _fault(line: _Line, got: str, want: str) -> Fault:
    return Fault(f"{line.rule.id}.{line.field}", got, want, path=("rules", line.at, line.field))
