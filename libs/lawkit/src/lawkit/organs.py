"""Which organ a role belongs to, and whether the law lets that organ act. Roles are those of rules.yaml.

A role that is written as another one with an addition is of its organ: PSB_COUNTY and PSB_CITY are police.
"""

from collections.abc import Iterator

from lawkit.law import Law

COURT = "COURT"
_DECISION_ORGAN = "DECISION_ORGAN"
# who prepares a prisoner's temporary service also passes the decision on
_PASSES_ON = "decision.temporary.before-leaving"


def organ_of(law: Law, role: str) -> str:
    """The organ of the role: the shortest role of the catalogue that it begins with; itself when it is none."""
    codes = (one.code for one in law.catalogue.roles)
    return min((c for c in codes if role == c or role.startswith(f"{c}_")), key=len, default=role)


def may_act(law: Law, rule_id: str, role: str) -> bool:
    """Whether the rule names the role's organ as the one that acts; where it names the organ that decided, one of those
    that can have decided for the rule's kinds, or who passes their decisions on. Raises UnknownRule."""
    return organ_of(law, role) in {organ_of(law, actor) for actor in _actors(law, rule_id)}


def kin(law: Law, one: str, other: str) -> bool:
    """Whether both roles are of one organ; prisons, their administration and detention centres are one here."""
    organs = {organ_of(law, one), organ_of(law, other)}
    return len(organs) == 1 or organs <= _passing_on(law)


def _actors(law: Law, rule_id: str) -> Iterator[str]:
    rule = law.rule(rule_id)
    for actor in rule.actor:
        if actor != _DECISION_ORGAN:
            yield actor
            continue
        for kind in rule.kinds:
            yield from law.kind(kind).decided_by
            if law.kind(kind).reimprisonment:
                yield from _passing_on(law)


def _passing_on(law: Law) -> frozenset[str]:
    return frozenset(law.rule(_PASSES_ON).actor)
