"""Health of persons in temporary service. 社区矫正法实施办法 第二十四条; 司发通〔2023〕24号 第五条、第二十五条."""

from datetime import date
from fractions import Fraction

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
_SERVED = "decision.temporary.minimum-served"


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


def served_long_enough(
    law: Law, *, original_years: Number | None, served_years: Number, in_danger: bool = False, on: date
) -> bool:
    """Whether a recidivist or grave offender has served what temporary service for illness asks for.

    original_years: the original sentence, None for death with reprieve or life that was commuted; then served_years
    counts from the commutation. in_danger: a grave illness with danger to life soon, which waits for nothing. Shorter
    sentences wait for nothing either. 暂予监外执行规定 第七条. Raises NotInForce.
    """
    rule = law.rule(_SERVED, on)
    if in_danger:
        return True
    if original_years is None:
        return meets(rule, served_years, "commuted_death_or_life_years_gte")
    if not meets(rule, original_years, "original_years_gte"):
        return True
    return meets(rule, Fraction(str(served_years)) / Fraction(str(original_years)))
