"""Which grounds the law gives for a measure, and on what each rests.

社区矫正法实施办法 第三十四条、第三十五条、第四十六条、第四十七条; 社区矫正法 第三十三条. The grounds are rules of the catalogue: a new one
is a new rule, and nobody else lists them.
"""

from enum import StrEnum
from typing import Literal

from lawkit.errors import WrongData
from lawkit.law import Law

Measure = Literal["admonition", "warning", "revocation"]
_MERIT = "major_merit"


class RestsOn(StrEnum):
    """What must be on record before a ground exists; EVIDENCE: what the officer shows, whatever it is."""

    LATENESS = "lateness"
    INJUNCTION = "injunction"
    ADMONITIONS = "admonitions"
    WARNINGS = "warnings"
    EVIDENCE = "evidence"


def _family(measure: Measure, kind: str) -> str:
    match measure:
        case "admonition":
            return "admonition.ground."
        case "warning":
            return "warning.ground."
        case "revocation":
            return f"revoke.{kind.lower()}.ground."


def grounds(law: Law, measure: Measure, kind: str) -> tuple[str, ...]:
    """The grounds of the measure for the kind of subject, in the order of the catalogue. Raises UnknownRule."""
    start = _family(measure, law.kind(kind).id)
    return tuple(one for one in law.rule_ids if one.startswith(start) and law.rule(one).applies_to(kind))


def is_ground(law: Law, measure: Measure, ground: str) -> bool:
    """Whether this is a ground of the measure for any kind of subject."""
    families = (_family(measure, kind) for kind in law.kinds)
    return ground in law.rule_ids and any(map(ground.startswith, families))


def rests_on(law: Law, ground: str) -> RestsOn:
    """On what the ground rests: lateness where the rule counts days of it, else what the rule says. Raises WrongData."""
    rule = law.rule(ground)
    if rule.counting.profile == "P-LATE":
        return RestsOn.LATENESS
    said = rule.numbers.get("rests_on", RestsOn.EVIDENCE)
    try:
        return RestsOn(str(said))
    except ValueError:
        raise WrongData(f"{ground}.rests_on", repr(said), f"one of {', '.join(RestsOn)}") from None


def reduction_grounds(law: Law) -> tuple[str, ...]:
    """The grounds on which a reduction of the sentence is proposed, in the order of the catalogue. 刑法 第七十八条."""
    return tuple(one for one in law.rule_ids if _MERIT in law.rule(one).numbers)


def is_major_merit(law: Law, ground: str) -> bool:
    """Whether the ground of a reduction is major merit."""
    return law.rule(ground).numbers.get(_MERIT) is True
