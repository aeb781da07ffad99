"""Computations of worked examples: measures by kind, organs, papers, restrictions, data."""

from collections.abc import Callable, Mapping
from typing import cast

from lawkit._check_context import Answer, Example, newest
from lawkit._facts import Facts
from lawkit.law import Law
from lawkit.proceedings import (
    addressee,
    arrest_request,
    copies,
    dossier,
    injunction_breach,
    proposer,
    taking_in,
)
from lawkit.restrictions import (
    Place,
    device_use,
    leaves_the_city,
    may_disclose_police_record,
    may_leave_china,
    may_screen_by,
)
from lawkit.tables import Option, group_lacks, kind_of_decision, measure_available, measures

_ALSO: Mapping[str, Option] = {
    "arrest": "arrest-request", "re-imprisonment": "reimprisonment", "commend": "commendation",
}  # fmt: skip
# words by which an example may say that a member is a woman
_WOMEN = frozenset(
    {
        "woman",
        "female",
        "mother",
        "wife",
        "sister",
        "daughter",
        "aunt",
        "grandmother",
        "chairwoman",
        "policewoman",
    }
)
_MISSING = {"group.woman-member": "woman-member", "minor.group-expert": "minor-expert"}


def _measure(law: Law, _: Example, f: Facts) -> Answer:
    word = f.word("measure")
    measure = cast(Option, f.one_of("measure", measures())) if word not in _ALSO else _ALSO[word]
    return {"available": measure_available(law, f.one_of("kind", law.kinds), measure).allowed}


def _subject(law: Law, _: Example, f: Facts) -> Answer:
    kind = kind_of_decision(law, f.word("decision"))
    return {"created": kind is not None, "kind": kind}


def _arrest(law: Law, _: Example, f: Facts) -> Answer:
    proposed, evidence = f.flag("with_proposal"), f.flag("evidence")
    ground = f.word_or_none("ground")
    request = arrest_request(
        law, f.one_of("kind", law.kinds), with_proposal=proposed, evidence=evidence, ground=ground
    )
    return {"allowed": request.allowed, "rules": request.breaks}


def _proposer(law: Law, _: Example, f: Facts) -> Answer:
    kind = f.one_of("kind", law.kinds)
    level = f.word("court_level") if law.kind(kind).revocation else f.word_or_none("court_level")
    return {"proposer": proposer(law, kind, level).role}


def _taking_in(law: Law, _: Example, f: Facts) -> Answer:
    rest = f.number("remaining_months") if f.has("remaining_months") else None
    taking = taking_in(law, f.word("decider"), rest)
    return {"by": taking.by, "to": taking.to}


def _addressee(law: Law, _: Example, f: Facts) -> Answer:
    provinces = f.word("original_province"), f.word("execution_province")
    to = addressee(
        law, f.one_of("kind", law.kinds), original_province=provinces[0], execution_province=provinces[1]
    )
    return {"default": to.default, "options": to.options, "confirm_original": to.confirm_original}


def _copies(law: Law, _: Example, f: Facts) -> Answer:
    on = f.day("on") if f.has("on") else None
    return {"copy_to": copies(law, f.one_of("kind", law.kinds), f.word("step"), on)}


def _dossier(law: Law, _: Example, f: Facts) -> Answer:
    found = dossier(law, f.words("items"))
    return {"complete": found.complete, "missing": found.missing}


def _injunction(law: Law, _: Example, f: Facts) -> Answer:
    serious_by = law.rule("injunction.breach.serious-count").listed("serious_by")
    shown = [name for name in serious_by if f.shown(name)]
    breach = injunction_breach(law, f.one_of("kind", law.kinds), f.whole("breaches"), circumstances=shown)
    return {"measure": breach.measure, "serious": breach.serious}


def _group(law: Law, _: Example, f: Facts) -> Answer:
    woman = f.one_of("sex", ("female", "male", "女", "男")) in {"female", "女"}
    members = set(f.words("members"))
    if any(_WOMEN & set(member.replace("_", "-").split("-")) for member in members):
        members.add("woman")
    on = newest(law, ("group.woman-member", "minor.group-expert"))
    lacking = group_lacks(law, woman=woman, minor=f.flag("minor"), members=members, on=on)
    return {"valid": not lacking, "missing": tuple(_MISSING[rule_id] for rule_id in lacking)}


def _device(law: Law, _: Example, f: Facts) -> Answer:
    start = f.day("start")
    device = device_use(
        law,
        f.one_of("kind", law.kinds),
        f.word("ground"),
        approved_by=f.word_or_none("approved_by") or "",
        start=start,
        months=f.whole("months"),
        evaluated=f.flag("evaluation") if f.has("evaluation") else None,
        term_end=f.day("term_end") if f.has("term_end") else None,
        on=start,
    )
    return {"allowed": device.allowed, "last_day": device.last_day, "rules": device.breaks}


def _place(f: Facts) -> Place:
    return Place(f.word("province"), f.word("city"), f.word("unit"), f.word("type"))


def _is_leave(law: Law, _: Example, f: Facts) -> Answer:
    answer = leaves_the_city(law, _place(f.record("origin")), _place(f.record("dest")))
    return {"leave": answer.yes}


def _exit(law: Law, _: Example, f: Facts) -> Answer:
    return {"may_leave_china": may_leave_china(law, sentence_completed=f.flag("sentence_completed")).yes}


def _screening(law: Law, _: Example, f: Facts) -> Answer:
    answer = may_screen_by(law, f.word("key"))
    return {"allowed": answer.yes, "rule": answer.rule_id}


def _psa_record(law: Law, _: Example, f: Facts) -> Answer:
    return {"disclose": may_disclose_police_record(law, f.word("purpose")).yes}


COMPUTATIONS: Mapping[str, Callable[[Law, Example, Facts], Answer]] = {
    "measure_available": _measure, "subject_created": _subject, "arrest": _arrest, "proposer": _proposer, "taking_in": _taking_in,
    "addressee": _addressee, "copies": _copies, "dossier": _dossier, "injunction_breach": _injunction,
    "group_valid": _group, "device": _device, "is_leave": _is_leave, "exit_ban": _exit,
    "screening_key": _screening, "psa_record": _psa_record,
}  # fmt: skip
