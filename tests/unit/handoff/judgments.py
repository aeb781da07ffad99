"""The real judgments of shared/data/judgments as messages of a court.

What a published judgment does not say is the same for all and invented here: the day of effect is the day of the
judgment, a judgment without a day was decided on FIXED_DAY, everybody is a man without identity number, and all live
in one county. Whoever is not among `persons` goes to prison or is acquitted: one defendant without a kind stands for
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NotRequired, TypedDict

from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1.messages_pb2 import Defendant, Judgment

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "judgments"
FILES = ("judge_fulltext.jsonl", "simucourt_structured.jsonl")
FIXED_DAY = "2024-06-03"
_PENALTIES = {
    "有期徒刑": facts.PENALTY_FIXED_TERM,
    "拘役": facts.PENALTY_DETENTION,
    "管制": facts.PENALTY_PUBLIC_SURVEILLANCE,
}
_KINDS = {"缓刑": facts.SUBJECT_KIND_PROBATION, "管制": facts.SUBJECT_KIND_PUBLIC_SURVEILLANCE}


class Person(TypedDict):
    """One person as the data set's authors parsed the operative part."""

    person: str
    charge: str
    principal: str
    term_months: int
    term_days: int
    probation_months: int
    probation_days: int
    probation_or_control: str


class Record(TypedDict):
    """The fields used here."""

    id: str
    case_no: str
    category: str
    court: NotRequired[str | None]
    judgment_date: NotRequired[str]
    persons: list[Person]


def records(folder: Path = FOLDER) -> Iterator[Record]:
    """Every judgment of both files."""
    for name in FILES:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def message(record: Record, *, organ_code: str, county: str) -> Judgment:
    """The judgment as its court would send it; the message id is the record's id."""
    decided = record.get("judgment_date") or FIXED_DAY
    persons = [_person(n, p, decided, county) for n, p in enumerate(record["persons"], start=1)]
    return Judgment(
        message_id=record["id"],
        organ_code=organ_code,
        # the published numbers repeat where a first and a second instance are both in the data
        case_number=f"{record['case_no']} {record['id']}",
        decision_date=decided,
        defendants=persons or [_nobody(decided)],
    )


def _person(number: int, person: Person, decided: str, county: str) -> Defendant:
    made = Defendant(
        number=number,
        name=person["person"],
        sex=facts.SEX_MALE,
        charges=[person["charge"]],
        penalty=_PENALTIES[person["principal"]],
        sentence=facts.Period(months=person["term_months"], days=person["term_days"]),
        kind=_KINDS[person["probation_or_control"]],
        effective_date=decided,
        execution_county=county,
    )
    if made.kind == facts.SUBJECT_KIND_PROBATION:
        made.probation.months = person["probation_months"]
        made.probation.days = person["probation_days"]
    return made


def _nobody(decided: str) -> Defendant:
    return Defendant(
        number=1,
        name="某某",
        sex=facts.SEX_MALE,
        penalty=facts.PENALTY_FIXED_TERM,
        sentence=facts.Period(months=30),
        effective_date=decided,
    )
