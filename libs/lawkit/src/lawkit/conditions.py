"""Conditions of the law in CEL, where a table does not serve.

A condition is compiled against the facts that its table declares, with their types: an undeclared fact, a wrong
type or a result other than yes and no does not load. CEL has no side effects, no loops without end, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from cel_expr_python import cel

from lawkit.counting import SHANGHAI
from lawkit.errors import LawError
from lawkit.model import Fact

FactValue = bool | int | str | date | list[str]
_TYPES = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "string": cel.Type.STRING,
    "date": cel.Type.TIMESTAMP,
    "list(string)": cel.Type.List(cel.Type.STRING),
}


class WrongCondition(LawError):
    """A condition that does not compile against the declared facts, or cannot be decided on the given ones."""

    def __init__(self, got: str, want: str) -> None:
        super().__init__(f"got {got}, want {want}")
        self.got = got
        self.want = want


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: its text, and the facts that it may be asked with."""

    text: str
    facts: Mapping[str, Fact]
    _compiled: cel.Expression

    def holds(self, facts: Mapping[str, FactValue]) -> bool:
        """Whether the condition holds for the facts. Raises WrongCondition: unknown or missing facts."""
        unknown = sorted(facts.keys() - self.facts.keys())
        if unknown:
            raise WrongCondition(f"the facts {unknown}", f"facts among {sorted(self.facts)}")
        data = {name: _for_cel(value) for name, value in facts.items()}
        try:
            value = self._compiled.eval(data=data).value()
        except (RuntimeError, TypeError, ValueError) as error:
            raise WrongCondition(f"{self.text!r}: {_first_line(error)}", "the facts it asks") from None
        if not isinstance(value, bool):
            raise WrongCondition(f"{self.text!r} without an answer", f"the facts {sorted(self.facts)}")
        return value


def compiled(text: str, facts: Mapping[str, Fact]) -> Condition:
    """The condition over the declared facts. Raises WrongCondition."""
    environment = cel.NewEnv(variables={name: _TYPES[fact.type] for name, fact in facts.items()})
    try:
        expression = environment.compile(text)
    except RuntimeError as error:
        raise WrongCondition(f"{text!r}: {_first_line(error)}", "CEL over the declared facts") from None
    if expression.return_type() != cel.Type.BOOL:
        raise WrongCondition(f"{text!r}, a {expression.return_type().name()}", "yes or no")
    return Condition(text, facts, expression)


def _for_cel(value: FactValue) -> object:
    return datetime.combine(value, time.min, SHANGHAI) if isinstance(value, date) else value


def _first_line(error: Exception) -> str:
    return str(error).removeprefix("INVALID_ARGUMENT: ERROR: ").partition("\n")[0]
