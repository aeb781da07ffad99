"""Decisions of the county's courts and prisons: lawful ones, and each kind of wrong one with the code it must get."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from types import MappingProxyType
from typing import Any, Final

from sandbox.county.people import COUNTY, Person, check_character

Fields = dict[str, Any]

COURTS: Final = ("court-330203", "court-330205")
PRISON_ADMIN: Final = "prison-admin-33"
_CHARGES: Final = (
    "盗窃罪",
    "危险驾驶罪",
    "故意伤害罪",
    "交通肇事罪",
    "诈骗罪",
    "寻衅滋事罪",
    "开设赌场罪",
    "帮助信息网络犯罪活动罪",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a decision orders outside prison; lengths in months, days ISO 8601."""

    kind: str
    penalty: str
    sentence: int
    probation: int = 0
    custody_days: int = 0
    printed_end: str = ""
    temporary_until: str = ""


def probation(rng: Random) -> Order:
    """Imprisonment with a probation period that the law allows and that outlasts the county's window."""
    sentence = rng.choice((6, 8, 10, 12, 18, 24, 36))
    longest = min(60, sentence * 2)
    return Order("PROBATION", "FIXED_TERM", sentence, rng.randrange(max(12, sentence), max(13, longest) + 1))


def short_probation(rng: Random) -> Order:
    """Detention with the shortest probation, so that the term ends within the window."""
    return Order("PROBATION", "DETENTION", rng.choice((1, 2)), 2)


def short_surveillance(rng: Random) -> Order:
    """Surveillance of three months from which custody before the judgment is deducted two for one."""
    return Order("PUBLIC_SURVEILLANCE", "PUBLIC_SURVEILLANCE", 3, custody_days=rng.randrange(15, 21))


def surveillance(rng: Random) -> Order:
    """Surveillance that outlasts the window."""
    return Order("PUBLIC_SURVEILLANCE", "PUBLIC_SURVEILLANCE", rng.randrange(8, 24))


def parole(rng: Random) -> Order:
    """The rest of a sentence, to the day printed."""
    return Order(
        "PAROLE", "FIXED_TERM", rng.choice((60, 84, 120)), printed_end=f"202{rng.randrange(7, 9)}-06-30"
    )


def temporary(until: date) -> Order:
    """Temporary service decided for a period; the sentence goes on."""
    return Order(
        "TEMPORARY_SERVICE", "FIXED_TERM", 60, printed_end="2029-12-31", temporary_until=until.isoformat()
    )


def defendant(person: Person, order: Order, *, number: int, effective: date, rng: Random) -> Fields:
    """One person of a decision."""
    found: Fields = {
        "number": number,
        "name": person.name,
        "identity_number": person.identity_number,
        "sex": "SEX_FEMALE" if person.female else "SEX_MALE",
        "birth_date": person.born.isoformat(),
        "charges": [rng.choice(_CHARGES)],
        "penalty": f"PENALTY_{order.penalty}",
        "sentence": {"months": order.sentence},
        "kind": f"SUBJECT_KIND_{order.kind}",
        "effective_date": effective.isoformat(),
        "printed_end_date": order.printed_end,
        "temporary_until": order.temporary_until,
        "custody_days": order.custody_days,
        "execution_county": COUNTY,
        "office": person.office,
        "address": person.address,
        "phone": person.phone,
    }
    if order.probation:
        found["probation"] = {"months": order.probation}
    return {name: value for name, value in found.items() if value not in ("", 0)}


def imprisoned(person: Person, *, number: int, effective: date) -> Fields:
    """A person of a decision who goes to prison: no subject of community corrections."""
    return {
        "number": number,
        "name": person.name,
        "sex": "SEX_FEMALE" if person.female else "SEX_MALE",
        "charges": ["抢劫罪"],
        "penalty": "PENALTY_FIXED_TERM",
        "sentence": {"months": 48},
        "effective_date": effective.isoformat(),
    }


def decision(organ: str, number: str, decided: date, defendants: list[Fields]) -> Fields:
    """A judgment, ruling or decision with one paper."""
    return {
        "organ_code": organ,
        "case_number": number,
        "decision_date": decided.isoformat(),
        "defendants": defendants,
        "documents": [{"title": "刑事判决书", "media_type": "text/plain", "content": "5qC35pys"}],
    }


def _negative(d: Fields) -> None:
    d["defendants"][0].setdefault("probation", {})["months"] = -6


def _too_long(d: Fields) -> None:
    d["defendants"][0].update(
        kind="SUBJECT_KIND_PROBATION",
        penalty="PENALTY_FIXED_TERM",
        sentence={"months": 48},
        probation={"months": 60},
    )


def _unknown_county(d: Fields) -> None:
    d["defendants"][0].update(execution_county="999999")
    d["defendants"][0].pop("office", None)


def _impossible_day(d: Fields) -> None:
    d["decision_date"] = "2026-02-30"


def _wrong_check(d: Fields) -> None:
    body = d["defendants"][0]["identity_number"][:17]
    right = check_character(body)
    d["defendants"][0]["identity_number"] = body + ("0" if right != "0" else "1")


def _nobody(d: Fields) -> None:
    d["defendants"] = [{**d["defendants"][0], "kind": "SUBJECT_KIND_UNSPECIFIED"}]
    for name in ("probation", "execution_county", "office", "printed_end_date", "temporary_until"):
        d["defendants"][0].pop(name, None)
    d["defendants"][0].update(penalty="PENALTY_FIXED_TERM", sentence={"months": 48})


def _unknown_organ(d: Fields) -> None:
    d["organ_code"] = "court-000000"


def _anothers(d: Fields) -> None:
    d["organ_code"] = next(code for code in COURTS if code != d["organ_code"])


def _tomorrow(d: Fields) -> None:
    d["decision_date"] = "2026-12-31"
    d["defendants"][0]["effective_date"] = "2026-12-31"


def _no_period(d: Fields) -> None:
    d["defendants"][0].update(
        kind="SUBJECT_KIND_PROBATION", penalty="PENALTY_FIXED_TERM", sentence={"months": 12}
    )
    d["defendants"][0].pop("probation", None)


def _twice_one(d: Fields) -> None:
    d["defendants"] = [d["defendants"][0], copy.deepcopy(d["defendants"][0])]


WRONGS: Final[Mapping[str, tuple[str, Callable[[Fields], None]]]] = MappingProxyType(
    {
        "negative": ("TERM_OUT_OF_BOUNDS", _negative),
        "too-long": ("TERM_OUT_OF_BOUNDS", _too_long),
        "unknown-county": ("PLACE_UNKNOWN", _unknown_county),
        "impossible-day": ("DATE_IMPOSSIBLE", _impossible_day),
        "wrong-check": ("IDENTITY_NUMBER_INVALID", _wrong_check),
        "nobody": ("NO_SUBJECT", _nobody),
        "unknown-organ": ("ORGAN_UNKNOWN", _unknown_organ),
        "anothers": ("SENDER_NOT_ORGAN", _anothers),
        "tomorrow": ("DATES_OUT_OF_ORDER", _tomorrow),
        "no-period": ("PROBATION_WITHOUT_PERIOD", _no_period),
        "twice-one": ("DEFENDANT_NUMBER_REPEATED", _twice_one),
    }
)
"""Wrong decisions by name: the refusal's code and what makes the decision wrong."""


def wrong(name: str, right: Fields) -> tuple[Fields, str]:
    """A copy of a right decision, made wrong, and the code that refuses it."""
    code, spoil = WRONGS[name]
    spoilt = copy.deepcopy(right)
    spoil(spoilt)
    return spoilt, code
