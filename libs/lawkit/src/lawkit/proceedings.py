"""Who proposes what to whom, with which papers, and who gets copies.

社区矫正法 第四十六条至第四十九条; 社区矫正法实施办法 第四十六条至第四十九条; 司发通〔2026〕8号 第十六条.
Which measure exists for which kind: tables.measure_available.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lawkit.errors import MissingFact, WrongFact
from lawkit.grids import words_by
from lawkit.law import Law
from lawkit.rules import Number
from lawkit.thresholds import meets
from lawkit.vocabulary import arrest_grounds, deciders, known, known_or_none, not_misspelt

CourtLevel = Literal["basic", "intermediate", "high"]
BreachMeasure = Literal["none", "warning-or-psa-73-1", "psa-73-1", "revocation-proposal"]
_ARREST = "arrest.only-with-proposal"
_ARREST_GROUND = "arrest.ground."
_EVIDENCE = "arrest.evidence"
_PROPOSER = "revoke.proposer.same-level"
_REIMPRISON_PROPOSER = "reimprison.proposer"
_ORIGINAL = "revoke.addressee.original-court"
_OTHER_PROVINCE = "revoke.addressee.other-province"
_REIMPRISON_ADDRESSEE = "reimprison.addressee"
_WHO_TAKES = "reimprison.who-takes"
_KINDS = "injunction.kinds"
_NONE = "revoke.surveillance.none"
_DOSSIER = "revoke.dossier"
_PROOF = "non-counted-time-proof"
_SERIOUS = "injunction.breach.serious-count"
_MINOR = "warning.ground.injunction-minor"
_PENALTY = "injunction.breach.not-serious"
_REVOKE = "revoke.probation.ground.injunction-serious"


@dataclass(frozen=True, slots=True)
class Request:
    """Whether a request may be made; breaks: the rules in its way."""

    allowed: bool
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Competent:
    """Who is competent, None when the measure does not exist, and the rule."""

    role: str | None
    rule_id: str


@dataclass(frozen=True, slots=True)
class TakingIn:
    """Who brings a person back, and whether to a prison or a detention centre."""

    by: str
    to: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a proposal goes. confirm_original: choosing the original organ needs confirmation."""

    default: str | None
    options: tuple[str, ...]
    confirm_original: bool
    rule_id: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Whether all items are there; missing ones in the order of the law."""

    complete: bool
    missing: tuple[str, ...]
    rule_id: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What a breach of an injunction leads to, serious or not, and the rules."""

    measure: BreachMeasure
    serious: bool
    rules: tuple[str, ...]


def arrest_request(
    law: Law, kind: str, *, with_proposal: bool, evidence: bool, ground: str | None = None
) -> Request:
    """Whether arrest may be requested: for probation and parole, with the proposal and with evidence.

    ground: one of arrest.ground.*; None when the evidence is said to show one. Raises UnknownRule, WrongFact.
    """
    known_or_none("ground", ground, arrest_grounds(law))
    breaks: list[str] = []
    if not law.kind(kind).arrest_request or not with_proposal:
        breaks.append(_ARREST)
    if not evidence:
        breaks.append(_EVIDENCE)
    if ground is not None and _ARREST_GROUND + ground not in law.rule_ids:
        breaks.append(_EVIDENCE)
    return Request(not breaks, tuple(dict.fromkeys(breaks)))


def proposer(law: Law, kind: str, court_level: str | None, on: date | None = None) -> Competent:
    """Which institution proposes revocation (the one of the court's level) or re-imprisonment (the county's).

    Raises WrongFact for an unknown level, UnknownRule.
    """
    facts = law.kind(kind)
    if court_level is not None:
        institution_of(law, court_level, on)
    if facts.reimprisonment:
        rule = law.rule(_REIMPRISON_PROPOSER, on)
        return Competent(rule.actor[0], rule.id)
    if not facts.revocation:
        return Competent(None, _NONE)
    return Competent(institution_of(law, court_level, on), _PROPOSER)


def institution_of(law: Law, court_level: str | None, on: date | None = None) -> str:
    """The role of the institution that has the level of the court: basic, intermediate, high. Raises WrongFact."""
    levels = words_by(law.rule(_PROPOSER, on), "by_court")
    if court_level is None or court_level not in levels:
        raise WrongFact("court_level", court_level, f"one of {', '.join(levels)}")
    return levels[court_level]


