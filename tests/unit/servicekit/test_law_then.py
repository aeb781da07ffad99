"""What was decided is explained by the law that decided it: rule set, calendar years and region of that time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from corrections.administration.v1.events_pb2 import RuleSetReleased
from corrections.common.v1.common_pb2 import EventMeta
from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from lawkit import Law, load_law
from lawkit.arrangement import ArrangedDay, Arrangement
from servicekit.law_then import Notice, Past
from servicekit.rule_sets import RuleSet

BUILT_IN = load_law()
FIRST = Arrangement.of(2027, [ArrangedDay(date(2027, 1, 1), False, "元旦")])
CORRECTED = Arrangement.of(
    2027, [ArrangedDay(date(2027, 1, 1), False, "元旦"), ArrangedDay(date(2027, 1, 4), False, "元旦")]
)
IMPORTED, CORRECTED_AT = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def text(digest: str, region: str) -> Law:
    """The law of a digest is told apart by a setting, that of a region by another."""
    values: dict[str, object] = {"set.leave.day-count": "exclude-departure-day"} if digest == "b" else {}
    if region:
        values["set.missing.sanction-clock"] = "after-48-hours"
    return BUILT_IN.with_settings(values)


SETS = [RuleSet(RuleSetReleased(rule_set_id="b", digest="b", effective_on="2026-06-01"), date(2026, 7, 1))]
PAST = Past(
    text,
    SETS,
    [Notice(IMPORTED, 1, FIRST), Notice(CORRECTED_AT, 2, CORRECTED)],
    [(datetime(2026, 1, 1, tzinfo=UTC), ""), (datetime(2026, 5, 1, tzinfo=UTC), "r")],
)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00+08:00")


def event(recorded: str, digest: str, calendar: str) -> Event:
    told = EventMeta(ruleset_digest=digest, calendar_version=calendar)
    no = UUID(int=0)
    return Event(
        "supervision", 0, no, 1, no, "", no, at(recorded), at(recorded), "", "", "", no, None, "",
        ev.ReportMade(), told.SerializeToString(), b"",
    )  # fmt: skip


def counts_departure(law: Law) -> bool:
    return law.setting("set.leave.day-count").choice == "inclusive"


def test_the_rule_set_of_the_instant_decides_even_when_it_was_withdrawn_since():
    found = [
        counts_departure(PAST.at(at(day))) for day in ("2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01")
    ]
    assert found == [True, False, False, True]


def test_a_correction_of_a_year_changes_nothing_before_it():
    versions = [PAST.at(at(day)).calendar for day in ("2026-11-09", "2026-11-11", "2026-12-02")]
    assert [2027 in one.years for one in versions] == [False, True, True]
    assert [date(2027, 1, 4) in one.off for one in versions] == [False, False, True]


def test_the_region_in_use_then_adds_its_settings():
    by = [
        PAST.at(at(day)).setting("set.missing.sanction-clock").choice
        for day in ("2025-12-01", "2026-04-30", "2026-05-02")
    ]
    assert by == ["documented-start-of-fact", "documented-start-of-fact", "after-48-hours"]


def test_an_event_names_its_own_rule_set_and_calendar():
    # the service had not yet heard of the correction when it decided
    first = PAST.at(at("2026-11-11")).calendar_version
    law = PAST.of(event("2026-12-02", "b", first))
    assert (law.calendar_version, counts_departure(law)) == (first, False)
    assert date(2027, 1, 4) not in law.calendar.off


def test_the_rules_that_the_software_had_then_are_named_by_what_was_recorded_before():
    before = event("2026-03-01", "b", BUILT_IN.calendar_version)
    assert counts_departure(PAST.at(at("2026-03-02"), before))  # b is released, and not yet in force
    other = Past(text, (), (), ())
    assert not counts_departure(other.at(at("2026-03-02"), before))
