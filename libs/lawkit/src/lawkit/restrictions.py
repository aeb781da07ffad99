"""What restricts a person or their data, and on which ground only.

社区矫正法 第二十七条、第二十九条; 社区矫正法实施办法 第二十六条、第三十七条; 治安管理处罚法 第一百三十六条.
"""

from dataclasses import dataclass
from datetime import date

from lawkit.law import Law
from lawkit.vocabulary import device_grounds, known, not_misspelt, roles, units

_GROUND = "device.ground."
_APPROVER = "device.approver"
_FIRST = "device.max-term"
_AGAIN = "device.extension"
_NO_GROUND = "forbid.device-without-ground"
_CITY = "leave.city-definition"
_DISTRICTS = "leave.same-city-districts"
_SCREENING = "local.yuxi.screening"
_SCREENED_BY = ("offence", "behaviour", "need")
_UNLISTED = "privacy.minimal"
_SEALED = "psa.record-sealed"
# not the law's: who asks for such records in vain, so that a misspelling of them is known
_UNDISCLOSED = (
    "employer", "employment", "school", "landlord", "bank", "insurer", "media", "neighbour", "family", "company",
    "background-check",
)  # fmt: skip
_EXIT = "decision.exit-restriction.basis"


@dataclass(frozen=True, slots=True)
class Device:
    """Whether a location device may be used. last_day: its last day; breaks: the rules in the way."""

    allowed: bool
    last_day: date | None
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative unit of county level. type: `district` is 市辖区, all others stand alone."""

    province: str
    city: str
    unit: str
    type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and the rule that says so."""

    yes: bool
    rule_id: str


def device_use(
    law: Law,
    kind: str,
    ground: str,
    *,
    approved_by: str,
    start: date,
    months: int,
    evaluated: bool | None = None,
    term_end: date | None = None,
    on: date | None = None,
) -> Device:
    """Whether the device may be used from the start for so many months, and its last day.

    evaluated: None for a first use, else whether the evaluation of the extension is stored.
    The device ends with the term at the latest. Raises UnknownRule for a kind, NotInForce, WrongFact for
    a misspelt ground or an unknown role; approved_by is empty when nobody approved.
    """
    on = on or start
    not_misspelt("ground", ground, device_grounds(law))
    known("approved_by", approved_by, ("", *roles(law)))
    limit = law.rule(_FIRST if evaluated is None else _AGAIN, on)
    breaks: list[str] = []
    if ground not in law.kind(kind).device_grounds:
        rule_id = _GROUND + ground
        breaks.append(rule_id if rule_id in law.rule_ids else _NO_GROUND)
    if approved_by not in law.rule(_APPROVER, on).actor:
        breaks.append(_APPROVER)
    if not 0 < months <= limit.number():
        breaks.append(limit.id)
    if evaluated is False:
        breaks.append(_AGAIN)
    if term_end is not None and start > term_end:
        breaks.append("forbid.hold-after-expiry")
    if breaks:
        return Device(False, None, tuple(dict.fromkeys(breaks)))
    due = law.due_after(limit.id, months, start, on)
    return Device(True, due.nominal if term_end is None else due.last_day_within(term_end), ())


def leaves_the_city(law: Law, origin: Place, destination: Place, on: date | None = None) -> Answer:
    """Whether going there leaves the city or county that somebody lives in. Table 7.1 of the handbook.

    Districts of one city are one unit; a county or county-level city of the same prefecture is another.
    Raises WrongFact for an unknown type of unit.
    """
    for place in (origin, destination):
        known("type", place.type, units(law))
    one_city = (origin.province, origin.city) == (destination.province, destination.city)
    if one_city and origin.unit == destination.unit:
        return Answer(False, law.rule(_CITY, on).id)
    districts = law.rule(_DISTRICTS, on)
    one_unit = districts.listed("one_unit")
    if one_city and origin.type in one_unit and destination.type in one_unit:
        return Answer(False, districts.id)
    return Answer(True, law.rule(_CITY, on).id)


def may_leave_china(law: Law, *, sentence_completed: bool, on: date | None = None) -> Answer:
    """Whether somebody may go abroad: not before the sentence is completed."""
    return Answer(sentence_completed, law.rule(_EXIT, on).id)


def may_screen_by(law: Law, key: str, on: date | None = None) -> Answer:
    """Whether a screening may read that data item: convicted offence, recorded behaviour, need; else no.

    The answer names the forbidden feature, or, for a key that no rule lists, that data need a purpose.
    Raises WrongFact for a misspelt key.
    """
    wanted = key.strip().lower().replace("-", "_").replace(" ", "_")
    for feature_id, keys in law.forbidden_keys.items():
        if wanted in keys:
            return Answer(False, feature_id)
    rule = law.rule(_SCREENING, on)
    words = [word for group in _SCREENED_BY for word in rule.listed(group)]
    not_misspelt("key", wanted, (*words, *(word for keys in law.forbidden_keys.values() for word in keys)))
    listed = wanted in words
    return Answer(listed, rule.id if listed else _UNLISTED)


def may_disclose_police_record(law: Law, purpose: str, on: date | None = None) -> Answer:
    """Whether the sealed record of a police penalty may be given out for that purpose; none is the rule.

    Raises WrongFact for a misspelt purpose.
    """
    rule = law.rule(_SEALED, on)
    not_misspelt("purpose", purpose, (*rule.listed("disclosed_for"), *_UNDISCLOSED))
    return Answer(purpose in rule.listed("disclosed_for"), rule.id)
