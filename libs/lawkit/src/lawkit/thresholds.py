"""Whether a fact lies on the side of a line that a rule names. The line itself is the rule's data.

Whether the line belongs to the side is the rule's too: the Measures exclude 以下 and 超过, the Criminal Law
includes 以下 (counting.inclusive-mea, counting.inclusive-cl).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import eq, ge, gt, le, lt

from lawkit.errors import NoNumber
from lawkit.rules import Number, Rule

Value = Number | Fraction
_OPERATORS: Mapping[str, Callable[[Value, Value], bool]] = {
    "gte": ge, "gt": gt, "lte": le, "lt": lt, "eq": eq,
    "at_least": ge, "more_than": gt, "at_most": le, "less_than": lt, "exactly": eq,
}  # fmt: skip


# what the name of a second number of a rule says of the side it wants; the first that fits
_SIDES: Mapping[str, Callable[[Value, Value], bool]] = {
    "max_exclusive": lt, "gte": ge, "gt": gt, "lte": le, "lt": lt, "min": ge, "max": le,
}  # fmt: skip


def meets(rule: Rule, value: Value, key: str | None = None) -> bool:
    """Whether the value lies where the rule wants it: by its threshold, else by its duration and bound.

    In the rule's unit; a share (`numerator`, `denominator`) is exact. key: a second number of the rule, whose name
    says on which side of it the value must lie. Raises NoNumber for a rule with no line.
    """
    if key is not None:
        return _side(rule, key)(value, rule.number(key))
    op = rule.numbers.get("op")
    if op == "range":
        return _in_range(rule, value)
    if isinstance(op, str) and op in _OPERATORS:
        return _OPERATORS[op](value, _line(rule))
    if rule.duration is not None and (compare := _OPERATORS.get(rule.bound or "")):
        return compare(value, rule.duration)
    raise NoNumber(rule.id, "a line", "a rule with a threshold, or a duration and a bound")


def _side(rule: Rule, key: str) -> Callable[[Value, Value], bool]:
    parts = f"_{key}_"
    for name, compare in _SIDES.items():
        if f"_{name}_" in parts:
            return compare
    raise NoNumber(rule.id, key, f"a number named by one of {', '.join(_SIDES)}")


def _line(rule: Rule) -> Value:
    if "denominator" in rule.numbers:
        return Fraction(int(rule.number("numerator")), int(rule.number("denominator")))
    return rule.number()


def _in_range(rule: Rule, value: Value) -> bool:
    if value < rule.number("min"):
        return False
    if "max_exclusive" in rule.numbers:
        return value < rule.number("max_exclusive")
    return value <= rule.number("max")
