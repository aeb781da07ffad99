"""Which documents a step requires and who gets copies, by kind and by the law of the day.

The steps are the transitions of rules.yaml; their documents and rules say what goes with them.
"""

from dataclasses import dataclass
from datetime import date

from lawkit.errors import UnknownRule
from lawkit.law import Law
from lawkit.model import Form, Transition
from lawkit.rules import Rule


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents of a step, the roles that get copies, and the rules in force that ask for either."""

    documents: tuple[Form, ...]
    copy_to: tuple[str, ...]
    rules: tuple[str, ...]


def step(law: Law, name: str) -> Transition:
    """The transition of that id, or of the event with that name. Raises UnknownRule."""
    for transition in law.catalogue.transitions:
        if name == transition.id or name in transition.event.split("/"):
            return transition
    raise UnknownRule(name, "transitions")


def papers_of(law: Law, name: str, kind: str, on: date) -> Papers:
    """What the step requires for the kind on that day, in the law's order.

    A document that only rules of other kinds, or rules not in force, ask for is left out; one that no rule of
    the step names belongs to the step itself. Raises UnknownRule.
    """
    law.kind(kind)
    transition = step(law, name)
    named = [law.rule(rule_id) for rule_id in transition.rules]
    acting = [rule for rule in named if rule.applies_to(kind) and law.in_force(rule.id, on)]
    elsewhere = {document for rule in named if rule not in acting for document in rule.documents}
    here = {document for rule in acting for document in rule.documents}
    wanted = [d for d in transition.documents if d in here or d not in elsewhere]
    asking = [rule.id for rule in acting if rule.copy_to or here.intersection(rule.documents)]
    return Papers(tuple(law.documents[d] for d in wanted), _copies(acting), tuple(asking))


def _copies(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(role for rule in rules for role in rule.copy_to))