def addressee(law: Law, kind: str, *, original_province: str, execution_province: str) -> Addressee:
    """To whom revocation or re-imprisonment is proposed, and what else the law leaves open.

    Raises UnknownRule.
    """
    facts, elsewhere = law.kind(kind), original_province != execution_province
    if facts.reimprisonment:
        setting = law.setting("set.reimprison.addressee")
        return Addressee(setting.choice, _words(setting.options), elsewhere, _REIMPRISON_ADDRESSEE)
    if not facts.revocation:
        return Addressee(None, (), False, _NONE)
    setting = law.setting("set.revoke.other-province-court")
    if elsewhere:
        return Addressee(setting.choice, _words(setting.options), False, _OTHER_PROVINCE)
    original = _words(setting.options)[0]
    return Addressee(original, (original,), False, _ORIGINAL)


def taking_in(law: Law, decider: str, remaining_months: Number | None = None) -> TakingIn:
    """Who takes a person in after a decision to re-imprison, and where.

    A court's decision: by the rest of the sentence, the months of the rule included; the others keep the
    file. Raises WrongFact, MissingFact.
    """
    rule = law.rule(_WHO_TAKES)
    known("decider", decider, deciders(law))
    if decider == "PRISON_ADMIN":
        return TakingIn("PRISON", "PRISON", rule.id)
    if decider == "PSB_CITY":
        return TakingIn("PSB", "DETENTION", rule.id)
    if remaining_months is None:
        raise MissingFact("remaining_months")
    short = remaining_months <= rule.number("court_remaining_months_to_detention_centre")
    return TakingIn("PSB", "DETENTION" if short else "PRISON", rule.id)


def copies(law: Law, kind: str, step: str, on: date | None = None) -> tuple[str, ...]:
    """Who gets a copy at the step, by every rule in force that names the step for the kind.

    A procuratorate in general adds nobody where a particular one has its copy. Raises WrongFact.
    """
    law.kind(kind)
    rules = [
        law.rule(r) for r in law.rule_ids if law.rule(r).type == "copy" and "steps" in law.rule(r).numbers
    ]
    known = dict.fromkeys(s for rule in rules for s in rule.listed("steps"))
    if step not in known:
        raise WrongFact("step", step, f"one of {', '.join(known)}")
    told = [rule for rule in rules if step in rule.listed("steps") and rule.applies_to(kind)]
    in_force = [r for r in told if (r.in_force(on) if on is not None else r.in_force_to is None)]
    roles = dict.fromkeys(role for rule in in_force for role in rule.copy_to)
    particular = any(role.startswith("PROC_") for role in roles)
    return tuple(role for role in roles if not (particular and role == "PROC"))


def dossier(law: Law, items: Collection[str], on: date | None = None) -> Dossier:
    """Whether a proposal of revocation or re-imprisonment has the items that the court asks for.

    That no time goes uncounted may be stated instead of proved; what else is in it counts as "other".
    Raises WrongFact for an item that is misspelt.
    """
    rule = law.rule(_DOSSIER, on)
    instead = rule.listed("instead_of_non_counted_time_proof")
    words = (*rule.listed("items"), *rule.listed("optional"), *instead)
    have = {not_misspelt("items", item, words) for item in items}
    if have.intersection(instead):
        have.add(_PROOF)
    lacking = tuple(item for item in rule.listed("items") if item not in have)
    return Dossier(not lacking, lacking, rule.id)


def injunction_breach(
    law: Law, kind: str, breaches: int, *, circumstances: Iterable[str] = (), on: date | None = None
) -> Breach:
    """What so many breaches of the injunction call for. Table 7.5 of the handbook.

    circumstances: what makes a breach serious besides the count (the rule's `serious_by`).
    A kind without injunctions has nothing to breach. Raises UnknownRule for a kind, WrongFact.
    """
    facts, rule = law.kind(kind), law.rule(_SERIOUS, on)
    if breaches < 0:
        raise WrongFact("breaches", breaches, "0 or more")
    shown = tuple(circumstances)
    if unknown := [c for c in shown if c not in rule.listed("serious_by")]:
        raise WrongFact("circumstances", unknown, f"among {', '.join(rule.listed('serious_by'))}")
    if not breaches or not facts.injunction:
        return Breach("none", False, () if facts.injunction else (_KINDS,))
    serious = meets(rule, breaches) or bool(shown)
    if not serious:
        return Breach("warning-or-psa-73-1", False, (_MINOR, _PENALTY))
    if facts.revocation:
        return Breach("revocation-proposal", True, (_REVOKE, rule.id))
    return Breach("psa-73-1", True, (_PENALTY, _NONE))


def _words(options: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(option) for option in options)
