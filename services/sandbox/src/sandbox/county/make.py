"""The scenario of a seed: people, decisions, lives, and the post that goes wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from sandbox.county import papers
from sandbox.county.diary import SCENARIO, Diary
from sandbox.county.lives import FATES, LATEST, LIVES
from sandbox.county.people import COUNTY, Person, invent
from sandbox.scenario import Act, Scenario, Subject, county_frame

FIRST_DAY: Final = date(2026, 3, 2)
_WOMEN: Final = frozenset({"without_woman"})
_REVOCABLE: Final = frozenset({"never", "revoked", "not_revoked", "unfound", "reduced", "minor"})
_STRANGER: Final = "psb-110108"


@dataclass(frozen=True, slots=True)
class Fate:
    """What is fixed of a person before the diary begins."""

    name: str
    person: Person
    pushed: int
    organ: str
    order: papers.Order


def county(seed: int = 1, people: int = 200, days: int = 90) -> Scenario:
    """The county of a seed. Acts after `days` days are left out, and cases whose decision was not pushed by then.

    The same arguments give the same acts.
    """
    frame = county_frame()
    fates = [_fate(seed, index, days) for index in range(people)]
    subjects: dict[str, Subject] = {}
    acts: list[Act] = []
    for fate in fates:
        partner = _partner(fate, fates)
        subject, found = _case(seed, fate, partner)
        subjects[subject.key] = subject
        acts.extend(found)
    for number in range(max(1, people // 8)):
        subject, found = _stray(seed, number, days)
        subjects[subject.key] = subject
        acts.extend(found)
    end = FIRST_DAY + timedelta(days=days)
    kept = [a for a in acts if a.at.date() < end]
    order = {key: place for place, key in enumerate(subjects)}
    kept.sort(key=lambda a: (a.at, order[a.case]))
    pushes = {(a.case, a.label) for a in kept}
    known = {
        key: subject
        for key, subject in subjects.items()
        if subject.pushed_by[1] == "none" or subject.pushed_by in pushes
    }
    return replace(frame, cases=known, acts=tuple(a for a in kept if a.case in known))


def _fate(seed: int, index: int, days: int) -> Fate:
    name = FATES[index % len(FATES)]
    rng = Random(f"{seed}/p{index + 1:03d}/fate")
    person = invent(seed, index, female=True if name in _WOMEN else None, minor=name == "minor")
    latest = min(LATEST.get(name, 45), max(days - 45, 3))
    pushed = 2 + rng.randrange(max(latest - 2, 1))
    organ = rng.choice(papers.COURTS)
    if name == "released":
        order = (papers.short_probation if index % 2 else papers.short_surveillance)(rng)
    elif name == "early_ruling":
        organ = papers.PRISON_ADMIN
        order = papers.temporary(FIRST_DAY + timedelta(days=pushed + 180))
    elif name == "reduced":
        order = papers.Order("PROBATION", "FIXED_TERM", 24, 36)
    elif name in _REVOCABLE or rng.random() < 0.7:
        order = papers.probation(rng)
    else:
        order = rng.choice((papers.surveillance, papers.parole))(rng)
        organ = "court-3302" if order.kind == "PAROLE" else organ
    return Fate(name, person, pushed, organ, order)


def _partner(fate: Fate, fates: Sequence[Fate]) -> Fate | None:
    """Who stands in the same judgment: of two plain lives five apart the second joins the first."""
    index = fate.person.index
    if fate.name != "plain" or index % 40 != 15 or index < 5:
        return None
    leader = fates[index - 5]
    return leader if leader.name == "plain" else None


def _case(seed: int, fate: Fate, leader: Fate | None) -> tuple[Subject, Sequence[Act]]:
    person, pushed = fate.person, (leader or fate).pushed
    diary = Diary(FIRST_DAY, person.key, person)
    number = 2 if leader else 1
    key = leader.person.key if leader else person.key
    organ = (leader or fate).organ
    if leader is None:
        _post(seed, fate, diary)
    LIVES[fate.name](diary, pushed, Random(f"{seed}/{person.key}/life"))
    title = f"{person.key} {fate.name}"
    subject = Subject(person.key, title, organ, _number(key), number, COUNTY, (key, "judgment"))
    return subject, diary.finished()


def _post(seed: int, fate: Fate, diary: Diary) -> None:
    """The decision on its way: refused, forged, repeated or under a used id before or after it is accepted."""
    index, pushed = fate.person.index, fate.pushed
    right = _decision(seed, fate, diary)
    if index % 10 == 7:
        name = tuple(papers.WRONGS)[index // 10 % len(papers.WRONGS)]
        spoilt, code = papers.wrong(name, right)
        diary.push(pushed - 1, fate.organ, "Judgment", spoilt, label=f"wrong-{name}", expect=code)
    if index % 20 == 11:
        diary.push(
            pushed - 1, fate.organ, "Judgment", right, label="forged", forged=True, expect="SIGNATURE_INVALID"
        )
    repeat = 1 + index // 8 % 2 if index % 8 == 3 else 0
    diary.push(pushed, fate.organ, "Judgment", right, label="judgment", repeat=repeat)
    if index % 25 == 5:
        other = {**right, "case_number": f"{right['case_number']}之二"}
        diary.push(
            pushed + 1,
            fate.organ,
            "Judgment",
            other,
            label="other",
            same_id_as="judgment",
            expect="MESSAGE_ID_REUSED",
        )
    if index % 40 == 9:
        diary.push(
            pushed + 1, fate.organ, "Judgment", right, label="again", expect="JUDGMENT_ALREADY_RECEIVED"
        )
    if index % 50 == 17:
        diary.call(
            pushed + 1,
            "handoff.QueryMissingStatus",
            _STRANGER,
            expect="NOT_FOUND",
            identity_number=fate.person.identity_number,
            reason="外地公安机关查询",
        )


def _decision(seed: int, fate: Fate, diary: Diary) -> dict[str, Any]:
    rng = Random(f"{seed}/{fate.person.key}/papers")
    effective = diary.day(fate.pushed)
    decided = effective - timedelta(days=rng.randrange(1, 10))
    if fate.order.kind == "TEMPORARY_SERVICE" and fate.name != "early_ruling":
        decided = effective
    persons = [papers.defendant(fate.person, fate.order, number=1, effective=effective, rng=rng)]
    index = fate.person.index
    if fate.name == "plain" and index % 40 == 10:
        second = invent(seed, index + 5)
        order = _fate(seed, index + 5, 90).order
        if order.kind == "PAROLE":
            order = fate.order
        persons.append(papers.defendant(second, order, number=2, effective=effective, rng=rng))
        third = invent(seed, 900 + index % 90)
        persons.append(papers.imprisoned(third, number=3, effective=effective))
    return papers.decision(fate.organ, _number(fate.person.key), decided, persons)


def _stray(seed: int, number: int, days: int) -> tuple[Subject, Sequence[Act]]:
    """A message that opens no case: wrong in one way or another, or forged."""
    key = f"x{number + 1:03d}"
    rng = Random(f"{seed}/{key}")
    diary = Diary(FIRST_DAY, key)
    person = invent(seed, 600 + number)
    day = 3 + rng.randrange(max(days - 10, 1))
    organ = rng.choice(papers.COURTS)
    effective = diary.day(day)
    order = papers.probation(rng)
    one = papers.defendant(person, order, number=1, effective=effective, rng=rng)
    right = papers.decision(organ, _number(key), effective - timedelta(days=3), [one])
    if number % 6 == 5:
        diary.push(day, organ, "Judgment", right, label="forged", forged=True, expect="SIGNATURE_INVALID")
    else:
        name = rng.choice(tuple(papers.WRONGS))
        spoilt, code = papers.wrong(name, right)
        diary.push(day, organ, "Judgment", spoilt, label=f"wrong-{name}", expect=code)
    subject = Subject(key, f"{key} 退回", organ, _number(key), 1, COUNTY, (key, "none"))
    return subject, diary.finished()


def _number(key: str) -> str:
    return f"（2026）沙盒刑初{key}号" if key.startswith(("p", "x")) else key


__all__ = ["FIRST_DAY", "SCENARIO", "county"]
