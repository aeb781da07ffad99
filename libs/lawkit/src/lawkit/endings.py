"""How corrections end. 社区矫正法 第四十四条至第四十五条; 司发通〔2026〕8号 第二十条、第二十二条."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lawkit.counting import add_months
from lawkit.errors import WrongFact
from lawkit.law import Law
from lawkit.tables import Option, measure_available
from lawkit.vocabulary import pending as known_pending

State = Literal["RELEASED", "TERMINATED", "HELD"]
_DEFERRED = "release.deferred-handover"
_GROUNDS = "termination.grounds"
_UNKNOWN = "release.nationality-unknown"
_UNKNOWN_SHORT = "release.nationality-unknown.short-term"
_MEASURE_OF: dict[str, Option] = {"revoked": "revocation", "reimprisoned": "reimprisonment"}


@dataclass(frozen=True, slots=True)
class Ending:
    """The state on the last day. certificate: its date, None unless released; deferred: handed over later.

    rules: those that decide, the first one governs.
    """

    state: State
    certificate: date | None
    deferred: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NationalityNotice:
    """When the police hear of a person of unknown nationality: the latest day, or at entry."""

    by: date
    at_entry: bool
    rule_id: str


def ending(
    law: Law,
    kind: str,
    end: date,
    *,
    pending: str | None = None,
    decision: str | None = None,
    decided: date | None = None,
    unreachable: Collection[str] = (),
    pardoned: date | None = None,
    on: date | None = None,
) -> Ending:
    """What becomes of a case whose term ends on that day; it never rolls over a rest day.

    pending: what is proposed or running and not decided (revocation, reimprisonment, a coercive measure): it
    holds nobody. decision: revoked, reimprisoned or died, made by the last day (decided: when, if known), or
    one without effect. unreachable: why the certificate cannot be handed over (custody, absconded).
    Raises WrongFact for a word that is unknown, or a decision that does not exist for the kind.
    """
    on, pending = on or end, known_pending(pending)
    if _ends_the_case(law, kind, decision) and (decided is None or decided <= end):
        return Ending("TERMINATED", None, False, (_GROUNDS,))
    if pardoned is not None and pardoned <= end:
        return _released(law, pardoned, unreachable, ("release.pardon", "release.certificate"))
    if pending == "reimprisonment":
        held = law.setting("set.release.temporary-pending").choice != "release-at-sentence-end"
        if held:
            return Ending("HELD", None, False, ("release.temporary.pending",))
        return _released(law, end, unreachable, ("release.temporary.pending", "release.certificate"))
    if pending is not None and law.in_force("release.pending-revocation", on):
        return _released(law, end, unreachable, ("release.pending-revocation", "release.certificate"))
    return _released(law, end, unreachable, ("release.conditions", "release.certificate"))


def _released(law: Law, day: date, unreachable: Collection[str], rules: tuple[str, ...]) -> Ending:
    known = law.rule(_DEFERRED).listed("reasons")
    if unknown := [reason for reason in unreachable if reason not in known]:
        raise WrongFact("unreachable", unknown, f"among {', '.join(known)}")
    return Ending("RELEASED", day, bool(unreachable), (*rules, _DEFERRED) if unreachable else rules)


def _ends_the_case(law: Law, kind: str, decision: str | None) -> bool:
    grounds = law.rule(_GROUNDS)
    law.kind(kind)
    if decision is None or decision in grounds.listed("without_effect"):
        return False
    if decision not in grounds.listed("decisions"):
        raise WrongFact("decision", decision, f"one of {', '.join(grounds.listed('decisions'))}")
    if decision in _MEASURE_OF and not measure_available(law, kind, _MEASURE_OF[decision]).allowed:
        raise WrongFact("decision", decision, f"a measure that exists for {kind}")
    return True


def nationality_notice(law: Law, entry: date, end: date, on: date | None = None) -> NationalityNotice:
    """Until when the police are told of a person whose nationality is not known.

    A term shorter than the rule's months is told at entry; so is one whose latest day lies before the entry.
    Raises WrongFact, NotInForce.
    """
    if end < entry:
        raise WrongFact("end", end, f"{entry} or later")
    short = law.rule(_UNKNOWN_SHORT, on or end)
    whole_term = add_months(entry, int(short.number())) - timedelta(days=1)
    if end < whole_term:
        return NationalityNotice(entry, True, short.id)
    latest = law.due(_UNKNOWN, end, on).nominal
    return NationalityNotice(max(latest, entry), latest < entry, _UNKNOWN)
