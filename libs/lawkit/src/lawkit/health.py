"""Health of persons in temporary service. 社区矫正法实施办法 第二十四条; 司发通〔2023〕24号 第五条、第二十五条."""

from datetime import date

from lawkit.errors import NoNumber, WrongFact
from lawkit.ladders import Approval
from lawkit.law import Law
from lawkit.rules import Number
from lawkit.thresholds import meets

_EXTENSIONS = (
    "health.extension.under-one-month",
    "health.extension.one-to-three-months",
    "health.extension.three-months-or-more",
)
_INFORM = "health.extension.notify-procuratorate"
_SELF_CARE = "decision.temporary.self-care-test"


def extension_approver(law: Law, months: Number, *, on: date) -> Approval:
    """Who approves that reports and re-examinations come so many months later. Table 7.4 of the handbook.

    Every extension is told to the county procuratorate. Raises WrongFact, NotInForce.
    """
    if months <= 0:
        raise WrongFact("months", months, "more than 0 months of extension")
    for rule in (law.rule(rule_id, on) for rule_id in _EXTENSIONS):
        if meets(rule, months):
            inform = law.rule(_INFORM, on).id if rule.copy_to else None
            return Approval(rule.actor[0], rule.id, rule.copy_to, inform)
    raise NoNumber(_EXTENSIONS[-1], str(months), "a tier of health.extension")


def unable_to_care_for_oneself(law: Law, *, age: int, acts: int, months_treated: Number, on: date) -> bool:
    """Whether somebody of that age who needs help with so many daily acts cannot care for themselves.

    From the age of the rule on fewer acts are enough and no treatment is asked for. Raises WrongFact.
    """
    rule = law.rule(_SELF_CARE, on)
    if not 0 <= acts <= rule.number("acts_of"):
        raise WrongFact("acts", acts, f"0 to {rule.number('acts_of')} daily acts")
    if age >= rule.number("from_age"):
        return acts >= rule.number("value_from_age")
    return meets(rule, acts) and months_treated >= rule.number("treatment_months_gte")
